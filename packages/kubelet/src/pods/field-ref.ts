/** What the downward API tells a pod about itself. */
import { milliValue, wholeValue } from '@coxswain/api';
import type {
  Container,
  ObjectFieldSelector,
  Pod,
  ResourceFieldSelector,
  ResourceList,
} from '@coxswain/api/types/core-v1';
import { containersOf } from './spec.ts';

/** Facts that only the node knows when it makes a container. */
export interface NodeFacts {
  readonly nodeName: string;
  readonly hostIps: readonly string[];
  readonly podIps: readonly string[];
  readonly allocatable: ResourceList;
}

const subscript = /^(metadata\.(?:labels|annotations))\['(.*)'\]$/;

/** The text at `fieldPath` of the pod. Throws for a path that the downward API has not. */
export function fieldText({ fieldPath }: ObjectFieldSelector, pod: Pod, facts: NodeFacts): string {
  const [, list, key] = subscript.exec(fieldPath) ?? [];
  const { metadata, spec } = pod;
  if (list)
    return (list === 'metadata.labels' ? metadata.labels : metadata.annotations)?.[key!] ?? '';
  switch (fieldPath) {
    case 'metadata.name':
      return metadata.name;
    case 'metadata.namespace':
      return metadata.namespace ?? '';
    case 'metadata.uid':
      return metadata.uid ?? '';
    case 'metadata.labels':
      return formatMap(metadata.labels);
    case 'metadata.annotations':
      return formatMap(metadata.annotations);
    case 'spec.nodeName':
      return spec?.nodeName ?? '';
    case 'spec.serviceAccountName':
      return spec?.serviceAccountName ?? '';
    case 'spec.host':
      return spec?.nodeName ?? '';
    case 'status.hostIP':
      return facts.hostIps[0] ?? '';
    case 'status.hostIPs':
      return facts.hostIps.join(',');
    case 'status.podIP':
      return facts.podIps[0] ?? '';
    case 'status.podIPs':
      return facts.podIps.join(',');
    default:
      throw new Error(`unsupported fieldPath: ${fieldPath}`);
  }
}

const formatMap = (map: Readonly<Record<string, string>> | undefined): string =>
  Object.keys(map ?? {})
    .toSorted()
    .map((key) => `${key}=${goQuote(map![key]!)}`)
    .join('\n');

const escapes: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '"': '\\"',
  '\\': '\\\\',
};

/** As Go's %q writes a string. */
export const goQuote = (text: string): string =>
  `"${Array.from(text, (one) => escapes[one] ?? (isControl(one) ? hexEscape(one) : one)).join('')}"`;

const isControl = (one: string): boolean => one < ' ' || one === '\u007f';
const hexEscape = (one: string): string =>
  `\\x${one.codePointAt(0)!.toString(16).padStart(2, '0')}`;

/** A container's request or limit in units of the divisor, rounded up; a missing limit is what the node has to give. */
export function resourceText(
  { containerName, resource, divisor }: ResourceFieldSelector,
  pod: Pod,
  own: Container,
  { allocatable }: NodeFacts,
): string {
  const container = containerName ? namedContainer(pod, containerName) : own;
  const [kind = '', ...rest] = resource.split('.');
  const name = rest.join('.');
  const { limits, requests } = container.resources ?? {};
  const isKnown =
    ['cpu', 'memory', 'ephemeral-storage'].includes(name) || name.startsWith('hugepages-');
  if (!isKnown || (kind !== 'limits' && kind !== 'requests'))
    throw new Error(`unsupported container resource : ${resource}`);
  const fallback = name.startsWith('hugepages-') ? undefined : allocatable[name];
  const text =
    (kind === 'limits' ? (limits?.[name] ?? fallback) : (requests?.[name] ?? limits?.[name])) ??
    '0';
  const unit = !divisor || divisor === '0' ? '1' : divisor;
  if (name === 'cpu') return String(Math.ceil(milliValue(text) / milliValue(unit)));
  return String(Math.ceil(wholeValue(text) / wholeValue(unit)));
}

function namedContainer(pod: Pod, name: string): Container {
  for (const [, container] of containersOf(pod)) if (container.name === name) return container;
  throw new Error(`container ${name} not found`);
}

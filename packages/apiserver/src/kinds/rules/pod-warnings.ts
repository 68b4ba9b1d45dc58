import { canonicalQuantity, scaled } from '@coxswain/api/quantity';
import type {
  Container,
  ContainerPort,
  PodSpec,
  ResourceList,
  Volume,
} from '@coxswain/api/types/core-v1';
import { oldNodeLabels } from './node-label-warnings.ts';

type Warnings = Generator<string, void, undefined>;
type Strings = Readonly<Record<string, string>>;

const oldAnnotations: Readonly<Record<string, string>> = {
  'scheduler.alpha.kubernetes.io/critical-pod':
    'non-functional in v1.16+; use the "priorityClassName" field instead',
  'security.alpha.kubernetes.io/sysctls':
    'non-functional in v1.11+; use the "sysctls" field instead',
  'security.alpha.kubernetes.io/unsafe-sysctls':
    'non-functional in v1.11+; use the "sysctls" field instead',
};
const oldVolumes: readonly (readonly [source: keyof Volume, field: string, why: string])[] = [
  ['photonPersistentDisk', 'photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  ['gitRepo', 'gitRepo', 'deprecated in v1.11, and disabled by default in v1.33+'],
  ['scaleIO', 'scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['flocker', 'flocker', 'deprecated in v1.22, non-functional in v1.25+'],
  ['storageos', 'storageOS', 'deprecated in v1.22, non-functional in v1.25+'],
  ['quobyte', 'quobyte', 'deprecated in v1.22, non-functional in v1.25+'],
  ['glusterfs', 'glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  ['cephfs', 'cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['rbd', 'rbd', 'deprecated in v1.28, non-functional in v1.31+'],
];

/** What is allowed but unwise in a pod, or, with its path and a dot in front, in a template. */
export function* podWarnings(prefix: string, spec: PodSpec, annotations: Strings = {}): Warnings {
  const path = `${prefix}spec`;
  for (const key in spec.nodeSelector)
    if (oldNodeLabels[key]) yield `${path}.nodeSelector[${key}]: ${oldNodeLabels[key]}`;
  for (const [index, { topologyKey, labelSelector }] of (
    spec.topologySpreadConstraints ?? []
  ).entries()) {
    const at = `${path}.topologySpreadConstraints[${index}]`;
    if (oldNodeLabels[topologyKey])
      yield `${at}.topologyKey: ${topologyKey} is ${oldNodeLabels[topologyKey]}`;
    if (!labelSelector)
      yield `${at}.labelSelector: a null labelSelector results in matching no pod`;
  }
  for (const key in annotations)
    if (oldAnnotations[key]) yield `${prefix}metadata.annotations[${key}]: ${oldAnnotations[key]}`;
  for (const [index, volume] of (spec.volumes ?? []).entries())
    for (const [source, field, why] of oldVolumes)
      if (volume[source]) yield `${path}.volumes[${index}].${field}: ${why}`;
  yield* repeated(path, spec);
  yield* fractions(`${path}.overhead`, spec.overhead);
  const ports: SeenPort[] = [];
  for (const list of ['initContainers', 'containers', 'ephemeralContainers'] as const)
    for (const [index, container] of (spec[list] ?? []).entries()) {
      const at = `${path}.${list}[${index}]`;
      yield* containerWarnings(at, container);
      yield* portWarnings(at, container.ports ?? [], ports);
    }
  if ((spec.terminationGracePeriodSeconds ?? 0) < 0)
    yield `${path}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`;
}

function* repeated(path: string, { hostAliases = [], imagePullSecrets = [] }: PodSpec): Warnings {
  const addresses = new Set<string>();
  for (const [index, { ip }] of hostAliases.entries()) {
    if (addresses.has(ip)) yield `${path}.hostAliases[${index}].ip: duplicate ip "${ip}"`;
    addresses.add(ip);
  }
  const names = new Set<string>();
  for (const [index, { name = '' }] of imagePullSecrets.entries()) {
    const at = `${path}.imagePullSecrets[${index}].name`;
    if (names.has(name)) yield `${at}: duplicate name "${name}"`;
    if (!name) yield `${at}: invalid empty name ""`;
    names.add(name);
  }
}

function* fractions(path: string, list: ResourceList | undefined): Warnings {
  for (const name of ['memory', 'ephemeral-storage']) {
    const quantity = list?.[name];
    if (quantity !== undefined && scaled(quantity, -3) % 1000n !== 0n)
      yield `${path}[${name}]: fractional byte value "${canonicalQuantity(quantity)}" is invalid, must be an integer`;
  }
}

function* containerWarnings(
  path: string,
  container: Pick<Container, 'resources' | 'env'>,
): Warnings {
  if (container.resources) {
    yield* fractions(`${path}.resources.limits`, container.resources.limits);
    yield* fractions(`${path}.resources.requests`, container.resources.requests);
  }
  const names = new Set<string>();
  for (const [index, { name, value = '', valueFrom }] of (container.env ?? []).entries()) {
    const own = `$(${name})`;
    if (names.has(name) && (valueFrom || value === own || !value.includes(own)))
      yield `${path}.env[${index}]: hides previous definition of "${name}", which may be dropped when using apply`;
    names.add(name);
  }
}

interface SeenPort {
  readonly at: string;
  readonly port: ContainerPort;
}

function* portWarnings(path: string, ports: readonly ContainerPort[], seen: SeenPort[]): Warnings {
  for (const [index, port] of ports.entries()) {
    const at = `${path}.ports[${index}]`;
    for (const other of seen) yield* clash(at, port, other);
    const named = port.name && seen.find((other) => other.port.name === port.name);
    if (named)
      yield `${at}: duplicate port name "${port.name}" with ${named.at}, services and probes that select ports by name will use ${named.at}`;
    seen.push({ at, port });
  }
}

function* clash(at: string, port: ContainerPort, other: SeenPort): Warnings {
  const { hostIP = '', hostPort = 0, containerPort, protocol } = port;
  const { hostIP: otherIP = '', hostPort: otherPort = 0 } = other.port;
  if (other.port.containerPort !== containerPort || other.port.protocol !== protocol) return;
  if (hostIP === otherIP && hostPort === otherPort)
    yield `${at}: duplicate port definition with ${other.at}`;
  else if (!hostPort || !otherPort) yield `${at}: overlapping port definition with ${other.at}`;
  else if (hostPort === otherPort && (hostIP === '') !== (otherIP === ''))
    yield `${at}: dangerously ambiguous port definition with ${other.at}`;
}

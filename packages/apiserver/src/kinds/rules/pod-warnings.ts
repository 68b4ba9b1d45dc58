import type { Affinity, Container, PodAffinityTerm, PodSpec } from '@coxswain/api/types/core-v1';
import { profileOf } from './app-armor-annotations.ts';
import { equal } from './equal.ts';
import { fractionWarnings } from './fraction-warnings.ts';
import { addressWarnings } from './ip-warnings.ts';
import { nodeTermWarnings, oldNodeLabels } from './node-label-warnings.ts';
import { appArmorPrefix, seccompContainer, seccompPod } from './pod-annotations.ts';
import { type PlacedPort, portWarnings } from './port-warnings.ts';
import { volumeWarnings } from './volume-warnings.ts';

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
const noSeccomp = 'non-functional in v1.27+; use the "seccompProfile" field instead';
const noPods = 'a null labelSelector results in matching no pod';
const [required, preferred] = [
  'requiredDuringSchedulingIgnoredDuringExecution',
  'preferredDuringSchedulingIgnoredDuringExecution',
] as const;

/** What is allowed but unwise in a pod, or, with its path and a dot in front, in a template. */
export function* podWarnings(prefix: string, spec: PodSpec, annotations: Strings = {}): Warnings {
  const path = `${prefix}spec`;
  yield* placeWarnings(path, spec);
  for (const key in oldAnnotations)
    if (annotations[key] !== undefined)
      yield `${prefix}metadata.annotations[${key}]: ${oldAnnotations[key]}`;
  yield* volumeWarnings(`${path}.volumes`, spec.volumes ?? []);
  yield* repeated(path, spec);
  yield* fractionWarnings(`${path}.overhead`, spec.overhead);
  if (!spec.securityContext?.seccompProfile && annotations[seccompPod] !== undefined)
    yield `${prefix}metadata.annotations[${seccompPod}]: ${noSeccomp}`;
  const ports: PlacedPort[] = [];
  for (const list of ['initContainers', 'containers', 'ephemeralContainers'] as const)
    for (const [index, container] of (spec[list] ?? []).entries()) {
      const at = `${path}.${list}[${index}]`;
      yield* profileWarnings(prefix, container, spec, annotations);
      yield* containerWarnings(at, container);
      for (const [place, port] of (container.ports ?? []).entries())
        ports.push([`${at}.ports[${place}]`, port]);
    }
  yield* portWarnings(ports);
  if ((spec.terminationGracePeriodSeconds ?? 0) < 0)
    yield `${path}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`;
  for (const field of ['podAffinity', 'podAntiAffinity'] as const)
    yield* podTermWarnings(`${path}.affinity.${field}`, spec.affinity?.[field]);
  for (const [index, address] of (spec.dnsConfig?.nameservers ?? []).entries())
    yield* addressWarnings(`${path}.dnsConfig.nameservers[${index}]`, address);
  for (const [index, { ip }] of (spec.hostAliases ?? []).entries())
    yield* addressWarnings(`${path}.hostAliases[${index}].ip`, ip);
}

/** Old labels of nodes wherever a pod says where it wants to be. */
function* placeWarnings(path: string, spec: PodSpec): Warnings {
  for (const key in spec.nodeSelector)
    if (oldNodeLabels[key]) yield `${path}.nodeSelector[${key}]: ${oldNodeLabels[key]}`;
  const at = `${path}.affinity.nodeAffinity`;
  const { [required]: hard, [preferred]: soft = [] } = spec.affinity?.nodeAffinity ?? {};
  for (const [index, term] of (hard?.nodeSelectorTerms ?? []).entries())
    yield* nodeTermWarnings(`${at}.${required}.nodeSelectorTerms[${index}]`, term, false);
  for (const [index, { preference }] of soft.entries())
    yield* nodeTermWarnings(`${at}.${preferred}[${index}].preference`, preference, true);
  for (const [index, each] of (spec.topologySpreadConstraints ?? []).entries()) {
    const place = `${path}.topologySpreadConstraints[${index}]`;
    const why = oldNodeLabels[each.topologyKey];
    if (why) yield `${place}.topologyKey: ${each.topologyKey} is ${why}`;
    if (!each.labelSelector) yield `${place}.labelSelector: ${noPods}`;
  }
}

function* podTermWarnings(
  path: string,
  affinity: Affinity['podAffinity'] | Affinity['podAntiAffinity'],
): Warnings {
  const isBlind = (term: PodAffinityTerm | undefined): boolean => !term?.labelSelector;
  for (const [index, term] of (affinity?.[required] ?? []).entries())
    if (isBlind(term)) yield `${path}.${required}[${index}].labelSelector: ${noPods}`;
  for (const [index, { podAffinityTerm }] of (affinity?.[preferred] ?? []).entries())
    if (isBlind(podAffinityTerm))
      yield `${path}.${preferred}[${index}].podAffinityTerm.labelSelector: ${noPods}`;
}

function* repeated(path: string, { hostAliases = [], imagePullSecrets = [] }: PodSpec): Warnings {
  const addresses = new Set<string>();
  for (const [index, { ip }] of hostAliases.entries()) {
    if (addresses.has(ip)) yield `${path}.hostAliases[${index}].ip: duplicate ip "${ip}"`;
    addresses.add(ip);
  }
  const names = new Set<string>();
  for (const [index, { name = '' }] of imagePullSecrets.entries()) {
    if (names.has(name)) yield `${path}.imagePullSecrets[${index}].name: duplicate name "${name}"`;
    names.add(name);
  }
  for (const [index, { name }] of imagePullSecrets.entries())
    if (!name) yield `${path}.imagePullSecrets[${index}].name: invalid empty name ""`;
}

type Named = Pick<Container, 'name' | 'resources' | 'env' | 'securityContext'>;

/** Profiles by annotation; those of AppArmor that a pod itself names are told of when they become fields. */
function* profileWarnings(
  prefix: string,
  { name, securityContext }: Named,
  spec: PodSpec,
  annotations: Strings,
): Warnings {
  const at = (key: string): string => `${prefix}metadata.annotations[${key}]`;
  const seccomp = `${seccompContainer}${name}`;
  if (!securityContext?.seccompProfile && annotations[seccomp] !== undefined)
    yield `${at(seccomp)}: ${noSeccomp}`;
  const appArmor = `${appArmorPrefix}${name}`;
  const profile = annotations[appArmor];
  if (!prefix || securityContext?.appArmorProfile || profile === undefined) return;
  const ofPod = spec.securityContext?.appArmorProfile;
  if (!ofPod || !equal(ofPod, profileOf(profile)))
    yield `${at(appArmor)}: deprecated since v1.30; use the "appArmorProfile" field instead`;
}

function* containerWarnings(path: string, { resources, env }: Named): Warnings {
  for (const name of ['memory', 'ephemeral-storage'])
    for (const kind of ['limits', 'requests'] as const)
      yield* fractionWarnings(`${path}.resources.${kind}`, resources?.[kind], [name]);
  const names = new Set<string>();
  for (const [index, { name, value = '', valueFrom }] of (env ?? []).entries()) {
    const own = `$(${name})`;
    if (names.has(name) && (valueFrom || value === own || !value.includes(own)))
      yield `${path}.env[${index}]: hides previous definition of "${name}", which may be dropped when using apply`;
    names.add(name);
  }
}

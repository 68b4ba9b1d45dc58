import { Pods } from '@coxswain/api';
import type { Namespace, Pod } from '@coxswain/api/types/core-v1';
import type { Objects } from '../../authz/objects.ts';
import { findingsOf, reasonsText } from './checks.ts';
import type { PodSecurityConfiguration } from './configuration.ts';
import {
  isPrivileged,
  type LevelVersion,
  type Mode,
  modes,
  type Policy,
  policyText,
  prefix,
  samePolicy,
} from './policy.ts';

/** Most pods of a namespace that are looked at when its policy changes. */
const podsMax = 3000;

/** Tells of the pods that run already and could not be made any more. */
export function newPolicyWarnings(
  namespace: string,
  enforce: LevelVersion,
  objects: Objects,
  { runtimeClasses }: PodSecurityConfiguration,
): readonly string[] {
  const pods = [...objects.all(Pods, namespace)].filter(
    ({ spec }) => !spec.runtimeClassName || !runtimeClasses.includes(spec.runtimeClassName),
  );
  const checked = oneOfEachFirst(pods).slice(0, podsMax);
  const byReason = new Map<string, string[]>();
  for (const pod of checked) {
    const reasons = reasonsText(findingsOf(enforce, pod));
    if (reasons) byReason.set(reasons, [...(byReason.get(reasons) ?? []), pod.metadata.name]);
  }
  return [
    ...(checked.length < pods.length
      ? [
          `new PodSecurity enforce level only checked against the first ${checked.length} of ${pods.length} existing pods`,
        ]
      : []),
    ...(byReason.size
      ? [
          `existing pods in namespace "${namespace}" violate the new PodSecurity enforce level "${policyText(enforce)}"`,
        ]
      : []),
    ...[...byReason]
      .map(([reasons, names]) => `${named(names.toSorted())}: ${reasons}`)
      .toSorted((a, b) => (a < b ? -1 : 1)),
  ];
}

const named = ([first, ...others]: readonly string[]): string =>
  others.length === 0
    ? first!
    : `${first} (and ${others.length} other ${others.length === 1 ? 'pod' : 'pods'})`;

/** One pod of each controller comes before its copies. */
function oneOfEachFirst(pods: readonly Pod[]): readonly Pod[] {
  const seen = new Set<string>();
  const copies: Pod[] = [];
  const firsts = pods.filter((pod) => {
    const owner = pod.metadata.ownerReferences?.find(({ controller }) => controller)?.uid;
    if (owner === undefined) return true;
    const isFirst = !seen.has(owner);
    seen.add(owner);
    if (!isFirst) copies.push(pod);
    return isFirst;
  });
  return [...firsts, ...copies];
}

/** That the labels of an exempt namespace have no effect; undefined when they ask for nothing. */
export function exemptNamespaceWarning(
  { metadata: { name, labels = {} } }: Namespace,
  policy: Policy,
  defaults: Policy,
): string | undefined {
  const same = (mode: Mode): boolean =>
    samePolicy(policy[mode], defaults[mode]) ||
    (policy[mode].level === 'privileged' && defaults[mode].level === 'privileged');
  if (isPrivileged(policy) || modes.every(same)) return undefined;
  const asked = modes
    .filter(
      (mode) =>
        policy[mode].level !== 'privileged' &&
        (labels[prefix + mode] !== undefined || labels[`${prefix}${mode}-version`] !== undefined),
    )
    .map((mode) => `${mode}=${policyText(policy[mode])}`);
  return `namespace "${name}" is exempt from Pod Security, and the policy (${asked.join(', ')}) will be ignored`;
}

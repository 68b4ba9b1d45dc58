import type { PolicyRule } from '@coxswain/api/types/rbac-v1';
import { pathCovers } from './rules.ts';

/** Those permissions of `asked` that `held` does not cover, each one verb on one thing; empty when all are covered. */
export function missingFrom(
  held: readonly PolicyRule[],
  asked: readonly PolicyRule[],
): readonly PolicyRule[] {
  return asked.flatMap(breakDown).filter((one) => !held.some((rule) => coversOne(rule, one)));
}

/** One rule for each combination of verb, group, resource and name, and of verb and path. */
function breakDown(rule: PolicyRule): readonly PolicyRule[] {
  const parts: PolicyRule[] = [];
  for (const group of rule.apiGroups ?? [])
    for (const resource of rule.resources ?? [])
      for (const verb of rule.verbs) {
        const one = { verbs: [verb], apiGroups: [group], resources: [resource] };
        if (!rule.resourceNames?.length) parts.push(one);
        for (const name of rule.resourceNames ?? []) parts.push({ ...one, resourceNames: [name] });
      }
  for (const path of rule.nonResourceURLs ?? [])
    for (const verb of rule.verbs) parts.push({ verbs: [verb], nonResourceURLs: [path] });
  return parts;
}

const hasOrAll = (list: readonly string[] | undefined, value: string): boolean =>
  list !== undefined && (list.includes('*') || list.includes(value));

/** Whether `rule` alone grants all of `one`, which is of the shape that breakDown makes. */
function coversOne(rule: PolicyRule, one: PolicyRule): boolean {
  if (!hasOrAll(rule.verbs, one.verbs[0]!)) return false;
  const path = one.nonResourceURLs?.[0];
  if (path !== undefined)
    return rule.nonResourceURLs?.some((held) => pathCovers(held, path)) ?? false;
  if (!hasOrAll(rule.apiGroups, one.apiGroups![0]!)) return false;
  if (!coversResource(rule.resources, one.resources![0]!)) return false;
  return (
    !rule.resourceNames?.length ||
    (one.resourceNames?.every((name) => rule.resourceNames!.includes(name)) ?? false)
  );
}

function coversResource(resources: readonly string[] | undefined, resource: string): boolean {
  if (hasOrAll(resources, resource)) return true;
  const slash = resource.indexOf('/');
  return slash > 0 && resources!.includes(`*${resource.slice(slash)}`);
}

/** Joins rules of one group, one resource and the same names into one rule with all their verbs; the others stay as they are. */
export function compact(rules: readonly PolicyRule[]): readonly PolicyRule[] {
  const joined = new Map<string, PolicyRule>();
  const others: PolicyRule[] = [];
  for (const rule of rules) {
    if (rule.nonResourceURLs?.length) {
      others.push(rule);
      continue;
    }
    const key = JSON.stringify([rule.apiGroups, rule.resources, rule.resourceNames]);
    const before = joined.get(key);
    joined.set(key, before ? { ...before, verbs: [...before.verbs, ...rule.verbs] } : rule);
  }
  return [...others, ...joined.values()];
}

/** A rule in one line, as upstream's messages print it: `{APIGroups:[""], Resources:["pods"], Verbs:["get"]}`. */
export function ruleText(rule: PolicyRule): string {
  const parts = [
    ['APIGroups', rule.apiGroups],
    ['Resources', rule.resources],
    ['NonResourceURLs', rule.nonResourceURLs],
    ['ResourceNames', rule.resourceNames],
    ['Verbs', rule.verbs],
  ] as const;
  const text = parts.flatMap(([name, values]) =>
    values?.length ? [`${name}:${goList(values)}`] : [],
  );
  return `{${text.join(', ')}}`;
}

/** A list of strings as Go's %q prints it. */
export const goList = (values: readonly string[]): string =>
  `[${values.map((value) => JSON.stringify(value)).join(' ')}]`;

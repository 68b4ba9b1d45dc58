import type { UserInfo } from '@coxswain/api';
import { dns1123SubdomainErrors } from '@coxswain/api/names';
import type { RequestInfo } from '../chain/request-info.ts';

export type Level = 'None' | 'Metadata' | 'Request' | 'RequestResponse';
export type Stage = 'RequestReceived' | 'ResponseStarted' | 'ResponseComplete' | 'Panic';

const levels: readonly string[] = ['None', 'Metadata', 'Request', 'RequestResponse'];
const stages: readonly string[] = [
  'RequestReceived',
  'ResponseStarted',
  'ResponseComplete',
  'Panic',
];

export interface GroupResources {
  readonly group?: string;
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
}

export interface PolicyRule {
  readonly level: Level;
  readonly users?: readonly string[];
  readonly userGroups?: readonly string[];
  readonly verbs?: readonly string[];
  readonly resources?: readonly GroupResources[];
  readonly namespaces?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly omitStages?: readonly Stage[];
  readonly omitManagedFields?: boolean;
}

/** `audit.k8s.io/v1` Policy. */
export interface Policy {
  readonly rules: readonly PolicyRule[];
  readonly omitStages?: readonly Stage[];
  readonly omitManagedFields?: boolean;
}

/** What is recorded of one request. */
export interface Recorded {
  readonly level: Level;
  readonly omitStages: readonly Stage[];
  readonly omitManagedFields: boolean;
}

/** A policy of what a file holds. Throws with upstream's words for what is wrong. */
export function policyOf(given: unknown): Policy {
  const document = (given ?? {}) as Partial<Policy> & { kind?: string; apiVersion?: string };
  if (document.apiVersion !== 'audit.k8s.io/v1' || document.kind !== 'Policy')
    throw new Error(
      `failed decoding: no kind "${document.kind ?? ''}" is registered for version "${document.apiVersion ?? ''}"`,
    );
  const rules = document.rules ?? [];
  const wrong = [
    ...stagesWrong('omitStages', document.omitStages),
    ...rules.flatMap((rule, at) => ruleWrong(`rules[${at}]`, rule)),
  ];
  if (wrong.length === 1) throw new Error(wrong[0]);
  if (wrong.length > 1) throw new Error(`[${wrong.join(', ')}]`);
  if (rules.length === 0) throw new Error('loaded illegal policy with 0 rules');
  return { ...document, rules };
}

function stagesWrong(path: string, given: readonly string[] | undefined): readonly string[] {
  const allowed = `allowed stages are ${stages.join(',')}`;
  return (given ?? []).flatMap((stage, at) =>
    stages.includes(stage) ? [] : [`${path}[${at}]: Invalid value: "${stage}": ${allowed}`],
  );
}

function ruleWrong(path: string, rule: PolicyRule): readonly string[] {
  const { level, nonResourceURLs: urls = [], resources = [], namespaces = [] } = rule;
  const wrong: string[] = [];
  if (!level) wrong.push(`${path}.level: Required value`);
  else if (!levels.includes(level)) {
    const known = levels.map((one) => `"${one}"`).join(', ');
    wrong.push(`${path}.level: Unsupported value: "${level}": supported values: ${known}`);
  }
  urls.forEach((url, at) => {
    const say = (why: string): unknown =>
      wrong.push(`${path}.nonResourceURLs[${at}]: Invalid value: "${url}": ${why}`);
    if (url === '*') return;
    if (!url.startsWith('/')) say("non-resource URL rules must begin with a '/' character");
    else if (url.slice(0, -1).includes('*'))
      say("non-resource URL wildcards '*' must be the final character of the rule");
  });
  resources.forEach(({ group = '', resourceNames = [], resources: named = [] }, at) => {
    const place = `${path}.resources[${at}]`;
    const errors = group && group !== '*' ? dns1123SubdomainErrors(group) : [];
    if (errors.length) wrong.push(`${place}.group: Invalid value: "${group}": ${errors.join(',')}`);
    if (resourceNames.length && !named.length)
      wrong.push(
        `${place}.resourceNames: Invalid value: ${JSON.stringify(resourceNames)}: using resourceNames requires at least one resource`,
      );
  });
  wrong.push(...stagesWrong(`${path}.omitStages`, rule.omitStages));
  if (urls.length && (resources.length || namespaces.length))
    wrong.push(
      `${path}.nonResourceURLs: Invalid value: ${JSON.stringify(urls)}: rules cannot apply to both regular resources and non-resource URLs`,
    );
  return wrong;
}

/** What `policy` records of a request: as its first rule that matches says; nothing when none does. */
export function recorded(policy: Policy, user: UserInfo | undefined, info: RequestInfo): Recorded {
  const rule = policy.rules.find((one) => isAbout(one, user, info));
  const omitManagedFields = policy.omitManagedFields ?? false;
  if (!rule) return { level: 'None', omitStages: policy.omitStages ?? [], omitManagedFields };
  return {
    level: rule.level,
    omitStages: [...(rule.omitStages ?? []), ...(policy.omitStages ?? [])],
    omitManagedFields: rule.omitManagedFields ?? omitManagedFields,
  };
}

const lists = (list: readonly string[] | undefined): list is readonly string[] =>
  list !== undefined && list.length > 0;

function isAbout(rule: PolicyRule, user: UserInfo | undefined, info: RequestInfo): boolean {
  if (lists(rule.users) && !(user && rule.users.includes(user.name))) return false;
  const { userGroups } = rule;
  if (lists(userGroups) && !user?.groups.some((group) => userGroups.includes(group))) return false;
  if (lists(rule.verbs) && !rule.verbs.includes(info.verb)) return false;
  if (lists(rule.namespaces) || rule.resources?.length) return isResource(rule, info);
  const urls = rule.nonResourceURLs;
  if (!lists(urls)) return true;
  return !info.isResource && urls.some((url) => isUrl(url, info.path));
}

const isUrl = (rule: string, path: string): boolean =>
  rule === '*' ||
  rule === path ||
  (rule.endsWith('*') && path.startsWith(rule.replace(/\*+$/, '')));

function isResource({ namespaces, resources = [] }: PolicyRule, info: RequestInfo): boolean {
  if (!info.isResource) return false;
  if (lists(namespaces) && !namespaces.includes(info.namespace)) return false;
  if (resources.length === 0) return true;
  const { resource, subresource, group, name } = info;
  const combined = subresource ? `${resource}/${subresource}` : resource;
  return resources.some((one) => {
    if ((one.group ?? '') !== group && one.group !== '*') return false;
    if (!lists(one.resources)) return true;
    if (lists(one.resourceNames) && !one.resourceNames.includes(name)) return false;
    return one.resources.some(
      (rule) =>
        rule === '*' ||
        rule === combined ||
        (subresource !== '' && rule === `*/${subresource}`) ||
        rule === `${resource}/*`,
    );
  });
}

import type { UserInfo } from '@coxswain/api';
import type {
  FlowSchema,
  NonResourcePolicyRule,
  ResourcePolicyRule,
  Subject,
} from '@coxswain/api/types/flowcontrol-v1';
import type { RequestInfo } from '../chain/request-info.ts';

/** Whether one of the rules of `schema` is about what `user` asks for. */
export function matches({ spec }: FlowSchema, user: UserInfo, info: RequestInfo): boolean {
  return (spec.rules ?? []).some(
    ({ subjects, resourceRules, nonResourceRules }) =>
      (subjects ?? []).some((subject) => isSubject(subject, user)) &&
      (info.isResource
        ? (resourceRules ?? []).some((rule) => isResource(rule, info))
        : (nonResourceRules ?? []).some((rule) => isPath(rule, info))),
  );
}

function isSubject({ kind, user, group, serviceAccount }: Subject, who: UserInfo): boolean {
  if (kind === 'User') return user !== undefined && (user.name === '*' || user.name === who.name);
  if (kind === 'Group')
    return group !== undefined && (group.name === '*' || who.groups.includes(group.name));
  if (kind !== 'ServiceAccount' || !serviceAccount) return false;
  const prefix = `system:serviceaccount:${serviceAccount.namespace}:`;
  return serviceAccount.name === '*'
    ? who.name.startsWith(prefix)
    : who.name === prefix + serviceAccount.name;
}

const has = (list: readonly string[] | undefined, one: string): boolean =>
  list !== undefined && (list.includes('*') || list.includes(one));

function isResource(rule: ResourcePolicyRule, info: RequestInfo): boolean {
  const { resource, subresource } = info;
  return (
    has(rule.verbs, info.verb) &&
    has(rule.resources, subresource ? `${resource}/${subresource}` : resource) &&
    has(rule.apiGroups, info.group) &&
    (info.namespace === '' ? rule.clusterScope === true : has(rule.namespaces, info.namespace))
  );
}

const isPath = ({ verbs, nonResourceURLs }: NonResourcePolicyRule, info: RequestInfo): boolean =>
  has(verbs, info.verb) && (nonResourceURLs ?? []).some((rule) => covers(rule, info.path));

/** A rule covers its own path and all below it. */
function covers(rule: string, path: string): boolean {
  if (rule === '*' || rule === path) return true;
  const prefix = rule.replace(/\*$/, '');
  return path.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`);
}

/** The order in which schemas are asked: by precedence, then by name. */
export const byPrecedence = (a: FlowSchema, b: FlowSchema): number =>
  (a.spec.matchingPrecedence ?? 0) - (b.spec.matchingPrecedence ?? 0) ||
  (a.metadata.name < b.metadata.name ? -1 : 1);

/** What tells the flows of one schema apart. */
export function distinguisher({ spec }: FlowSchema, user: UserInfo, info: RequestInfo): string {
  const type = spec.distinguisherMethod?.type;
  return type === 'ByUser' ? user.name : type === 'ByNamespace' ? info.namespace : '';
}

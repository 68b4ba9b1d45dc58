import type { PolicyRule } from '@coxswain/api/types/rbac-v1';
import type { RequestInfo } from '../chain/request-info.ts';

const has = (list: readonly string[] | undefined, value: string): boolean =>
  list !== undefined && (list.includes(value) || list.includes('*'));

/** Whether one rule of RBAC allows the request. */
export function ruleAllows(rule: PolicyRule, info: RequestInfo): boolean {
  if (!has(rule.verbs, info.verb)) return false;
  if (!info.isResource) return pathMatches(rule.nonResourceURLs, info.path);
  return (
    has(rule.apiGroups, info.group) &&
    resourceMatches(rule.resources, info.resource, info.subresource) &&
    nameMatches(rule.resourceNames, info.name)
  );
}

/** `pods`, `pods/log`, `*` (everything), and for subresources `*` + `/scale`: that subresource of every resource. */
function resourceMatches(
  resources: readonly string[] | undefined,
  resource: string,
  subresource: string,
): boolean {
  if (!subresource) return has(resources, resource);
  return has(resources, `${resource}/${subresource}`) || has(resources, `*/${subresource}`);
}

const nameMatches = (names: readonly string[] | undefined, name: string): boolean =>
  !names?.length || names.includes(name);

function pathMatches(patterns: readonly string[] | undefined, path: string): boolean {
  return patterns?.some((pattern) => pathCovers(pattern, path)) ?? false;
}

/** `*`, the very same path, or a pattern that ends in `*` and begins it. */
export function pathCovers(pattern: string, path: string): boolean {
  if (pattern === '*' || pattern === path) return true;
  return pattern.endsWith('*') && path.startsWith(pattern.replace(/\*+$/, ''));
}

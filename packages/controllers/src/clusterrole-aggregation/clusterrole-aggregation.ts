import { ClusterRoles, selectorOf } from '@coxswain/api';
import type { ClusterRole, PolicyRule } from '@coxswain/api/types/rbac-v1';
import { keyOf } from '@coxswain/client';
import type { Controller } from '@coxswain/control';
import { same } from '../objects/same.ts';

/** Gives aggregated ClusterRoles the rules of all roles that their selectors choose. */
export const clusterRoleAggregation: Controller<ClusterRole> = {
  name: 'clusterrole-aggregation-controller',
  reconciles: ClusterRoles,
  // A role may be part of any aggregated one.
  keys: (_now, _before, observed) =>
    observed
      .all(ClusterRoles)
      .filter(({ aggregationRule }) => aggregationRule)
      .map(keyOf),
  watches: [],
  writes: [{ resource: ClusterRoles, verbs: ['update'] }],
  plan(role, observed) {
    if (!role?.aggregationRule) return { actions: [] };
    const rules = new Map<string, PolicyRule>();
    for (const each of role.aggregationRule.clusterRoleSelectors ?? []) {
      const selector = selectorOf(each);
      const chosen = observed
        .all(ClusterRoles)
        .filter(
          (other) =>
            other.metadata.name !== role.metadata.name && selector.matches(other.metadata.labels),
        )
        .toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
      for (const { rules: more } of chosen)
        for (const rule of more ?? []) if (!rules.has(textOf(rule))) rules.set(textOf(rule), rule);
    }
    const object: ClusterRole = { ...role, rules: [...rules.values()] };
    if (same(object.rules, role.rules)) return { actions: [] };
    return { actions: [{ do: 'update', resource: ClusterRoles, object }] };
  },
};

const texts = new WeakMap<PolicyRule, string>();

/** Two rules with one text are the same: the roles are compared with one another, each with hundreds of rules. */
function textOf(rule: PolicyRule): string {
  let text = texts.get(rule);
  if (text === undefined) {
    const {
      verbs,
      apiGroups = [],
      resources = [],
      resourceNames = [],
      nonResourceURLs = [],
    } = rule;
    text = JSON.stringify([verbs, apiGroups, resources, resourceNames, nonResourceURLs]);
    texts.set(rule, text);
  }
  return text;
}

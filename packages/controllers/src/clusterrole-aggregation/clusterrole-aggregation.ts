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
    const rules: PolicyRule[] = [];
    for (const each of role.aggregationRule.clusterRoleSelectors ?? []) {
      const selector = selectorOf(each);
      const chosen = observed
        .all(ClusterRoles)
        .filter(
          (other) =>
            other.metadata.name !== role.metadata.name && selector.matches(other.metadata.labels),
        )
        .toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
      for (const rule of chosen.flatMap((other) => other.rules ?? []))
        if (!rules.some((known) => same(known, rule))) rules.push(rule);
    }
    if (same(rules, role.rules)) return { actions: [] };
    return {
      actions: [
        { do: 'update', resource: ClusterRoles, object: { ...role, rules } as ClusterRole },
      ],
    };
  },
};

import { ClusterRoles } from '@coxswain/api';
import type { ClusterRole } from '@coxswain/api/types/rbac-v1';
import type { Kind } from '../kind.ts';
import { nameColumn } from '../rules/columns.ts';
import { createdAtColumn } from '../rules/created-at.ts';
import { invalidValue, required } from '../rules/field.ts';
import { labelSelector } from '../rules/labels.ts';
import { pathSegmentName } from '../rules/name.ts';
import { policyRules } from './rules.ts';

/** What may be done in the whole cluster, or in any namespace that binds it. */
export const clusterRoleKind: Kind<ClusterRole> = {
  resource: ClusterRoles,
  validateName: pathSegmentName,
  allowCreateOnUpdate: true,
  generation: false,
  *validate({ rules, aggregationRule }) {
    yield* policyRules(rules, false);
    if (!aggregationRule) return;
    const path = 'aggregationRule.clusterRoleSelectors';
    const selectors = aggregationRule.clusterRoleSelectors ?? [];
    if (!selectors.length)
      yield required(
        path,
        'at least one clusterRoleSelector required if aggregationRule is non-nil',
      );
    for (const [index, selector] of selectors.entries()) {
      const wrong = [...labelSelector(`${path}[${index}]`, selector)];
      yield* wrong;
      if (wrong.length) yield invalidValue(`${path}[${index}]`, null, 'invalid label selector.');
    }
  },
  columns: [nameColumn, createdAtColumn],
};

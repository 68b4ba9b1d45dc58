import { ClusterRoleBindings } from '@coxswain/api';
import type { ClusterRoleBinding } from '@coxswain/api/types/rbac-v1';
import type { Kind } from '../kind.ts';
import { ageColumn, nameColumn } from '../rules/columns.ts';
import { pathSegmentName } from '../rules/name.ts';
import { bindingDefaults, bindingRules, roleColumn, sameRole, subjectColumns } from './rules.ts';

/** Gives a role in the whole cluster. */
export const clusterRoleBindingKind: Kind<ClusterRoleBinding> = {
  resource: ClusterRoleBindings,
  validateName: pathSegmentName,
  allowCreateOnUpdate: true,
  generation: false,
  defaults: bindingDefaults,
  validate: (object) => bindingRules(object, false),
  *validateUpdate(next, before) {
    yield* bindingRules(next, false);
    yield* sameRole(next, before);
  },
  columns: [nameColumn, roleColumn, ageColumn, ...subjectColumns],
};

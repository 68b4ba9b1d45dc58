import { RoleBindings } from '@coxswain/api';
import type { RoleBinding } from '@coxswain/api/types/rbac-v1';
import type { Kind } from '../kind.ts';
import { ageColumn, nameColumn } from '../rules/columns.ts';
import { pathSegmentName } from '../rules/name.ts';
import { bindingDefaults, bindingRules, roleColumn, sameRole, subjectColumns } from './rules.ts';

/** Gives a role in one namespace. */
export const roleBindingKind: Kind<RoleBinding> = {
  resource: RoleBindings,
  validateName: pathSegmentName,
  allowCreateOnUpdate: true,
  generation: false,
  defaults: bindingDefaults,
  validate: (object) => bindingRules(object, true),
  *validateUpdate(next, before) {
    yield* bindingRules(next, true);
    yield* sameRole(next, before);
  },
  columns: [nameColumn, roleColumn, ageColumn, ...subjectColumns],
};

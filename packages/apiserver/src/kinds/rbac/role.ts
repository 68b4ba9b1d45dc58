import { Roles } from '@coxswain/api';
import type { Role } from '@coxswain/api/types/rbac-v1';
import type { Kind } from '../kind.ts';
import { nameColumn } from '../rules/columns.ts';
import { createdAtColumn } from '../rules/created-at.ts';
import { pathSegmentName } from '../rules/name.ts';
import { policyRules } from './rules.ts';

/** What may be done in one namespace. */
export const roleKind: Kind<Role> = {
  resource: Roles,
  validateName: pathSegmentName,
  allowCreateOnUpdate: true,
  generation: false,
  validate: ({ rules }) => policyRules(rules, true),
  columns: [nameColumn, createdAtColumn],
};

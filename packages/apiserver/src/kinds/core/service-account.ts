import { ServiceAccounts } from '@coxswain/api';
import type { ServiceAccount } from '@coxswain/api/types/core-v1';
import type { Kind } from '../kind.ts';
import { ageColumn, nameColumn } from '../rules/columns.ts';

/** Who the processes in pods are to the API. */
export const serviceAccountKind: Kind<ServiceAccount> = {
  resource: ServiceAccounts,
  shortNames: ['sa'],
  subresources: ['token'],
  generation: false,
  columns: [nameColumn, ageColumn],
};

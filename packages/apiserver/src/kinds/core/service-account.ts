import { ServiceAccounts } from '@coxswain/api';
import type { ServiceAccount } from '@coxswain/api/types/core-v1';
import type { Kind } from '../kind.ts';
import { ageColumn, nameColumn } from '../rules/columns.ts';

const mountable = 'kubernetes.io/enforce-mountable-secrets';
const isSet = (annotations: Readonly<Record<string, string>> | undefined): boolean =>
  annotations?.[mountable] !== undefined;

/** Who the processes in pods are to the API. */
export const serviceAccountKind: Kind<ServiceAccount> = {
  resource: ServiceAccounts,
  shortNames: ['sa'],
  subresources: ['token'],
  generation: false,
  *warnings({ metadata }, before) {
    if (isSet(metadata.annotations) && !isSet(before?.metadata.annotations))
      yield `metadata.annotations[${mountable}]: deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets`;
  },
  columns: [nameColumn, ageColumn],
};

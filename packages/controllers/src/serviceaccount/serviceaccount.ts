import { Namespaces, ServiceAccounts } from '@coxswain/api';
import type { Namespace } from '@coxswain/api/types/core-v1';
import type { Controller } from '@coxswain/control';

const accountName = 'default';

/** Keeps the service account `default` in every namespace that is not being deleted. */
export const serviceAccountController: Controller<Namespace> = {
  name: 'serviceaccount-controller',
  account: 'service-account-controller',
  reconciles: Namespaces,
  watches: [
    {
      resource: ServiceAccounts,
      keys: (now, before) =>
        !now && before?.metadata.name === accountName ? [before.metadata.namespace ?? ''] : [],
    },
  ],
  writes: [{ resource: ServiceAccounts, verbs: ['create'] }],
  plan(ns, observed) {
    if (!ns || ns.metadata.deletionTimestamp) return { actions: [] };
    const namespace = ns.metadata.name;
    if (observed.get(ServiceAccounts, accountName, namespace)) return { actions: [] };
    const object = { metadata: { name: accountName, namespace } };
    return { actions: [{ do: 'create', resource: ServiceAccounts, object }] };
  },
};

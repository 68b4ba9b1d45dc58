import { ApiError, type ApiHandler, Namespaces, notFound } from '@coxswain/api';
import type { Objects } from '../authz/objects.ts';
import { serverUser } from '../bootstrap/bootstrap.ts';
import type { Admission, AdmissionPlugin } from './plugin.ts';
import { refuse } from './refuse.ts';

const isInside = ({ namespace, resource }: Admission): boolean =>
  namespace !== '' && !(resource.resource === 'namespaces' && resource.group === '');

/** Makes the namespace that something is created in. */
export const namespaceAutoProvision = (objects: Objects, call: ApiHandler): AdmissionPlugin => ({
  name: 'NamespaceAutoProvision',
  handles: (admission) =>
    admission.operation === 'CREATE' && !admission.dryRun && isInside(admission),
  async mutate(admission, signal) {
    const { namespace: name, object } = admission;
    if (objects.get(Namespaces, name)) return object!;
    await call({
      method: 'POST',
      path: '/api/v1/namespaces',
      query: {},
      user: serverUser,
      agent: 'kube-apiserver/admission',
      body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
      signal,
    }).catch((error: unknown) => {
      if (!(error instanceof ApiError)) throw error;
      if (error.reason !== 'AlreadyExists') throw refuse(admission, error.message);
    });
    return object!;
  },
});

/** Nothing is written in a namespace that is not there, nor removed from it. */
export const namespaceExists = (objects: Objects): AdmissionPlugin => ({
  name: 'NamespaceExists',
  handles: (admission) => admission.operation !== 'CONNECT' && isInside(admission),
  validate({ namespace: name }) {
    if (!objects.get(Namespaces, name)) throw notFound({ ...Namespaces, name });
  },
});

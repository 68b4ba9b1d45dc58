import { ApiError, forbidden, Namespaces, notFound } from '@coxswain/api';
import type { Admission, AdmissionPlugin } from './plugin.ts';
import { refuse } from './refuse.ts';

const immortal = ['default', 'kube-system', 'kube-public'];
const isNamespace = ({ resource }: Admission): boolean =>
  resource.resource === 'namespaces' && resource.group === '';

/** Nothing is made in a namespace that is not there or that is being removed, and the system's namespaces stay. */
export const namespaceLifecycle: AdmissionPlugin = {
  name: 'NamespaceLifecycle',
  handles: (admission) =>
    admission.operation !== 'CONNECT' &&
    (isNamespace(admission)
      ? admission.operation === 'DELETE' && immortal.includes(admission.name)
      : admission.namespace !== '' && admission.operation !== 'DELETE'),
  mutate(admission) {
    const { namespace, operation, resource, context } = admission;
    if (isNamespace(admission))
      throw forbidden({ ...Namespaces, name: admission.name }, 'this namespace may not be deleted');
    // A review may ask about a namespace that is not there.
    if (resource.resource === 'localsubjectaccessreviews') return admission.object!;
    const found = context.lookup(Namespaces, namespace);
    if (!found) throw notFound({ ...Namespaces, name: namespace });
    if (operation === 'CREATE' && found.status?.phase === 'Terminating')
      throw terminating(admission);
    return admission.object!;
  },
};

function terminating(admission: Admission): ApiError {
  const { namespace } = admission;
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
  const { code, reason, message, details } = refuse(admission, why);
  const cause = {
    reason: 'NamespaceTerminating',
    message: `namespace ${namespace} is being terminated`,
    field: 'metadata.namespace',
  };
  return new ApiError(code, reason, message, { ...details, causes: [cause] });
}

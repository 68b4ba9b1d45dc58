import type { Resource } from '@coxswain/api';
import type { RuleWithOperations } from '@coxswain/api/types/admissionregistration-v1';
import type { Admission } from '../plugin.ts';

const isNamespaces = ({ group, version, resource }: Resource): boolean =>
  group === '' && version === 'v1' && resource === 'namespaces';

/** The namespace that a request is about; that of a Namespace is itself. */
export function namespaceOf({ resource, namespace, name, operation, object }: Admission): string {
  if (!isNamespaces(resource)) return namespace;
  // One that gets its name from the server has none when the request comes.
  return operation === 'CREATE' && object?.metadata.generateName ? '' : name;
}

const names = (items: readonly string[] | undefined, wanted: string): boolean =>
  items?.some((item) => item === '*' || item === wanted) === true;

/** Whether a rule of a webhook or policy speaks of the request, as one for `resource`. */
export function ruleMatches(
  { scope = '*', operations, apiGroups, apiVersions, resources }: RuleWithOperations,
  admission: Admission,
  resource: Resource,
): boolean {
  const { operation, subresource } = admission;
  const isOfCluster = isNamespaces(resource) || namespaceOf(admission) === '';
  if (scope !== '*' && (scope === 'Cluster') !== isOfCluster) return false;
  return (
    names(operations, operation) &&
    names(apiGroups, resource.group) &&
    names(apiVersions, resource.version) &&
    resources?.some((each) => {
      const [one = '', sub = ''] = splitOnce(each);
      return (one === '*' || one === resource.resource) && (sub === '*' || sub === subresource);
    }) === true
  );
}

function splitOnce(text: string): readonly string[] {
  const at = text.indexOf('/');
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/** Kinds that say who is asked about writes: nobody is asked about those, or nobody could mend them. */
const exempt = new Set([
  ...['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'],
  ...['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'],
  ...['MutatingAdmissionPolicy', 'MutatingAdmissionPolicyBinding'],
]);

export const isExempt = ({ resource: { group, kind } }: Admission): boolean =>
  group === 'admissionregistration.k8s.io' && exempt.has(kind);

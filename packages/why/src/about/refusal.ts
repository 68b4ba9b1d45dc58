import {
  addQuantities,
  compareQuantities,
  LimitRanges,
  Namespaces,
  ResourceQuotas,
} from '@coxswain/api';
import { podAmounts } from '@coxswain/api/quota';
import type { Pod } from '@coxswain/api/types/core-v1';
import type { ObjectRef, Reason } from '@coxswain/control';
import { type Cause, causeOf, type Evidence, inNamespace, stepOf } from '../cause.ts';
import type { Look } from '../look.ts';
import { accountOf, missing } from './references.ts';

const enforceKey = 'pod-security.kubernetes.io/enforce';

/** The last refusal of a pod that the controller of `about` would have made, as it was kept. */
export const refusalOf = (about: ObjectRef, look: Look): Reason | undefined =>
  look
    .reasons(about)
    .find(({ verdict, facts }) => verdict === 'refused' && isPod.has(String(facts['kind'])));

const isPod = new Set(['pods', 'Pod']);

/** Why the server refuses the pods that `about` would make: its own words, and what they come from. */
export async function explainRefusal(
  about: ObjectRef,
  spec: Pod['spec'] | undefined,
  message: string,
  evidence: readonly Evidence[],
  look: Look,
): Promise<readonly Cause[]> {
  const { namespace } = about;
  const pod: Pod = { metadata: { name: 'new', namespace }, spec: spec ?? { containers: [] } };
  const because: Cause[] = [...(await quotas(pod, look))];
  for (const { name } of await missing([accountOf(pod)], namespace, look))
    because.push(
      causeOf(
        'reference-missing',
        { kind: 'ServiceAccount', namespace, name },
        {
          facts: { kind: 'ServiceAccount', name, at: 'spec.serviceAccountName' },
          steps: [
            stepOf(
              'create-it',
              { what: `serviceaccount/${name}` },
              `kubectl create serviceaccount ${name}${inNamespace(about)}`,
            ),
          ],
        },
      ),
    );
  const space = await look.get(Namespaces, namespace ?? '');
  const level = space?.metadata.labels?.[enforceKey];
  const text = `${message} ${evidence.map((each) => each.text).join(' ')}`;
  if (level && text.includes('violates PodSecurity'))
    because.push(
      causeOf(
        'pod-security',
        { kind: 'Namespace', name: namespace ?? '' },
        {
          facts: { level, namespace: namespace ?? '' },
          evidence: [{ from: 'spec', at: `metadata.labels.${enforceKey}`, text: level }],
          steps: [stepOf('meet-pod-security', { level })],
        },
      ),
    );
  if (because.length === 0)
    for (const range of await look.list(LimitRanges, { namespace }))
      if (text.includes('per Container') || text.includes('per Pod'))
        because.push(
          causeOf(
            'limit-range',
            { kind: 'LimitRange', namespace, name: range.metadata.name },
            { facts: { name: range.metadata.name } },
          ),
        );
  return [causeOf('pods-refused', about, { evidence, because })];
}

/** Quotas that one more such pod would exceed, or that want what the pod does not say. */
async function quotas(pod: Pod, look: Look): Promise<readonly Cause[]> {
  const asks = podAmounts(pod, 'requests');
  const limits = podAmounts(pod, 'limits');
  const amountOf = (resource: string): string | undefined => {
    if (resource === 'pods' || resource === 'count/pods') return '1';
    const dot = resource.indexOf('.');
    const [of, name] =
      dot < 0 ? ['requests', resource] : [resource.slice(0, dot), resource.slice(dot + 1)];
    if (of !== 'requests' && of !== 'limits') return undefined;
    return (of === 'limits' ? limits : asks)[name];
  };
  const namespace = pod.metadata.namespace;
  const found: Cause[] = [];
  for (const { metadata, spec, status } of await look.list(ResourceQuotas, { namespace })) {
    const about = { kind: 'ResourceQuota', namespace, name: metadata.name };
    for (const [resource, hard] of Object.entries(spec?.hard ?? {})) {
      const used = status?.used?.[resource] ?? '0';
      const asked = amountOf(resource);
      const facts = { quota: metadata.name, resource, hard, used };
      const isCompute = /^((requests|limits)\.)?(cpu|memory|ephemeral-storage)$/.test(resource);
      if (asked === undefined && isCompute)
        found.push(
          causeOf('quota-wants-request', about, {
            facts,
            steps: [stepOf('name-request', { resource })],
          }),
        );
      else if (asked !== undefined && compareQuantities(addQuantities(used, asked), hard) > 0)
        found.push(
          causeOf('quota-exceeded', about, {
            facts: { ...facts, asked },
            evidence: [
              {
                from: 'status',
                at: `resourcequota/${metadata.name}`,
                text: `${resource}: ${used} of ${hard} used`,
              },
            ],
            steps: [
              stepOf(
                'raise-quota',
                { quota: metadata.name, resource },
                `kubectl edit resourcequota ${metadata.name}${inNamespace(about)}`,
              ),
            ],
          }),
        );
    }
  }
  return found;
}

import { type ApiHandler, ServiceCIDRs } from '@coxswain/api';
import type { ServiceCIDR } from '@coxswain/api/types/networking-v1';
import type { Objects } from '../authz/objects.ts';

/** Upstream's name of who speaks for the default range. */
const manager = 'kubernetes-service-cidr-controller';
const name = 'kubernetes';

/** Says of the default ServiceCIDR that it is ready, where nobody has said anything and it is the range of this server. */
export async function sayReady(
  handler: ApiHandler,
  objects: Objects,
  ranges: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const range = objects.get<ServiceCIDR>(ServiceCIDRs, name);
  if (!range || range.metadata.deletionTimestamp) return;
  const isOurs = JSON.stringify(range.spec.cidrs) === JSON.stringify(ranges);
  const said = range.status?.conditions?.find(({ type }) => type === 'Ready')?.status;
  if (!isOurs || said === 'True' || said === 'False') return;
  const condition = {
    type: 'Ready',
    status: 'True',
    message: 'Kubernetes default Service CIDR is ready',
    lastTransitionTime: range.metadata.creationTimestamp,
  };
  await handler({
    method: 'PATCH',
    path: `/apis/networking.k8s.io/v1/servicecidrs/${name}/status`,
    query: { fieldManager: manager, force: 'true' },
    patchType: 'application/apply-patch+yaml',
    body: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'ServiceCIDR',
      metadata: { name },
      status: { conditions: [condition] },
    },
    user: { name: 'system:apiserver', groups: ['system:masters', 'system:authenticated'] },
    agent: 'kube-apiserver/bootstrap',
    signal,
  });
}

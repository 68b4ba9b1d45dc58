import { ApiError, type ApiHandler, ResourceQuotas } from '@coxswain/api';
import { evaluatorFor, type QuotaEvaluator, type QuotaReads, sameLists } from '@coxswain/api/quota';
import type { ResourceQuota } from '@coxswain/api/types/core-v1';
import type { Clock } from '@coxswain/base';
import type { Objects } from '../../authz/objects.ts';
import { serverUser } from '../../bootstrap/bootstrap.ts';
import type { Admission, AdmissionPlugin } from '../plugin.ts';
import { charge } from './charge.ts';
import type { LimitedResource } from './configuration.ts';

/** Rounds of charging quotas that their controller writes at the same time. */
const roundsMax = 4;

export interface QuotaParts {
  readonly objects: Objects;
  readonly clock: Clock;
  /** The server itself: what is used is written by its own way. */
  readonly call: ApiHandler;
}

/** Lets nothing be made that a quota of its namespace has no room for, and notes what is taken. */
export function resourceQuota(
  parts: QuotaParts,
  limited: readonly LimitedResource[],
): AdmissionPlugin {
  const lanes = new Map<string, Promise<void>>();
  return {
    name: 'ResourceQuota',
    handles: ({ operation, namespace, resource }) =>
      (operation === 'CREATE' || operation === 'UPDATE') &&
      namespace !== '' &&
      !(resource.resource === 'namespaces' && resource.group === ''),
    validate(admission, signal) {
      const evaluator = evaluatorFor(admission.resource);
      if (!evaluator?.charges(admission)) return;
      const { namespace } = admission;
      if (limited.length === 0 && quotasOf(parts.objects, namespace).length === 0) return;
      // One at a time in a namespace: each sees what the one before it took.
      const before = lanes.get(namespace) ?? Promise.resolve();
      const turn = before.then(() => take(admission, evaluator, limited, parts, signal));
      const lane = turn.catch(() => {});
      lanes.set(namespace, lane);
      return turn.finally(() => {
        if (lanes.get(namespace) === lane) lanes.delete(namespace);
      });
    },
  };
}

const quotasOf = (objects: Objects, namespace: string): readonly ResourceQuota[] => [
  ...objects.all(ResourceQuotas, namespace),
];

/** Charges all quotas; what another writer was faster with is charged again, and nothing twice. */
async function take(
  admission: Admission,
  evaluator: QuotaEvaluator,
  limited: readonly LimitedResource[],
  { objects, clock, call }: QuotaParts,
  signal: AbortSignal,
): Promise<void> {
  const reads: QuotaReads = {
    nowMs: clock.now(),
    get: (resource, name, namespace) => objects.get(resource, name, namespace),
    all: (resource, namespace) => objects.all(resource, namespace),
  };
  let open: readonly string[] | undefined;
  for (let round = 1; ; round++) {
    const quotas = quotasOf(objects, admission.namespace).filter(
      ({ metadata }) => !open || open.includes(metadata.name),
    );
    const charged = charge(admission, quotas, evaluator, limited, reads);
    if (admission.dryRun) return;
    const failed: string[] = [];
    let last: unknown;
    for (const quota of charged) {
      const old = quotas.find(({ metadata }) => metadata.name === quota.metadata.name);
      if (sameLists(old?.status?.used, quota.status?.used)) continue;
      try {
        await write(quota, call, signal);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        failed.push(quota.metadata.name);
        last = error;
      }
    }
    if (failed.length === 0) return;
    if (round === roundsMax) throw last;
    open = failed;
  }
}

async function write(quota: ResourceQuota, call: ApiHandler, signal: AbortSignal): Promise<void> {
  const { name, namespace } = quota.metadata;
  await call({
    method: 'PUT',
    path: `/api/v1/namespaces/${namespace}/resourcequotas/${name}/status`,
    query: {},
    user: serverUser,
    agent: 'kube-apiserver/admission',
    body: quota,
    signal,
  });
}

import { ApiError, badRequest, forbidden, formatTime, selectorOf } from '@coxswain/api';
import type { Pod } from '@coxswain/api/types/core-v1';
import type { DeleteOptions } from '@coxswain/api/types/meta';
import type { Eviction, PodDisruptionBudget } from '@coxswain/api/types/policy-v1';
import type { Response } from '../../chain/station.ts';
import { objectOf } from '../../watch-cache/index.ts';
import { admit, mutate } from '../admit.ts';
import { decodeBody } from '../decode.ts';
import type { Call, Subresource } from '../engine.ts';
import { type Facet } from '../facet.ts';
import { readFresh } from '../get.ts';
import { modify } from '../modify.ts';
import { optionsObject, type WriteOptions, writeOptions } from '../options.ts';
import { removeObject } from '../remove.ts';
import { checkAccept, success } from '../respond.ts';

/** Most pods that a budget may wait for at once. */
const disruptedMax = 2000;

/** Deletes a pod as far as its disruption budget allows. */
export const eviction: Subresource = {
  async create(call) {
    checkAccept(call);
    const options = writeOptions(call.request, 'CreateOptions');
    const expected = { apiVersion: 'policy/v1', kind: 'Eviction' };
    const asked = (await decodeBody(call, expected, options)) as Eviction;
    if (asked.metadata.name !== call.name)
      throw badRequest('name in URL does not match name in Eviction object');
    const admission = {
      operation: 'CREATE',
      dryRun: options.dryRun,
      before: undefined,
      options: optionsObject('CreateOptions', options),
    } as const;
    const changed = (await mutate(call, { ...admission, object: asked })) as Eviction;
    await admit(call, { ...admission, object: changed });
    const wanted: DeleteOptions = {
      ...changed.deleteOptions,
      ...(options.dryRun && { dryRun: ['All'] }),
    };
    return evict(call, options, wanted);
  },
};

async function evict(call: Call, options: WriteOptions, wanted: DeleteOptions): Promise<Response> {
  const pod = objectOf(await readFresh(call)) as Pod;
  if (needsNoBudget(pod)) {
    await removeObject(call, isFinished(pod) ? wanted : atVersion(wanted, pod), true);
    return success(201);
  }
  const budgets = budgetsOf(call, pod);
  if (budgets.length > 1)
    throw new ApiError(
      500,
      '',
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    );
  const [budget] = budgets;
  if (!budget) {
    await removeObject(call, wanted, true);
    return success(201);
  }
  const { currentHealthy = 0, desiredHealthy = 0 } = budget.status ?? {};
  const isUnready = !isReady(pod) && currentHealthy >= desiredHealthy && desiredHealthy > 0;
  if (!isUnready && !mayEvictUnready(budget, pod)) await takeFrom(call, options, budget, pod);
  await removeObject(call, isUnready ? atVersion(wanted, pod) : wanted, true).catch(
    (error: unknown) => {
      const stale = error instanceof ApiError && error.reason === 'Conflict' && isUnready;
      throw stale && !wanted.preconditions?.resourceVersion ? stillProcessed(budget) : error;
    },
  );
  return success(201);
}

const isFinished = ({ metadata, status }: Pod): boolean =>
  status?.phase === 'Succeeded' ||
  status?.phase === 'Failed' ||
  metadata.deletionTimestamp !== undefined;

const needsNoBudget = (pod: Pod): boolean => isFinished(pod) || pod.status?.phase === 'Pending';

const isReady = ({ status }: Pod): boolean =>
  status?.conditions?.some((each) => each.type === 'Ready' && each.status === 'True') === true;

/** unhealthyPodEvictionPolicy AlwaysAllow lets pods go that are not ready. */
const mayEvictUnready = ({ spec }: PodDisruptionBudget, pod: Pod): boolean =>
  spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow' && !isReady(pod);

/** The pod must still be as it was when the budget was asked. */
const atVersion = (options: DeleteOptions, { metadata }: Pod): DeleteOptions =>
  options.preconditions?.resourceVersion
    ? options
    : {
        ...options,
        preconditions: { ...options.preconditions, resourceVersion: metadata.resourceVersion },
      };

function budgetsOf({ engine, namespace }: Call, pod: Pod): readonly PodDisruptionBudget[] {
  const cache = engine.catalog.get('policy', 'v1', 'poddisruptionbudgets')?.cache;
  const found: PodDisruptionBudget[] = [];
  const prefix = `${cache?.prefix ?? ''}${namespace}/`;
  cache?.walk(prefix, (key, cached) => {
    if (!key.startsWith(prefix)) return false;
    const budget = objectOf(cached) as PodDisruptionBudget;
    const selector = selectorOf(budget.spec?.selector);
    // An empty selector of a budget matches nothing here, as upstream has it.
    if (selector.requirements.length > 0 && selector.matches(pod.metadata.labels))
      found.push(budget);
    return true;
  });
  return found;
}

const disruption: Facet = {
  subresource: 'status',
  prepare: (next) => next,
  validate: () => undefined,
  isWhole: false,
};

/** Takes one disruption from the budget, in the store, before the pod goes. */
async function takeFrom(
  call: Call,
  options: WriteOptions,
  { metadata }: PodDisruptionBudget,
  pod: Pod,
): Promise<void> {
  const served = call.engine.catalog.get('policy', 'v1', 'poddisruptionbudgets')!;
  await modify({ ...call, served, name: metadata.name }, options, {
    facet: disruption,
    ownsFields: true,
    next: (before) => oneLess(call, before as PodDisruptionBudget, pod),
  });
}

function oneLess({ context }: Call, budget: PodDisruptionBudget, pod: Pod): PodDisruptionBudget {
  const { metadata, status } = budget;
  const about = { group: 'policy', resource: 'poddisruptionbudget', name: metadata.name };
  const allowed = status?.disruptionsAllowed ?? 0;
  if ((status?.observedGeneration ?? 0) < (metadata.generation ?? 0)) throw stillProcessed(budget);
  if (allowed < 0) throw forbidden(about, 'pdb disruptions allowed is negative');
  if (Object.keys(status?.disruptedPods ?? {}).length > disruptedMax)
    throw forbidden(
      about,
      'DisruptedPods map too big - too many evictions not confirmed by PDB controller',
    );
  if (allowed === 0)
    throw tooMany(
      `The disruption budget ${metadata.name} needs ${status?.desiredHealthy ?? 0} healthy pods and has ${status?.currentHealthy ?? 0} currently`,
      0,
    );
  return {
    ...budget,
    status: {
      ...status!,
      disruptionsAllowed: allowed - 1,
      disruptedPods: { ...status?.disruptedPods, [pod.metadata.name]: formatTime(context.nowMs) },
    },
  };
}

const stillProcessed = ({ metadata }: PodDisruptionBudget): ApiError =>
  tooMany(`The disruption budget ${metadata.name} is still being processed by the server.`, 10);

const tooMany = (message: string, retryAfterSeconds: number): ApiError =>
  new ApiError(
    429,
    'TooManyRequests',
    "Cannot evict pod as it would violate the pod's disruption budget.",
    {
      causes: [{ reason: 'DisruptionBudget', message }],
      ...(retryAfterSeconds > 0 && { retryAfterSeconds }),
    },
  );

import { milliValue } from '@coxswain/api';
import type { Fields, Step } from '../scene/model.ts';
import type { Request } from '../scene/requests.ts';
import { type Invariant, staleMsMax, type View } from './invariant.ts';
import { isLeaving, isReady } from './pods.ts';

/** `25%` of a number, or as it stands. */
const share = (value: string | number, of: number, round: (n: number) => number): number =>
  typeof value === 'number' ? value : round((of * milliValue(value.slice(0, -1))) / 1e5);

/** Who takes pods away as it sees fit, and how many must stay. */
interface Budget {
  readonly name: string;
  /** The request takes a pod away by this budget's leave. */
  readonly isFrom: (request: Request) => boolean;
  /** How many pods of the application must be ready now; undefined when it says nothing of it. */
  readonly minimum: (view: View, namespace: string, app: string) => number | undefined;
  /** It looks at no pods but those of a larger number than the one it takes. */
  readonly looksUp?: (view: View, namespace: string, app: string) => boolean;
}

const workload = ({ model }: View, kind: string, namespace: string, app: string) =>
  model.get(`/registry/${kind}/${namespace}/${app}`)?.object;

const eviction: Budget = {
  name: 'PodDisruptionBudget',
  isFrom: ({ parts }) => parts.subresource === 'eviction',
  minimum(view, namespace, app) {
    const budget = workload(view, 'poddisruptionbudgets', namespace, app);
    const owner =
      workload(view, 'deployments', namespace, app) ??
      workload(view, 'statefulsets', namespace, app);
    if (!budget || !owner) return undefined;
    const size: number = owner['spec'].replicas ?? 1;
    const { minAvailable, maxUnavailable } = budget['spec'];
    return minAvailable === undefined
      ? size - share(maxUnavailable, size, Math.ceil)
      : share(minAvailable, size, Math.ceil);
  },
};

const rollout: Budget = {
  name: 'Deployment',
  isFrom: ({ from }) => from === 'replicaset-controller',
  minimum(view, namespace, app) {
    const deployment = workload(view, 'deployments', namespace, app);
    if (!deployment || isLeaving(deployment)) return undefined;
    const { replicas = 1, strategy } = deployment['spec'];
    const { maxUnavailable = '25%', maxSurge = '25%' } = strategy?.rollingUpdate ?? {};
    const less = share(maxUnavailable, replicas, Math.floor);
    return replicas - (less === 0 && share(maxSurge, replicas, Math.ceil) === 0 ? 1 : less);
  },
};

const numbered: Budget = {
  name: 'StatefulSet',
  isFrom: ({ from }) => from === 'statefulset-controller',
  minimum(view, namespace, app) {
    const set = workload(view, 'statefulsets', namespace, app);
    return set && !isLeaving(set) ? (set['spec'].replicas ?? 1) - 1 : undefined;
  },
  looksUp: (view, namespace, app) =>
    workload(view, 'statefulsets', namespace, app)?.['spec'].podManagementPolicy === 'Parallel',
};

/** Of a pod of a StatefulSet; others have none. */
const numberOf = (podName: string): number => Number(podName.split('-').at(-1));

/** What was seen of an application lately. */
interface App {
  /** Pods by uid, and when they were last ready. */
  readonly lately: Map<string, { readonly number: number; readonly atMs: number }>;
  readonly ready: Set<string>;
  /** Pods that this budget's leave has taken. */
  readonly taken: Set<string>;
  minimums: { readonly atMs: number; readonly least: number | undefined }[];
}

/**
 * Nobody takes more pods away than their budget allows, by what they may have seen: pods that were lately ready count, but for
 * those that were taken by the same leave. What fails by itself is nobody's doing.
 */
const kept = (budget: Budget): Invariant => ({
  name: `a ${budget.name} is kept to`,
  watch(view) {
    const apps = new Map<string, App>();
    const appOf = (object: Fields): App | undefined => {
      const { namespace, labels } = object.metadata;
      const app = labels?.['app'];
      if (app === undefined) return undefined;
      const id = `${namespace}/${app}`;
      let found = apps.get(id);
      if (!found) {
        found = { lately: new Map(), ready: new Set(), taken: new Set(), minimums: [] };
        apps.set(id, found);
      }
      return found;
    };
    const note = (object: Fields, app: App, atMs: number): void => {
      const least = budget.minimum(
        view,
        object.metadata.namespace!,
        object.metadata.labels!['app']!,
      );
      const known = app.minimums;
      while (known.length > 1 && known[1]!.atMs < atMs - staleMsMax) known.shift();
      if (known.length === 0 || known.at(-1)!.least !== least) known.push({ atMs, least });
    };
    const stillThere = (app: App, above: number, nowMs: number): number => {
      let count = 0;
      for (const [uid, { number, atMs }] of app.lately)
        if (app.ready.has(uid) || atMs >= nowMs - staleMsMax) {
          if (!app.taken.has(uid) && !(number <= above)) count++;
        } else app.lately.delete(uid);
      return count;
    };
    return {
      kinds: ['pods', 'deployments', 'statefulsets', 'poddisruptionbudgets'],
      *step(step: Step) {
        const object = (step.now ?? step.before)!.object;
        const app = object && appOf(object);
        if (!app) return;
        note(object, app, step.atMs);
        if (step.kind !== 'pods') return;
        const uid = object.metadata.uid!;
        const pod = step.now?.object;
        const was = step.before?.object;
        const isTaken = was && isReady(was) && !(pod && !isLeaving(pod));
        if (pod && isReady(pod)) app.ready.add(uid);
        else app.ready.delete(uid);
        const number = numberOf(object.metadata.name);
        if (app.ready.has(uid) || (was && isReady(was)))
          app.lately.set(uid, { number, atMs: step.atMs });
        if (!isTaken || !step.request || !budget.isFrom(step.request)) return;
        app.taken.add(uid);
        if (app.minimums.some(({ least }) => least === undefined)) return;
        const { namespace, labels } = object.metadata;
        const above = budget.looksUp?.(view, namespace!, labels!['app']!) ? number : -1;
        const least = Math.min(...app.minimums.map(({ least }) => least!)) - (above + 1);
        const left = stillThere(app, above, step.atMs);
        if (left < least)
          yield `${step.request.from} took ${step.key}: ${left} of the ${least} that must stay are left`;
      },
    };
  },
});

export const budgets: readonly Invariant[] = [eviction, rollout, numbered].map(kept);

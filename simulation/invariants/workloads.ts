import type { Fields, Step, Stored } from '../scene/model.ts';
import { type Invariant, staleMsMax, type View } from './invariant.ts';
import {
  controllerOf,
  isActive,
  isInDoubt,
  isLeaving,
  isTerminal,
  keyOfName,
  nameOf,
  podsOf,
} from './pods.ts';

type Pod = Stored & { object: Fields };

const indexOf = (pod: Fields): string | undefined =>
  pod.metadata.annotations?.['batch.kubernetes.io/job-completion-index'];

const isCreation = (step: Step): step is Step & { now: Pod } =>
  step.kind === 'pods' && !step.before && step.now?.object !== undefined;

const ownerOf = (
  { model }: View,
  pod: Fields,
  kind: string,
  plural: string,
): Fields | undefined => {
  const owner = controllerOf(pod);
  if (owner?.kind !== kind) return undefined;
  const found = model.get(keyOfName(plural, pod, owner.name))?.object;
  return found?.metadata.uid === owner.uid ? found : undefined;
};

/** Numbers `3` of completed indexes written as `0,2-4`. */
function isAmong(index: number, intervals: string): boolean {
  return intervals
    .split(',')
    .filter(Boolean)
    .some((each) => {
      const [from, to = from] = each.split('-').map(Number);
      return from !== undefined && index >= from && index <= to!;
    });
}

/** No index of a Job is run twice at once, nor again once it has succeeded; each success is counted once. */
export const jobsRunOnce: Invariant = {
  name: 'jobs run once',
  watch(view) {
    const { model } = view;
    const succeeded = new Map<string, Set<string>>();
    const rivals = (pod: Pod, job: Fields): readonly Pod[] => {
      const isLate = job['spec'].podReplacementPolicy === 'Failed';
      return [...podsOf(model, job.metadata.uid!)].filter(
        ({ key, object }) =>
          key !== pod.key &&
          indexOf(object) === indexOf(pod.object) &&
          !isTerminal(object) &&
          (isLate || !isLeaving(object)),
      );
    };
    return {
      kinds: ['pods', 'jobs'],
      *step(step) {
        const pod = step.now?.object;
        if (pod && step.kind === 'pods' && pod['status']?.phase === 'Succeeded') {
          const uid = controllerOf(pod)?.uid ?? '';
          const seen = succeeded.get(uid) ?? new Set();
          succeeded.set(uid, seen.add(indexOf(pod) ?? pod.metadata.uid!));
        }
        if (step.kind === 'jobs' && step.now?.object) {
          const { metadata, status = {} } = step.now.object as Fields;
          const truly = succeeded.get(metadata.uid!)?.size ?? 0;
          if ((status.succeeded ?? 0) > truly)
            yield `Job ${metadata.name} counts ${status.succeeded} successes of ${truly}`;
        }
        if (!isCreation(step) || isInDoubt(step.now)) return;
        const job = ownerOf(view, step.now.object, 'Job', 'jobs');
        const index = indexOf(step.now.object);
        if (!job || index === undefined) return;
        const rival = rivals(step.now, job).find((each) => !isInDoubt(each));
        if (rival)
          yield `index ${index} of Job ${nameOf(job)} runs as ${rival.key} and ${step.key}`;
        if (isAmong(Number(index), job['status']?.completedIndexes ?? ''))
          yield `index ${index} of Job ${nameOf(job)} is run again after its success`;
      },
    };
  },
};

/** What each owner was asked to have, for as long as anybody may still act upon it. */
class Wishes {
  readonly #wishes = new Map<string, { readonly atMs: number; readonly wish: number }[]>();

  note(uid: string, wish: number, atMs: number): void {
    const known = this.#wishes.get(uid) ?? [];
    if (known.at(-1)?.wish === wish) return;
    // The last wish before the window stands in it for a while.
    while (known.length > 1 && known[1]!.atMs < atMs - staleMsMax) known.shift();
    this.#wishes.set(uid, [...known, { atMs, wish }]);
  }

  max(uid: string): number {
    return Math.max(0, ...(this.#wishes.get(uid) ?? []).map(({ wish }) => wish));
  }
}

const wished: Readonly<Record<string, (spec: any) => number>> = {
  replicasets: (spec) => spec.replicas ?? 1,
  jobs: (spec) => spec.parallelism ?? 1,
};
const wishing = ['ReplicaSet', 'Job'];

/** No ReplicaSet or Job ever has more pods than it was asked to have; no DaemonSet two on a node. */
export const noneTooMany: Invariant = {
  name: 'none too many',
  watch({ model }) {
    const wishes = new Wishes();
    return {
      kinds: ['pods', ...Object.keys(wished)],
      *step(step) {
        const wish = wished[step.kind];
        const object = step.now?.object;
        if (object && wish) wishes.note(object.metadata.uid!, wish(object['spec']), step.atMs);
        if (!isCreation(step) || isInDoubt(step.now)) return;
        const owner = controllerOf(step.now.object);
        if (!owner || !wishing.includes(owner.kind)) return;
        const pods = [...podsOf(model, owner.uid)].filter(
          (each) => isActive(each.object) && !isInDoubt(each),
        );
        const most = wishes.max(owner.uid);
        if (pods.length > most)
          yield `${owner.kind} ${owner.name} has ${pods.length} pods and was asked for ${most} at most`;
      },
    };
  },
};

/** Pods of a StatefulSet come in order, one for each number; of a DaemonSet, one for each node. */
export const onePerPlace: Invariant = {
  name: 'one per place',
  watch(view) {
    const { model } = view;
    const wasReady = new Set<string>();
    const placeOf = (pod: Fields): string | undefined =>
      pod['spec'].affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
        ?.nodeSelectorTerms?.[0]?.matchFields?.[0]?.values?.[0];
    return {
      kinds: ['pods'],
      *step(step) {
        const pod = step.now?.object;
        if (!pod) return;
        if (pod['status']?.conditions?.some((c: any) => c.type === 'Ready' && c.status === 'True'))
          wasReady.add(`${controllerOf(pod)?.uid} ${pod.metadata.name}`);
        if (!isCreation(step) || isInDoubt(step.now)) return;
        const set = ownerOf(view, pod, 'StatefulSet', 'statefulsets');
        if (set) {
          const number = Number(pod.metadata.name.split('-').at(-1));
          if (set['spec'].podManagementPolicy === 'Parallel') return;
          for (let each = 0; each < number; each++)
            if (!wasReady.has(`${set.metadata.uid} ${set.metadata.name}-${each}`))
              yield `StatefulSet ${nameOf(set)} made number ${number} before ${each} was ever ready`;
        }
        const daemons = ownerOf(view, pod, 'DaemonSet', 'daemonsets');
        if (!daemons) return;
        const surge = daemons['spec'].updateStrategy?.rollingUpdate?.maxSurge ? 1 : 0;
        const there = [...podsOf(model, daemons.metadata.uid!)].filter(
          (each) =>
            isActive(each.object) && !isInDoubt(each) && placeOf(each.object) === placeOf(pod),
        );
        if (there.length > 1 + surge)
          yield `DaemonSet ${nameOf(daemons)} has ${there.length} pods on ${placeOf(pod)}`;
      },
    };
  },
};

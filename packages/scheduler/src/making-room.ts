import { PodDisruptionBudgets } from '@coxswain/api';
import type { Pod } from '@coxswain/api/types/core-v1';
import { type Diagnosis, diagnosisText } from './cycle/diagnosis.ts';
import { bestOf, findPreemptions, type Preemption } from './cycle/preempt.ts';
import type { Decision } from './cycle/schedule-pod.ts';
import { type Extender, preemptionsBy } from './extenders/extenders.ts';
import { type Failure, textOf } from './failure.ts';
import type { GivenUp } from './framework/devices.ts';
import type { ClusterNodes } from './nodes/cluster-nodes.ts';
import type { Nominations } from './nodes/nominations.ts';
import type { Living, SchedulerOptions } from './scheduler-options.ts';

type Unplaced = Extract<Decision, { is: 'unplaced' }>;

interface MakingRoomOptions {
  readonly options: SchedulerOptions;
  readonly nodes: ClusterNodes;
  readonly nominations: Nominations;
  readonly profileOf: (pod: Pod) => Living;
  readonly extendersFor: (pod: Pod) => readonly Extender[];
  readonly giveUp: (givenUp: GivenUp) => Promise<void>;
  /** Keeps the pod from being tried while its victims are told. */
  readonly hold: (pod: Pod, told: Promise<void>) => void;
  readonly tell: (pod: Pod, failure: Failure, nominated?: string) => void;
  /** Has a pod go back to the queue that is not bound yet; false: it is past that. */
  readonly stop: (pod: Pod) => boolean;
}

/** What is done for a pod that nobody took: it gives up what holds it elsewhere, others leave for it; either way it is told. */
export class MakingRoom {
  readonly #with: MakingRoomOptions;

  constructor(options: MakingRoomOptions) {
    this.#with = options;
  }

  /** A promise only where somebody outside is asked. */
  for(pod: Pod, unplaced: Unplaced): void | Promise<void> {
    const { diagnosis, filters } = unplaced;
    const { plugins } = this.#with.profileOf(pod);
    if (diagnosis.nodes === 0) return this.#tell(pod, diagnosis, [], '');
    const giver = plugins.findIndex(({ makeRoom }) => makeRoom);
    const refused = plugins.findLastIndex(({ name }) => diagnosis.plugins.has(name));
    // Upstream's plugin knows nothing of a pod that another refused before it was asked, and says so.
    if (giver >= 0 && diagnosis.refused !== undefined && refused < giver)
      return this.#tell(pod, diagnosis, ['not found']);
    if (giver < 0) return this.#preempt(pod, unplaced, []);
    const plugin = plugins[giver]!;
    const state = filters.find((ready) => ready.plugin === plugin)?.state;
    const { reason, givesUp } = plugin.makeRoom!(state, pod);
    if (!givesUp) return this.#preempt(pod, unplaced, [reason]);
    return this.#with.giveUp(givesUp).then(
      () => this.#preempt(pod, unplaced, [reason]),
      (error: unknown) => this.#tell(pod, diagnosis, [textOf(error)]),
    );
  }

  #tell(pod: Pod, diagnosis: Diagnosis, after: readonly string[], nominated?: string): void {
    const message = diagnosisText({ ...diagnosis, after });
    this.#with.tell(pod, { reason: 'Unschedulable', message }, nominated);
  }

  /** `after`: what was said before. */
  #preempt(
    pod: Pod,
    { diagnosis, filters, curable, memory }: Unplaced,
    after: readonly string[],
  ): void | Promise<void> {
    const { options, nodes, nominations, profileOf, extendersFor } = this.#with;
    const { preemption: candidates } = profileOf(pod);
    if (!candidates) return this.#tell(pod, diagnosis, after, '');
    const found = findPreemptions({
      ...{
        pod,
        filters,
        curable,
        nodes: diagnosis.nodes,
        random: options.world.random,
        candidates,
      },
      ...{ nominated: nominations.byNode, memory },
      budgets: options.informers.of(PodDisruptionBudgets).all(),
      present: nodes.byName.get(pod.status?.nominatedNodeName ?? ''),
    });
    const useless = (why: string, waits = false): void => {
      if (!waits) nominations.forget(pod.metadata.uid ?? '');
      this.#tell(pod, diagnosis, [...after, `preemption: ${why}`], waits ? undefined : '');
    };
    if ('text' in found) return useless(found.text, found.waits);
    const extenders = extendersFor(pod).filter(({ settings }) => settings.preemptVerb);
    if (extenders.length === 0) return this.#take(pod, diagnosis, bestOf(found));
    return preemptionsBy(extenders, pod, found, nodes.byName).then(
      (left) =>
        left.length > 0
          ? this.#take(pod, diagnosis, bestOf(left))
          : useless('no candidate node for preemption'),
      (error: unknown) => useless(textOf(error)),
    );
  }

  /** The node is kept for the pod until its victims have left. Less important pods that hoped for it hope no more. */
  #take(pod: Pod, diagnosis: Diagnosis, preemption: Preemption): void {
    const { nominations, profileOf, hold } = this.#with;
    const { node, victims } = preemption;
    // As upstream: where all victims leave already, nobody's hope is taken.
    const isNew = victims.some(({ metadata }) => !metadata.deletionTimestamp);
    for (const other of isNew ? nominations.lessImportant(node, pod) : []) {
      nominations.forget(other.metadata.uid ?? '');
      profileOf(pod).preemptions.disappoint(other);
    }
    nominations.set(pod, node);
    hold(pod, profileOf(pod).preemptions.carryOut(pod, preemption, this.#with.stop));
    this.#tell(pod, diagnosis, [], node);
  }
}

import { budgets } from './budgets.ts';
import {
  cachesEqualStore,
  jobsEnd,
  nothingLeftOver,
  servicesLeadToReadyPods,
  workloadsAreWell,
} from './ends.ts';
import type { Invariant } from './invariant.ts';
import { endsAreFinal, placedWell } from './placement.ts';
import { servicesLeadToWhoWasReady } from './services.ts';
import {
  deletionIsCareful,
  historyGoesForward,
  noLostUpdate,
  noLostWrite,
  noStaleRead,
  noSurprise,
} from './store.ts';
import { jobsRunOnce, noneTooMany, onePerPlace } from './workloads.ts';

export type { Watcher } from './invariant.ts';

/** What is promised, whatever goes wrong. */
export const invariants: readonly Invariant[] = [
  ...[noLostWrite, noLostUpdate, noStaleRead, deletionIsCareful, historyGoesForward, noSurprise],
  ...[jobsRunOnce, noneTooMany, onePerPlace, placedWell, endsAreFinal, ...budgets],
  servicesLeadToWhoWasReady,
  ...[cachesEqualStore, nothingLeftOver, workloadsAreWell, jobsEnd, servicesLeadToReadyPods],
];

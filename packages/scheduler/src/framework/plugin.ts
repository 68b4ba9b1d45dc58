import type { Pod } from '@coxswain/api/types/core-v1';
import type { NodeInfo } from '../nodes/node-info.ts';
import type { PodGroups } from '../nodes/pod-groups.ts';
import type { Labels, Selector } from '@coxswain/api';
import type { ClusterEvent } from './event.ts';
import { type Devices, type DeviceReservation, type GivenUp, noDevices } from './devices.ts';
import type { Reservation } from './reservation.ts';
import { noStorage, type Storage } from './storage.ts';

/** What a plugin says about one pod on one node. */
export type Verdict =
  | { readonly is: 'fits' }
  | {
      readonly is: 'rejected';
      readonly reasons: readonly string[];
      /** Whether removing other pods could ever change it (upstream: Unschedulable against UnschedulableAndUnresolvable). */
      readonly curable: boolean;
    };

export const fits: Verdict = { is: 'fits' };

/** `curable`: whether preemption may help. */
export const rejected = (reason: string, curable: boolean): Verdict => ({
  is: 'rejected',
  reasons: [reason],
  curable,
});

/** What a plugin found out about a pod before it looks at nodes. */
export type Prepared<S> =
  /** Nothing to say about this pod: filter is not called. */
  | { readonly is: 'skip' }
  /** `nodes`: only these can fit, whatever the filter says. */
  | { readonly is: 'ready'; readonly state: S; readonly nodes?: ReadonlySet<string> }
  | { readonly is: 'rejected'; readonly reason: string };

/** A wake-up call for pods that this plugin rejected: on which event, and whether it can cure this pod. */
export interface WakeOn {
  readonly event: ClusterEvent['type'];
  readonly cures?: (pod: Pod, event: ClusterEvent, around: Surroundings) => boolean;
}

/** What the cluster knows beside nodes and pods. */
export interface Surroundings {
  /** Of a namespace; undefined: there is none. */
  readonly labelsOf: (namespace: string) => Labels | undefined;
  /** Pods that belong together with this one, by the Services and controllers that select it; undefined: none does. */
  readonly siblingsOf: (pod: Pod) => Selector | undefined;
  readonly storage: Storage;
  readonly devices: Devices;
}

/** For whoever has only nodes and pods. */
export const nothingAround: Surroundings = {
  labelsOf: () => undefined,
  siblingsOf: () => undefined,
  storage: noStorage,
  devices: noDevices,
};

/** How many nodes have an image, and no less than what it takes on any of them. */
export interface ImageCount {
  readonly nodes: number;
  readonly bytesMax: number;
}

/** The cluster as a plugin sees it in one pod's cycle. */
export interface Scene {
  readonly nodes: ReadonlyMap<string, NodeInfo>;
  readonly around: Surroundings;
  readonly imageOn: (image: string) => ImageCount;
  /** The pods of all nodes, those that are alike together. */
  readonly groups: () => PodGroups;
}

/** Nodes to choose from, and the place of each in columns; -1: in none. */
export interface Choice {
  readonly nodes: readonly NodeInfo[];
  readonly slots: Readonly<Int32Array>;
}

/** Points from 0 to 100 after `normalize`; weighed and added up over the plugins. */
export interface Scoring<S> {
  readonly weight: number;
  /** Undefined: no preference for this pod, every node gets the same. `known`: what the plugin's filter was given. */
  readonly prepare: (pod: Pod, choice: Choice, scene: Scene, known?: unknown) => S | undefined;
  /** Of one node; or of all at once, written to `points` in their order. */
  readonly score?: (state: S, node: NodeInfo) => number;
  readonly scoreAll?: (state: S, choice: Choice, points: Float64Array) => void;
  /** How raw points become 0 to 100, in place; absent: they are already. */
  readonly normalize?:
    | 'higherIsBetter'
    | 'lowerIsBetter'
    | ((points: Float64Array, state: S) => void);
}

/** A scheduling rule: data plus pure functions. `S` is what it prepares for a pod's cycle. */
export interface SchedulerPlugin<S = any, P = any> {
  readonly name: string;
  readonly wakeOn: readonly WakeOn[];
  /** Keeps a pod out of the queue while it says no. */
  readonly admit?: (pod: Pod, around: Surroundings) => Verdict;
  readonly prepare?: (pod: Pod, scene: Scene) => Prepared<S>;
  /** The prepared state once `other` has come to `node` (1) or left it (-1): for preemption, and for pods that are nominated. */
  readonly shift?: (state: S, other: Pod, node: NodeInfo, times: 1 | -1, pod: Pod) => S;
  readonly filter?: (state: S, node: NodeInfo, pod: Pod) => Verdict;
  readonly scoring?: Scoring<P>;
  /**
   * All that its verdict and its points depend on beside the one node, as text: they are remembered for pods of the same
   * text while the node does not change. Its points are whole numbers then. Absent: it looks further than one node.
   */
  readonly likeness?: (pod: Pod, scene: Scene) => string;
  /** What the pod takes on the node that was chosen, beside its room there. Undefined: nothing. */
  readonly reserve?: (
    state: S,
    node: NodeInfo,
    pod: Pod,
  ) => Reservation | DeviceReservation | undefined;
  /** No node took the pod: what it gives up itself before others have to leave, and what is said of that. */
  readonly makeRoom?: (
    state: S | undefined,
    pod: Pod,
  ) => { readonly reason: string; readonly givesUp?: GivenUp };
}

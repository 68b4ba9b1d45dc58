import type { KubeObject, Resource } from '@coxswain/api';
import type { BackoffRule } from '@coxswain/base';

/** The words of an event. */
export interface Said {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

/** Events about `about` that depend on how a write ends, e.g. because the server chooses the name. */
export interface Announce {
  readonly about: KubeObject;
  readonly done?: (result: KubeObject) => Said;
  readonly failed?: (error: Error) => Said | undefined;
}

/**
 * A write that a plan asks for, applied in order; the first failure ends the plan. Neighbouring creates go out in
 * batches of 1, 2, 4 ..., neighbouring removals at once. Removals and updates name the uid or resourceVersion they were decided on.
 */
export type Action =
  | {
      readonly do: 'create';
      readonly resource: Resource;
      readonly object: KubeObject;
      readonly announce?: Announce;
    }
  | {
      readonly do: 'update';
      readonly resource: Resource;
      readonly object: KubeObject;
      readonly subresource?: string;
      readonly announce?: Announce;
    }
  | {
      readonly do: 'patch';
      readonly resource: Resource;
      /** What is patched, as it was seen. */
      readonly object: KubeObject;
      readonly type: 'merge' | 'strategic' | 'json';
      readonly patch: unknown;
      readonly subresource?: string;
      /** Need not wait for neighbours of its kind: they go out at once. */
      readonly isAlone?: boolean;
      readonly announce?: Announce;
    }
  | {
      readonly do: 'remove';
      readonly resource: Resource;
      readonly object: KubeObject;
      readonly propagation?: 'Background' | 'Foreground' | 'Orphan';
      readonly graceSeconds?: number;
      readonly announce?: Announce;
    }
  | ({ readonly do: 'event'; readonly about: KubeObject } & Said);

/** Why a plan did what it did, or waits: a closed set of verdicts per controller, with facts. Kept by the runtime and served as a reason. */
export interface Because {
  readonly verdict: string;
  readonly facts: Readonly<Record<string, string | number>>;
}

export interface Plan {
  readonly actions: readonly Action[];
  /** Look at this key again after so long, even if nothing changes. */
  readonly requeueAfterMs?: number | undefined;
  readonly why?: readonly Because[];
}

/** What a plan may read: the caches of the declared resources, and the instant. Reading an undeclared resource throws. */
export interface Observed {
  readonly nowMs: number;
  readonly random: () => number;
  get<T extends KubeObject>(resource: Resource<T>, name: string, namespace?: string): T | undefined;
  all<T extends KubeObject>(resource: Resource<T>, namespace?: string): readonly T[];
  /** Objects whose controller owner reference names `owner`'s uid. */
  owned<T extends KubeObject>(resource: Resource<T>, owner: KubeObject): readonly T[];
  by<T extends KubeObject>(resource: Resource<T>, index: string, value: string): readonly T[];
  /** The values under which an index finds any object. */
  values(resource: Resource, index: string): Iterable<string>;
  /** When the present state of an object came into the cache, where its watch is `timed`; undefined: there is none. */
  seenMs(resource: Resource, name: string, namespace?: string): number | undefined;
  /** What ended this key's last plan, if it failed: a plan may tell of it in a condition. */
  readonly failure: Error | undefined;
  /** Since when this key's plans have asked for `mark` without a break: how long a state has been seen. */
  since(mark: string): number;
  /**
   * How long what `mark` names must still wait; 0 when it may be done, which counts as done: the next time waits longer, as `rule` has
   * it. Forgotten after twice the longest wait.
   */
  holdBackMs(mark: string, rule: BackoffRule): number;
}

/** Wakes keys of the reconciled resource when an object of `resource` changes. `keys` gets the new and the old state. */
export interface Watch<T extends KubeObject = KubeObject> {
  readonly resource: Resource<T>;
  /** Keys of what to plan again. Absent: the watch only feeds the cache. */
  readonly keys?: (
    now: T | undefined,
    before: T | undefined,
    observed: Pick<Observed, 'get' | 'all' | 'owned' | 'by' | 'values'>,
  ) => Iterable<string>;
  /** Notes when each state came, for `seenMs`: for what comes too often to be planned for each time. */
  readonly timed?: boolean;
  /** Named indexes over this resource's cache: object -> values. Controllers that share a name share the function. */
  readonly indexes?: Readonly<Record<string, (object: T) => readonly string[]>>;
}

/** May write `resource` with `verbs`: the source of the controller's RBAC role. */
export interface Writes {
  readonly resource: Resource;
  readonly verbs: readonly ('create' | 'update' | 'patch' | 'delete' | 'deletecollection')[];
  readonly subresource?: string;
}

/**
 * A controller as data plus one pure function. An event only names a key; the runtime owns queue, caches,
 * back-off, conflicts, events and metrics, and plans a key again only when its caches hold that key's own last writes.
 * Conflict: plan again. Invalid: plan again at once, so that the plan can tell of it, then back off. Anything else: back off.
 */
export interface Controller<T extends KubeObject = KubeObject> {
  readonly name: string; // upstream's canonical name: 'replicaset-controller'
  /** The component that its events name, where upstream's is not `name`. */
  readonly eventSource?: string;
  /** The service account it acts under, where upstream's is not `name`. */
  readonly account?: string;
  readonly reconciles: Resource<T>;
  readonly watches: readonly Watch<any>[];
  readonly writes: readonly Writes[];
  /** Keys worked on at once; upstream's default where it has one. */
  readonly workers?: number;
  /** Keys that a change of the reconciled resource wakes; its own key when absent. */
  readonly keys?: Watch<T>['keys'];
  /** Indexes over the reconciled resource. */
  readonly indexes?: Watch<T>['indexes'];
  /** Pure: the same objects and the same instant give the same plan. `object` is undefined when the key is gone. */
  readonly plan: (object: T | undefined, observed: Observed, key: string) => Plan;
}

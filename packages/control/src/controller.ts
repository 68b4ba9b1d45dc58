import type { KubeObject, Resource } from '@coxswain/api';

/** A write that a plan asks for. Removals and updates name the uid or resourceVersion they were decided on. */
export type Action =
  | {
      readonly do: 'create';
      readonly resource: Resource;
      readonly object: KubeObject;
      readonly because?: string;
    }
  | {
      readonly do: 'update';
      readonly resource: Resource;
      readonly object: KubeObject;
      readonly subresource?: 'status';
    }
  | {
      readonly do: 'patch';
      readonly resource: Resource;
      readonly name: string;
      readonly namespace: string;
      readonly type: 'merge' | 'strategic' | 'json';
      readonly patch: unknown;
      readonly subresource?: 'status';
    }
  | {
      readonly do: 'remove';
      readonly resource: Resource;
      readonly object: KubeObject;
      readonly propagation?: 'Background' | 'Foreground' | 'Orphan';
      readonly graceSeconds?: number;
      readonly because?: string;
    }
  | {
      readonly do: 'evict';
      readonly object: KubeObject;
      readonly because?: string;
    }
  | {
      readonly do: 'event';
      readonly about: KubeObject;
      readonly type: 'Normal' | 'Warning';
      readonly reason: string;
      readonly message: string;
    };

/** Why a plan did what it did, or waits: a closed set of verdicts per controller, with facts. Kept by the runtime and served as a reason. */
export interface Because {
  readonly verdict: string;
  readonly facts: Readonly<Record<string, string | number>>;
}

export interface Plan {
  readonly actions: readonly Action[];
  /** Look at this key again after so long, even if nothing changes. */
  readonly requeueAfterMs?: number;
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
}

/** Wakes keys of the reconciled resource when an object of `resource` changes. `keys` gets the new and the old state. */
export interface Watch<T extends KubeObject = KubeObject> {
  readonly resource: Resource<T>;
  /** `namespace/name` (or `name`) of what to plan again. Undefined: the watch only feeds the cache. */
  readonly keys?: (
    now: T | undefined,
    before: T | undefined,
    observed: Observed,
  ) => Iterable<string>;
  /** Named indexes over this resource's cache: object -> values. */
  readonly indexes?: Readonly<Record<string, (object: T) => readonly string[]>>;
}

/** May write `resource` with `verbs` (and its subresources): the source of the controller's RBAC role. */
export interface Writes {
  readonly resource: Resource;
  readonly verbs: readonly ('create' | 'update' | 'patch' | 'delete' | 'deletecollection')[];
  readonly subresource?: string;
}

/**
 * A controller as data plus one pure function. An event only names a key; the runtime owns queue, caches,
 * back-off, conflicts, events and metrics, and plans a key again only when its caches hold that key's own last writes.
 * Conflict: plan again. Invalid: record an Event and wait for a change. Anything else: back off.
 */
export interface Controller<T extends KubeObject = KubeObject> {
  readonly name: string; // upstream's canonical name without '-controller', e.g. 'replicaset'
  readonly reconciles: Resource<T>;
  readonly watches: readonly Watch<any>[];
  readonly writes: readonly Writes[];
  /** Keys worked on at once; upstream's default where it has one. */
  readonly workers?: number;
  /** Pure: the same objects and the same instant give the same plan. `object` is undefined when the key is gone. */
  readonly plan: (object: T | undefined, observed: Observed, key: string) => Plan;
  /** For the few controllers that must do I/O beside writes (discovery, kubelets): runs before plan's actions are applied. */
  readonly keyOf?: (object: T) => string;
}

import type { KubeObject, Resource, WatchEvent } from '@coxswain/api';

/** Where and until when a call runs. */
export interface At {
  readonly namespace?: string | undefined;
  readonly signal: AbortSignal;
}

export interface ListAt extends At {
  /** Only `metadata` is needed: over HTTP asks for PartialObjectMetadata; in one process whole objects come, they cost nothing. */
  readonly metadataOnly?: boolean | undefined;
  readonly labels?: string | undefined; // label selector text
  readonly fields?: string | undefined; // field selector text
  readonly limit?: number | undefined;
  readonly continue?: string | undefined;
  readonly resourceVersion?: string | undefined;
}

export interface WatchAt extends At {
  readonly metadataOnly?: boolean | undefined; // as in ListAt
  readonly labels?: string | undefined;
  readonly fields?: string | undefined;
  /** Events after this one. Without it: the present objects as ADDED, then a BOOKMARK annotated `k8s.io/initial-events-end`, then events. */
  readonly resourceVersion?: string | undefined;
  readonly timeoutSeconds?: number | undefined;
}

export interface WriteAt extends At {
  readonly dryRun?: boolean | undefined;
  readonly manager?: string | undefined;
  readonly subresource?: string | undefined;
  /** The answer is not wanted, and need not be what the server made of the object. */
  readonly isUnread?: boolean | undefined;
}

export interface RemoveAt extends At {
  readonly uid?: string | undefined; // precondition
  readonly resourceVersion?: string | undefined; // precondition
  readonly graceSeconds?: number | undefined;
  readonly propagation?: 'Background' | 'Foreground' | 'Orphan' | undefined;
}

export interface List<T extends KubeObject> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
  readonly next?: string | undefined; // the continue token of the next page
}

export type PatchType = 'json' | 'merge' | 'strategic';

/** The same face over HTTPS and in one process. Throws ApiError. Objects handed out are frozen. */
export interface Client {
  get<T extends KubeObject>(
    resource: Resource<T>,
    name: string,
    at: At & { readonly subresource?: string },
  ): Promise<T>;
  list<T extends KubeObject>(resource: Resource<T>, at: ListAt): Promise<List<T>>;
  /** Batches of events until the server ends the watch, bookmarks among them. An ERROR event is thrown as ApiError. */
  watch<T extends KubeObject>(
    resource: Resource<T>,
    at: WatchAt,
  ): AsyncIterable<readonly WatchEvent<T>[]>;
  /** The namespace is the object's own. With a subresource (`binding`, `eviction`, `token`) `object` is that subresource's kind. */
  create<T extends KubeObject>(resource: Resource<T>, object: T, at: CreateAt): Promise<T>;
  update<T extends KubeObject>(resource: Resource<T>, object: T, at: WriteAt): Promise<T>;
  patch<T extends KubeObject>(
    resource: Resource<T>,
    name: string,
    type: PatchType,
    patch: unknown,
    at: WriteAt,
  ): Promise<T>;
  apply<T extends KubeObject>(
    resource: Resource<T>,
    object: T,
    at: WriteAt & { readonly manager: string; readonly force?: boolean },
  ): Promise<T>;
  remove<T extends KubeObject>(resource: Resource<T>, name: string, at: RemoveAt): Promise<void>;
  /** Deletes every object that the selectors choose. */
  removeAll(
    resource: Resource,
    at: RemoveAt & { readonly labels?: string; readonly fields?: string },
  ): Promise<void>;
  /** Any other call: discovery, raw paths, subresources of other kinds (`create` of a Binding, a TokenRequest ...). */
  raw(call: RawCall): Promise<unknown>;
}

export interface CreateAt extends WriteAt {
  /** Name of the parent for a subresource create. */
  readonly name?: string | undefined;
}

export interface RawCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>> | undefined;
  readonly body?: unknown;
  readonly patchType?: string | undefined;
  readonly signal: AbortSignal;
}

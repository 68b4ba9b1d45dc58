import type {
  Convert,
  FieldError,
  KubeObject,
  ObjectType,
  PartsReader,
  Resource,
  UserInfo,
} from '@coxswain/api';
import type { TableRowCondition } from '@coxswain/api/types/meta';
import type { Schema } from '../openapi/schema.ts';

/** The same type without `readonly`, all the way down: for a tree that its holder alone owns. */
export type Draft<T> = T extends readonly (infer E)[]
  ? Draft<E>[]
  : T extends object
    ? { -readonly [K in keyof T]: Draft<T[K]> }
    : T;

export type Verb =
  | 'create'
  | 'delete'
  | 'deletecollection'
  | 'get'
  | 'list'
  | 'patch'
  | 'update'
  | 'watch';

/** What the hooks of a kind may know beside the objects. */
export interface KindContext {
  readonly nowMs: number;
  readonly random: () => number;
  readonly user: UserInfo;
  /** Whether a feature gate of v1.36 is on. */
  readonly enabled: (gate: string) => boolean;
  /** Another object of the cluster as the server's cache holds it. */
  readonly lookup: <R extends KubeObject>(
    resource: Resource<R>,
    name: string,
    namespace?: string,
  ) => R | undefined;
}

export interface Column<T> {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  readonly format?: string; // 'name' for the Name column
  readonly description: string; // our own words
  readonly wide?: boolean; // priority 1: only with -o wide
  readonly priority?: number; // any other, of a custom resource's column
  readonly value: (object: T, at: { readonly nowMs: number }) => string | number | boolean | null;
}

/** What upstream asks of metadata once more, kind by kind: the causes of a refusal tell of each time. */
export interface MetadataChecks {
  /** The rules of an update. Default 1. */
  readonly updates?: number;
  /** The rules of a whole new object. Default 0. */
  readonly wholes?: number;
  /** Finalizers must be upstream's own or name a domain. */
  readonly domains?: boolean;
}

/** A subresource that reads and writes the same object, each part of it its own. */
export interface Status<T> {
  /** Takes from `next` only what this subresource owns. */
  readonly prepareForUpdate: (next: T, before: T, context: KindContext) => T;
  readonly validateUpdate?: (next: T, before: T, context: KindContext) => Iterable<FieldError>;
  /** Paths (FieldsV1 style, e.g. `f:spec`) that apply to this subresource must not own. */
  readonly resetFields?: readonly (readonly string[])[];
}

/** Where `scale` finds its numbers in the object. */
export interface ScaleAccess<T> {
  readonly specReplicas: (object: T) => number;
  readonly statusReplicas: (object: T) => number;
  readonly selector: (object: T) => string; // as text
  /** Where the number stands, as managed fields spell it; `f:spec`, `f:replicas` when absent. */
  readonly path?: readonly `f:${string}`[];
  readonly withReplicas: (object: T, replicas: number) => T;
  /** Managed fields do not say when it was scaled. */
  readonly untimed?: true;
}

/** What takes the place of the schema table for a custom resource in one version. Made on first use. */
export interface CustomType {
  readonly names: { readonly singular: string; readonly listKind: string };
  /** The version in which objects are stored. */
  readonly storage: Resource;
  /** The verbs that discovery tells: fewer while the definition is on its way out. */
  readonly discovered: readonly Verb[];
  /** The definition is on its way out: nothing new is created. */
  readonly ending: boolean;
  /** The value, which is the caller's own, as its schema holds it, and the paths of what was dropped. Throws DecodeError. */
  readonly coerce: (value: object) => { object: KubeObject; unknown: readonly string[] };
  readonly type: () => ObjectType;
  /** The object as another version of the same kind sees it, for the fields that its writers own. */
  readonly convert: Convert;
  /** Makes the forms in which `objects` will be read, where that takes asking others; gives nothing. */
  readonly prepareRead?: (objects: readonly KubeObject[], signal: AbortSignal) => Promise<void>;
  /** The form in which the object is stored, where making it takes asking others. */
  readonly prepareStore?: (object: KubeObject, signal: AbortSignal) => Promise<void>;
}

/**
 * Everything about a kind that the schema table does not say, in one file. Routes, discovery, OpenAPI, Tables, RBAC
 * rules and codecs follow from it. Hooks are pure and return new objects; `defaults` alone works on a tree it owns.
 */
export interface Kind<T extends KubeObject = KubeObject> {
  readonly resource: Resource<T>;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  /** Default: all eight. */
  readonly verbs?: readonly Verb[];
  /** What OpenAPI says of a kind that the schema table does not know: the structural schema of a custom resource. */
  readonly openApi?: Schema;
  /** How objects are read whose kind is in no schema table: custom resources. */
  readonly custom?: CustomType;
  /** Kind of the review or binding that is only answered, never stored. */
  readonly unstored?: boolean;
  /** What every request to a kind that is on its way out is warned of. */
  readonly deprecated?: string;
  /** Another version of the same stored objects: both are served from `resource`'s keys, converted on the way. */
  readonly storedAs?: {
    readonly resource: Resource;
    readonly toStored: (object: T) => KubeObject;
    readonly fromStored: (object: KubeObject) => T;
  };

  /** Rule of metadata.name: messages of what is wrong (upstream's ValidateNameFunc). Default: DNS-1123 subdomain. */
  readonly validateName?: (name: string, prefix: boolean, object: T) => readonly string[];
  /** generateName is the whole name: nothing is added to it. */
  readonly keepsGenerateName?: true;
  /** Fills absent fields, on create, on update and on read of older data. The tree is the caller's own. */
  readonly defaults?: (draft: Draft<T>, context: KindContext) => void;
  readonly prepareForCreate?: (object: T, context: KindContext) => T;
  readonly prepareForUpdate?: (next: T, before: T, context: KindContext) => T;
  /** How often upstream looks at the metadata of an update, beyond once; a subresource of '' is the object itself. */
  readonly metadataChecks?: (subresource: string) => MetadataChecks;
  /** Upstream looks at metadata only once the rest is right. */
  readonly metadataLast?: true;
  /** Rules of the object itself. Those of metadata run before it. */
  readonly validate?: (object: T, context: KindContext) => Iterable<FieldError>;
  /** All rules of an update; absent, `validate` runs on the new object. */
  readonly validateUpdate?: (next: T, before: T, context: KindContext) => Iterable<FieldError>;
  /** What a new object is warned of before anything is checked, so also when it is refused. */
  readonly earlyWarnings?: (object: T) => Iterable<string>;
  readonly warnings?: (object: T, before: T | undefined, context: KindContext) => Iterable<string>;
  /**
   * For kinds whose objects are made of templates, by thousands: all that `validate` and `warnings` look at in a new one, as a
   * text, but for generated names. What is alike is checked once. Undefined: look at it. `spec` is the JSON of its spec.
   */
  readonly likeness?: (object: T, spec: string) => string | undefined;
  /** Whether spec changes count in metadata.generation. Which parts: everything but metadata and status unless given. */
  readonly generation?: false | ((next: T, before: T) => boolean);
  readonly allowCreateOnUpdate?: boolean;
  /** Whether an update without resourceVersion is taken. Default true. */
  readonly allowUnconditionalUpdate?: boolean;
  /** What the first delete makes of an object that only its own finalizer lets go. */
  readonly markDeleted?: (object: T, context: KindContext) => T;
  /** How long a delete runs through its grace period, of which it may ask for so much. Absent: removed at once. */
  readonly graceSeconds?: (object: T, asked: number | undefined) => number;
  /** What happens to dependents when a delete does not say: upstream orphans those of ReplicationControllers and Jobs. Default: Background. */
  readonly defaultPropagation?: 'Background' | 'Orphan';
  /** Paths that a plain apply must not own, e.g. [['f:status']]. */
  readonly resetFields?: readonly (readonly string[])[];

  readonly status?: Status<T>;
  readonly scale?: ScaleAccess<T>;
  /** Subresources that write a part of the same object like `status` does, by name: `resize`, `finalize`, `approval` ... */
  readonly facets?: Readonly<Record<string, Status<T>>>;
  /** Further subresources, by name: those that the engine serves by `rest/subresources/<name>.ts`. */
  readonly subresources?: readonly string[];

  /** Field selectors beside metadata.name and metadata.namespace. */
  readonly selectableFields?: Readonly<Record<string, (object: T) => string>>;
  /** Columns of the server-side Table; absent: Name and Age (upstream's default printer). */
  readonly columns?: readonly Column<T>[];
  /** Reads what columns and conditions look at, where that is little of a stored object. */
  readonly readRow?: PartsReader;
  /** Conditions of an object's row in a Table, e.g. `Completed` of a pod that has ended. */
  readonly rowConditions?: (object: T) => readonly TableRowCondition[];
  /** Extra rows or orders of a Table list, e.g. sorted events. */
  readonly sortRows?: (a: T, b: T) => number;
}

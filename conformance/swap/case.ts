/** What a case is that is played with either side's components, step by step. */

/** An object as it is sent. */
export type Thing = Readonly<Record<string, unknown>> & {
  readonly kind: string;
  readonly metadata: Readonly<Record<string, unknown>> & { readonly name: string };
};

/** What happens next; after it everything comes to rest. */
export interface Step {
  readonly make?: readonly Thing[];
  /** Merge patches, of the status (or another part) where `part` says so. */
  readonly change?: readonly {
    readonly of: Thing;
    readonly to: object;
    readonly part?: 'status' | 'resize';
  }[];
  readonly remove?: readonly Thing[];
  /** Pods that get a node in the end, however long that takes. */
  readonly awaits?: readonly string[];
}

/** A case on nodes and in a namespace of its own. */
export interface Case {
  readonly id: string;
  readonly name: string;
  /** Made before any step; what else is in here comes before all steps of all cases. */
  readonly nodes: readonly Thing[];
  readonly steps: readonly Step[];
  /** Pods that no scheduler may look at. */
  readonly gated?: readonly string[];
  readonly namespaceLabels?: Readonly<Record<string, string>>;
  /** Its steps change nodes, which others would count, or it must not be disturbed by others: it is played after them. */
  readonly alone?: boolean;
}

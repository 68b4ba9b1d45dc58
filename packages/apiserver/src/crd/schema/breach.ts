/** One breach of a schema, before it has its words. */
export interface Breach {
  readonly sort: 'required' | 'enum' | 'too long' | 'too many' | 'type' | 'other';
  readonly path: string;
  /** What follows on `<path> in body`. */
  readonly detail: string;
  readonly value?: unknown;
  /** The whole message, where it has another form. */
  readonly text?: string;
  readonly values?: readonly unknown[];
  readonly max?: number;
}

/** What was found of one value, and how much of the schema it fits: of several schemas the one that fits best speaks. */
export interface Result {
  readonly breaches: Breach[];
  matches: number;
}

export const breach = (
  sort: Breach['sort'],
  path: string,
  detail: string,
  value?: unknown,
): Breach => ({ sort, path, detail, value });

/** A breach that upstream tells without a place. */
export const plain = (text: string): Breach => ({ sort: 'other', path: '', detail: '', text });

export const result = (found?: Breach, matches = 0): Result => ({
  breaches: found ? [found] : [],
  matches,
});

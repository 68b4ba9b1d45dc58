/** Which rules hold: what was stored before a rule came may go on breaking it. */
export interface Choices {
  readonly knownReview: boolean;
  readonly schemaRequired: boolean;
  readonly knownTypes: boolean;
  readonly structural: boolean;
  readonly prunedDefaults: boolean;
  readonly atomicSets: boolean;
  readonly listKeys: boolean;
  readonly anyCaBundle: boolean;
  /** Versions whose schemas are as they were: their expressions may cost what they cost. */
  readonly unchanged: ReadonlySet<string>;
  /** Versions whose many selectable fields are as they were. */
  readonly manyFields: ReadonlySet<string>;
}

/** All rules, as for a new definition. */
export const strict: Choices = {
  knownReview: true,
  schemaRequired: true,
  knownTypes: true,
  structural: true,
  prunedDefaults: true,
  atomicSets: true,
  listKeys: true,
  anyCaBundle: true,
  unchanged: new Set(),
  manyFields: new Set(),
};

export const schemaTypes: ReadonlySet<string> = new Set([
  ...['array', 'boolean', 'integer', 'number', 'object', 'string'],
]);
export const reviewVersions: readonly string[] = ['v1', 'v1beta1'];
export const selectableMax = 8;

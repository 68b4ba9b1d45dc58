import type { Unstructured } from '../objects/info.ts';

/** A line that was run, as rules look at it. */
export interface Line {
  readonly words: readonly string[];
  readonly isFailed: boolean;
  /** What went to standard error. */
  readonly told: string;
  /** The flags of the command and those that all have, without dashes. */
  readonly flags: readonly string[];
  /** The manifests of its files, where they can be read a second time. */
  readonly documents: readonly Unstructured[];
  /** The same as they are written, also where they make no sense. */
  readonly texts: readonly string[];
}

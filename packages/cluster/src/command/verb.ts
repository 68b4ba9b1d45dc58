import type { Words } from '../messages/index.ts';
import type { Flags, Given } from './flags.ts';

/** Where a verb reads and writes; it never touches the process itself. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Our sentences in the language of whoever reads them. */
  readonly words: Words;
  /** Whether standard error is a terminal that shows live progress. */
  readonly live: boolean;
  readonly columns: number;
  /** Where colours are wanted. */
  readonly colour: { readonly out: boolean; readonly err: boolean };
}

export interface VerbContext {
  readonly terminal: Terminal;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/** A verb of `cox`: `complete` is pure and finds all wrong usage before anything happens; `run` acts. */
export interface Verb<F extends Flags = Flags, Options = unknown> {
  readonly name: string;
  readonly usage: string;
  readonly summary: string;
  readonly details?: string;
  readonly flags: F;
  /** Kube-apiserver's and other components' own flags are taken as they come: see `serverFlags`. */
  readonly complete: (given: Given<F>, args: readonly string[]) => Options;
  readonly run: (options: Options, context: VerbContext) => Promise<void>;
}

/** Keeps the types of a verb's flags and options together while it stands in a list of verbs. */
export const verb = <const F extends Flags, Options>(definition: Verb<F, Options>): Verb =>
  definition as unknown as Verb;

/** A failure to tell the user of: what failed and why, what to do, where the log is. Exit code 1. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly advice: string | undefined;
  readonly log: string | undefined;
  constructor(message: string, options: ErrorOptions & { advice?: string; log?: string } = {}) {
    super(message, options);
    this.advice = options.advice;
    this.log = options.log;
  }
}

import type { Flags, Given } from './flags.ts';
import type { Io, Session } from '../session/session.ts';

/** The words after the command and its flags. */
export interface Words<F extends Flags = Flags> extends Given<F> {
  readonly args: readonly string[];
  /** How many of `args` stand before `--`; -1 without it. */
  readonly dash: number;
}

/**
 * A verb: data, a pure `complete` that finds wrong usage before anything happens, and `run`, which acts.
 * Neither ends the process: what goes wrong is thrown.
 */
export interface Command<F extends Flags = Flags, Options = unknown> {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** Words that people type for it, answered by its name. */
  readonly suggestFor?: readonly string[];
  /** What follows the program's name on the usage line. */
  readonly usage: string;
  readonly summary: string;
  readonly details?: string;
  readonly examples?: string;
  readonly flags: F;
  readonly isHidden?: true;
  /** Commands below this one; it acts by itself only where it has `run`. */
  readonly commands?: readonly CommandEntry[];
  /** What a command without `run` does when none below it is named: help on standard error and exit code 1, or as said here. */
  readonly alone?: { readonly stream?: 'out'; readonly code?: 0 };
  /** The exit code of failures, for commands where 1 says something else. */
  readonly failureCode?: number;
  /** The exit code where the signal of that name stops it; where there is none the process ends by the signal, as kubectl's does. */
  readonly stopCode?: (options: Options, io: Io, signal: string) => number | undefined;
  readonly complete?: (words: Words<F>) => Options;
  readonly run?: (options: Options, session: Session) => Promise<void>;
}

/** A command below another, loaded when it is called; help lists it by its summary without loading it. */
export interface CommandEntry {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly suggestFor?: readonly string[];
  readonly summary: string;
  readonly isHidden?: true;
  /** kubectl has none of that name: it does not exist where the program is called so. */
  readonly isOurs?: true;
  readonly load: () => Promise<Command>;
}

/** A command that is there already, as an entry of the list of the one above it. */
export const entryOf = (one: Command): CommandEntry => ({
  ...{ name: one.name, summary: one.summary },
  ...(one.aliases && { aliases: one.aliases }),
  load: () => Promise.resolve(one),
});

/** Keeps the types of a command's flags and options together while it stands in a list. */
export const command = <const F extends Flags, Options>(definition: Command<F, Options>): Command =>
  definition as unknown as Command;

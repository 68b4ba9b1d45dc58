export { overview } from './command/help.ts';
export { findPlugin } from './command/plugins.ts';
export { runLine, type Place } from './command/run.ts';
export { commands } from './verbs/index.ts';
export type { Io } from './session/session.ts';

/** One line for people at a terminal about a verb that nobody knows; empty where there is nothing to say. */
export const unknownVerbHint = async (
  words: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<string> => (await import('./hints/index.ts')).unknownVerbHint(words, env);

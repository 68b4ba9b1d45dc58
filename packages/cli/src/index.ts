export { overview } from './command/help.ts';
export { findPlugin } from './command/plugins.ts';
export { runLine, type Place } from './command/run.ts';
export { commands } from './verbs/index.ts';
export type { Io } from './session/session.ts';

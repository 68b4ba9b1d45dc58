import type { Verb } from '../command/verb.ts';
import { isOwnVerb, type OwnVerb } from './own.ts';

/** Coxswain's own verbs, loaded when called. */
const verbs: Readonly<Record<OwnVerb, () => Promise<Verb>>> = {
  up: async () => (await import('./up.ts')).up,
  down: async () => (await import('./down.ts')).down,
  clock: async () => (await import('./clock.ts')).clock,
  status: async () => (await import('./status.ts')).status,
  clusters: async () => (await import('./clusters.ts')).clusters,
  nodes: async () => (await import('./nodes.ts')).nodes,
  image: async () => (await import('./image.ts')).image,
  serve: async () => (await import('./serve.ts')).serve,
  why: async () => (await import('./why.ts')).why,
  drain: async () => (await import('./drain.ts')).drain,
  version: async () => (await import('./version.ts')).version,
};

export const allVerbs = (): Promise<Verb[]> =>
  Promise.all(Object.values(verbs).map((load) => load()));

/** The verb of that name that is meant by a line with these words. */
export const loadVerb = async (
  name: string,
  words: readonly string[] = [],
): Promise<Verb | undefined> => (isOwnVerb(name, words) ? verbs[name]() : undefined);

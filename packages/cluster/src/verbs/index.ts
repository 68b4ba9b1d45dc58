import type { Verb } from '../command/verb.ts';

/** Coxswain's own verbs, loaded when called. */
const verbs: Readonly<Record<string, () => Promise<Verb>>> = {
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

export const verbNames: readonly string[] = Object.keys(verbs);

export const allVerbs = (): Promise<Verb[]> =>
  Promise.all(Object.values(verbs).map((load) => load()));

/** Verbs that kubectl has as well: ours is meant only with this flag. */
const oursWith: Readonly<Record<string, string>> = { drain: '--explain' };

/** The verb of that name that is meant by a line with these words. */
export const loadVerb = async (
  name: string,
  words: readonly string[] = [],
): Promise<Verb | undefined> =>
  Object.hasOwn(verbs, name) && (!oursWith[name] || words.includes(oursWith[name]))
    ? verbs[name]!()
    : undefined;

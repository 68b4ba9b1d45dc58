/** Coxswain's own verbs. */
export type OwnVerb =
  | ('up' | 'down' | 'clock' | 'status' | 'clusters' | 'nodes' | 'image' | 'serve' | 'why')
  | ('drain' | 'version');

const always = (): boolean => true;

/** Their names, each with the lines that mean it and not the verb that kubectl has by that name. */
const own: Readonly<Record<OwnVerb, (words: readonly string[]) => boolean>> = {
  ...{ up: always, down: always, clock: always, status: always, clusters: always },
  ...{ nodes: always, image: always, serve: always, why: always },
  drain: (words) => words.includes('--explain'),
  version: (words) => words.every((word) => /^(-h|--help)$/.test(word)),
};

export const verbNames: readonly string[] = Object.keys(own);

/** Whether a line that begins with `name` means one of these verbs. */
export const isOwnVerb = (name: string, words: readonly string[]): name is OwnVerb =>
  Object.hasOwn(own, name) && own[name as OwnVerb](words);

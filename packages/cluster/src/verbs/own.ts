/** Coxswain's own verbs. */
export type OwnVerb =
  | ('up' | 'down' | 'clock' | 'status' | 'clusters' | 'nodes' | 'image' | 'serve' | 'why')
  | ('drain' | 'version');

/** Their names, each with the flag that one kubectl has as well is meant by. */
const own: Readonly<Record<OwnVerb, string | undefined>> = {
  ...{ up: undefined, down: undefined, clock: undefined, status: undefined, clusters: undefined },
  ...{ nodes: undefined, image: undefined, serve: undefined, why: undefined, version: undefined },
  drain: '--explain',
};

export const verbNames: readonly string[] = Object.keys(own);

/** Whether a line that begins with `name` means one of these verbs. */
export const isOwnVerb = (name: string, words: readonly string[]): name is OwnVerb => {
  if (!Object.hasOwn(own, name)) return false;
  const flag = own[name as OwnVerb];
  return flag === undefined || words.includes(flag);
};

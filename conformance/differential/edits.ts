import type { Request } from './request.ts';

/** Bodies that are sent to one path without effect, by their names. */
export const edits = (
  path: string,
  bodies: Readonly<Record<string, unknown>>,
): readonly Request[] =>
  Object.entries(bodies).map(([name, body]) => ({
    ...{ name, method: 'POST', path: `${path}?dryRun=All`, body },
  }));

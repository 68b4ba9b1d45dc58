import type { Command } from '../command/command.ts';
import type { Change } from '../command/pairs.ts';
import { metadataVerb } from './metadata-verb.ts';

/** Kubectl writes it itself, so it may always change. */
const changeCause = 'kubernetes.io/change-cause';

/** `kubectl annotate`. */
export const annotate: Command = metadataVerb({
  name: 'annotate',
  field: 'annotations',
  noun: 'annotation',
  file: 'rsrc',
  summary: 'Change the annotations of objects',
  examples: `  annotate pod web-0 note='look here'   # set one
  annotate pod web-0 note-              # take it away
  annotate -f app.yaml owner=ann        # on all that a file names`,
  changeOf,
  refuse(present, { set }) {
    const there = [...set]
      .filter(([key, value]) => key !== changeCause && key in present && present[key] !== value)
      .map(([key]) => `'${key}' already has a value (${present[key]})`);
    if (there.length > 0)
      throw new Error(
        `--overwrite is false but found the following declared annotation(s): ${there.join('; ')}`,
      );
  },
  operation: () => 'annotated',
  tellsMissing: false,
});

function changeOf(pairs: readonly string[]): Change {
  const set = new Map<string, string>();
  const remove: string[] = [];
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    if (equals > 0) set.set(pair.slice(0, equals), pair.slice(equals + 1));
    else remove.push(pair.slice(0, -1));
  }
  const both = remove.filter((key) => set.has(key));
  if (both.length > 0)
    throw new Error(
      `can not both modify and remove the following annotation(s) in the same command: ${both.join(', ')}`,
    );
  return { set, remove };
}

import { labelValueErrors } from '@coxswain/api';
import type { Command } from '../command/command.ts';
import { throwAll } from '../command/failure.ts';
import type { Change } from '../command/pairs.ts';
import { metadataVerb } from './metadata-verb.ts';

/** `kubectl label`. */
export const label: Command = metadataVerb({
  name: 'label',
  field: 'labels',
  noun: 'label',
  file: 'pod',
  summary: 'Change the labels of objects',
  examples: `  label pod web-0 tier=front         # set one
  label pod web-0 tier-              # take it away
  label pods --all env=test          # on all of this namespace
  label node n1 zone=b --overwrite   # change what it has`,
  changeOf,
  refuse: (present, { set }) =>
    throwAll(
      [...set]
        .filter(([key, value]) => key in present && present[key] !== value)
        .map(
          ([key]) =>
            new Error(`'${key}' already has a value (${present[key]}), and --overwrite is false`),
        ),
    ),
  operation: (added, removed) =>
    added > 0 && removed > 0
      ? 'modified'
      : added > 0
        ? 'labeled'
        : removed > 0
          ? 'unlabeled'
          : 'not labeled',
  tellsMissing: true,
});

function changeOf(pairs: readonly string[]): Change {
  const set = new Map<string, string>();
  const remove: string[] = [];
  for (const pair of pairs) {
    const [key = '', value, more] = pair.split('=');
    if (value === undefined) {
      if (!pair.endsWith('-')) throw new Error(`unknown label spec: ${pair}`);
      remove.push(pair.slice(0, -1));
      continue;
    }
    if (more !== undefined) throw new Error(`invalid label spec: ${pair}`);
    const errors = labelValueErrors(value);
    if (errors.length > 0)
      throw new Error(`invalid label value: ${JSON.stringify(pair)}: ${errors.join(';')}`);
    set.set(key, value);
  }
  if (remove.some((key) => set.has(key)))
    throw new Error('can not both modify and remove a label in the same command');
  return { set, remove };
}

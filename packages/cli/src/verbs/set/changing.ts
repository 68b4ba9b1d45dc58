import { throwAll } from '../../command/failure.ts';
import { bool, type Flag, type Given } from '../../command/flags.ts';
import { fileFlags } from '../../command/shared-flags.ts';
import {
  dryRunFlag,
  dryRunOf,
  fieldManagerFlag,
  operationText,
} from '../../command/write-flags.ts';
import { type Change, isEmpty, objectName, send } from '../../objects/change.ts';
import { allObjects, find } from '../../objects/find.ts';
import type { Info, Unstructured } from '../../objects/info.ts';
import type { DryRun } from '../../objects/write.ts';
import { printFlags, resultPrinter } from '../../printers/formats.ts';
import { accepts } from '../../session/media.ts';
import type { Session } from '../../session/session.ts';

/** Flags that all of `set` has. */
export const changeFlags: typeof printFlags &
  ReturnType<typeof fileFlags> &
  Readonly<Record<'all' | 'local', Flag<boolean>>> &
  Readonly<Record<'dry-run' | 'field-manager', Flag<string>>> = {
  ...printFlags,
  ...fileFlags('that names what to change'),
  all: bool(false, 'All objects of the named resources'),
  'dry-run': dryRunFlag,
  'field-manager': fieldManagerFlag('kubectl-set'),
  local: bool(false, 'Work on the files alone, without a server'),
};

/** Their values. */
export type ChangeFlags = Given<typeof changeFlags>['flags'] & { readonly selector?: string };

/** What kubectl says to resources beside `--local`. */
export const localResources = `error: you must specify resources by --filename when --local is set.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'`;

/** The objects of the line; what cannot be found ends the command. */
export async function chosen(
  session: Session,
  given: ChangeFlags,
  args: readonly string[],
): Promise<readonly Info[]> {
  const found = await find(session, {
    args: given.local ? [] : args,
    files: given,
    isLocal: given.local,
    accept: accepts.builtIn,
    ...(!given.local && {
      labels: given.selector ?? '',
      mayListAll: given.all,
      fetch: 'latest' as const,
    }),
  });
  const { infos, errors } = await allObjects(found);
  throwAll(errors);
  return infos;
}

/** How the changes of one `set` are told. */
export interface ChangeWords {
  readonly operation: string;
  /** Stands before the server's words when it refuses. */
  readonly failure: string;
  /** Also sends what changes nothing. */
  readonly sendsEmpty?: true;
}

/** Makes the changes, or only shows them; `errors` are those found before. All failures are thrown together. */
export async function carryOut(
  session: Session,
  given: ChangeFlags,
  changes: readonly Change[],
  { operation, failure, sendsEmpty }: ChangeWords,
  errors: Error[] = [],
): Promise<void> {
  const dryRun = dryRunOf(given['dry-run']);
  const print = resultPrinter(given, operationText(operation, dryRun), 'struct');
  for (const change of changes) {
    if (change.error) {
      errors.push(new Error(`error: ${objectName(change.info)} ${change.error.message}\n`));
      continue;
    }
    if (isEmpty(change.patch) && !sendsEmpty) continue;
    try {
      session.io.out(print(await result(session, given, change, dryRun)));
    } catch (cause) {
      errors.push(new Error(`${failure}${(cause as Error).message}`, { cause }));
    }
  }
  throwAll(errors);
}

const result = (
  session: Session,
  given: ChangeFlags,
  change: Change,
  dryRun: DryRun,
): Promise<Unstructured> =>
  given.local || dryRun === 'client'
    ? Promise.resolve(change.after)
    : send(session, change, { dryRun, fieldManager: given['field-manager'] });

/** Refuses `--dry-run=server` where no server is asked. */
export function checkLocal(given: ChangeFlags): void {
  if (given.local && dryRunOf(given['dry-run']) === 'server')
    throw new Error('cannot specify --local and --dry-run=server - did you mean --dry-run=client?');
}

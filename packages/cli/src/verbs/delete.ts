import { type Command, command, type Words } from '../command/command.ts';
import { throwAll } from '../command/failure.ts';
import { bool, duration, int, text } from '../command/flags.ts';
import {
  allNamespacesFlag,
  fieldSelectorFlag,
  fileFlags,
  selectorFlag,
} from '../command/shared-flags.ts';
import {
  cascadeFlag,
  dryRunFlag,
  dryRunOf,
  operationText,
  propagationOf,
} from '../command/write-flags.ts';
import { waitingIn } from '../hints/waiting.ts';
import { allObjects, find, type Found, withoutNotFound } from '../objects/find.ts';
import { gone } from '../objects/gone.ts';
import { type Info, kindText } from '../objects/info.ts';
import { type DeleteOptions, type DryRun, remove, withSource } from '../objects/write.ts';
import { rawRequest } from '../session/raw-request.ts';
import type { Session } from '../session/session.ts';

const flags = {
  ...fileFlags('that names what to delete'),
  all: bool(false, 'Delete all objects of the named resources'),
  'all-namespaces': allNamespacesFlag,
  cascade: cascadeFlag(
    'background, orphan or foreground: what becomes of the objects that these own',
  ),
  'dry-run': dryRunFlag,
  'field-selector': fieldSelectorFlag,
  force: bool(false, 'Take the objects out at once, without waiting for what runs to end'),
  'grace-period': int(-1, 'Seconds that it is given to end; 1 is at once, 0 only with --force'),
  'ignore-not-found': bool(false, 'Count objects that are not there as deleted; so with --all'),
  interactive: bool(false, 'Ask before anything is deleted', { short: 'i' }),
  now: bool(false, 'The same as --grace-period=1'),
  output: text('', 'Output format: name', { short: 'o' }),
  raw: text('', 'Path to send DELETE to as it is'),
  selector: selectorFlag,
  timeout: duration('0s', 'How long to wait for the end; 0 for as long as it takes'),
  wait: bool(true, 'Wait until the objects are gone'),
};

type Options = ReturnType<typeof complete>;

function complete({ flags: given, changed, args }: Words<typeof flags>) {
  const { force, now, output, raw, all } = given;
  if (now && given['grace-period'] !== -1)
    throw new Error('--now and --grace-period cannot be specified together');
  const asked = now ? 1 : given['grace-period'];
  const graceSeconds = asked === 0 && !force ? 1 : force && asked < 0 ? 0 : asked;
  const propagation = propagationOf(given.cascade);
  const selects = all || given.selector !== '' || given['field-selector'] !== '';
  if (output !== '' && output !== 'name')
    throw new Error(`unexpected -o output mode: ${output}. We only support '-o name'`);
  if (all && (given.selector || given['field-selector']))
    throw new Error("setting 'all' parameter but found a non empty selector. ");
  if (force && graceSeconds > 0)
    throw new Error('--force and --grace-period greater than 0 cannot be specified together');
  if (raw) checkRaw(given);
  const ignores = given['ignore-not-found'] || (selects && !changed.has('ignore-not-found'));
  return { ...given, args, graceSeconds, propagation, ignores, dryRun: dryRunOf(given['dry-run']) };
}

function checkRaw({
  interactive,
  filename,
  recursive,
  output,
  raw,
}: Words<typeof flags>['flags']): void {
  if (interactive) throw new Error('--interactive can not be used with --raw');
  if (filename.length > 1) throw new Error('--raw can only use a single local file or stdin');
  if (/^https?:/.test(filename[0] ?? '')) throw new Error('--raw cannot read from a url');
  if (recursive) throw new Error('--raw and --recursive are mutually exclusive');
  if (output) throw new Error('--raw and --output are mutually exclusive');
  if (!raw.startsWith('/'))
    throw new Error(
      `--raw must be a valid URL path: parse ${JSON.stringify(raw)}: invalid URI for request`,
    );
}

/** `kubectl delete`. */
export const deleteCommand: Command = command({
  name: 'delete',
  suggestFor: ['rm', 'remove'],
  usage: 'delete ([-f FILENAME] | [-k DIRECTORY] | TYPE [(NAME | -l label | --all)])',
  summary: 'Delete objects by files, names or labels',
  details:
    'What runs is asked to end and given its grace period; --force does not wait for it, so it may still run somewhere. The command comes back when the objects are gone; --wait=false comes back at once.',
  examples: `  delete pod web-0                   # one object
  delete -f app.yaml                 # all that a file names
  delete pods -l app=shop            # by a label
  delete deploy,svc --all            # everything of two kinds here`,
  flags,
  complete,
  run,
  stopCode: () => 1,
});

async function run(options: Options, session: Session): Promise<void> {
  if (options.raw) {
    warnOfForce(options, session);
    return deleteRaw(options, session);
  }
  const { isExplicit } = session.namespace();
  const found = await find(session, {
    args: options.args,
    files: options,
    labels: options.selector,
    fields: options['field-selector'],
    all: options.all,
    allNamespaces: options['all-namespaces'],
    requiresNamespace: isExplicit,
    fetch: 'never',
  });
  session.rest();
  warnOfForce(options, session);
  const chosen = options.interactive ? await confirmed(options, session, found) : found;
  if (!chosen) return;
  await removeAll(options, session, chosen, isExplicit && !options['all-namespaces']);
}

function warnOfForce(options: Options, session: Session): void {
  if (options.force && options.graceSeconds === 0)
    session.warn(
      'Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.\n',
    );
}

async function deleteRaw({ raw, filename }: Options, session: Session): Promise<void> {
  session.io.out(await rawRequest(session, 'DELETE', raw, filename[0] ?? ''));
}

/** Asks on the terminal; undefined when nothing is to be deleted. */
async function confirmed(
  options: Options,
  session: Session,
  found: Found,
): Promise<Found | undefined> {
  const { io } = session;
  const { infos, errors } = await allObjects(found);
  throwAll(options.ignores ? withoutNotFound(errors) : errors);
  if (infos.length === 0) {
    io.out('No resources found\n');
    return undefined;
  }
  io.out(`You are about to delete the following ${infos.length} resource(s):\n`);
  for (const info of infos) io.out(`${kindText(info.resource)}/${info.name}\n`);
  io.out('Do you want to continue? (y/N): ');
  if ((await firstWord(session)).toLowerCase() !== 'y') {
    io.out('deletion is cancelled\n');
    return undefined;
  }
  return {
    ...found,
    async *items() {
      yield* infos;
    },
  };
}

async function firstWord({ io }: Session): Promise<string> {
  let text = '';
  for await (const chunk of io.stdin) {
    text += Buffer.from(chunk).toString('utf8');
    if (text.includes('\n')) break;
  }
  return text.trim().split(/\s/)[0] ?? '';
}

/** How objects are deleted, and what is told of it. */
export interface Removal {
  readonly graceSeconds: number;
  readonly propagation: NonNullable<DeleteOptions['propagationPolicy']>;
  readonly dryRun: DryRun;
  readonly output: string;
  /** What is not there counts as deleted. */
  readonly ignores: boolean;
  readonly quiet?: boolean;
  readonly wait: boolean;
  readonly timeout: number;
}

/** Deletes what was found, one after the other, and waits for the end where that is asked for. */
export async function removeAll(
  options: Removal,
  session: Session,
  found: Found,
  warnsOfScope: boolean,
): Promise<void> {
  const { io } = session;
  const removed: { info: Info; uid: string | undefined }[] = [];
  const errors: Error[] = [];
  let warns = warnsOfScope;
  for await (const info of found.items()) {
    if (info instanceof Error) {
      errors.push(info);
      continue;
    }
    if (warns && !info.resource.namespaced) {
      session.warn(
        'Warning: deleting cluster-scoped resources, not scoped to the provided namespace\n',
      );
      warns = false;
    }
    try {
      const uid = await removeOne(options, session, info);
      if (!options.quiet) io.out(removedText(options, info));
      removed.push({ info, uid });
    } catch (error) {
      errors.push(withSource('deleting', info.source, error));
      removed.push({ info, uid: undefined });
    }
  }
  throwAll(options.ignores ? withoutNotFound(errors) : errors);
  if (removed.length === 0) return io.out('No resources found\n');
  if (!options.wait || options.dryRun !== 'none') return;
  const signal = options.timeout > 0 ? AbortSignal.timeout(options.timeout) : undefined;
  using waiting = waitingIn(session);
  for (const [at, { info, uid }] of removed.entries()) {
    waiting.show(removed.length - at, `${kindText(info.resource)}/${info.name}`);
    await gone(session, info, uid, signal);
  }
}

const removeOne = (options: Removal, session: Session, info: Info): Promise<string | undefined> =>
  options.dryRun === 'client'
    ? Promise.resolve(undefined)
    : remove(
        session,
        info,
        {
          ...(options.graceSeconds >= 0 && { gracePeriodSeconds: options.graceSeconds }),
          propagationPolicy: options.propagation,
        },
        options,
      );

function removedText(
  { graceSeconds, dryRun, output }: Removal,
  { resource, namespace, name }: Info,
): string {
  if (output === 'name') return `${kindText(resource)}/${name}\n`;
  const how = graceSeconds === 0 ? 'force deleted' : 'deleted';
  const where = resource.namespaced ? ` from ${namespace} namespace` : '';
  return `${kindText(resource)} "${name}" ${operationText(`${how}${where}`, dryRun)}\n`;
}

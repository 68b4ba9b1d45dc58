import { type Command, command, type Words } from '../../command/command.ts';
import { throwAll, UsageError } from '../../command/failure.ts';
import { bool, duration, int, text, texts } from '../../command/flags.ts';
import { FlagError } from '../../command/parse.ts';
import { fileFlags, selectorFlag } from '../../command/shared-flags.ts';
import {
  cascadeFlag,
  dryRunFlag,
  dryRunOf,
  fieldManagerFlag,
  operationText,
  validateFlag,
  validationOf,
  propagationOf,
} from '../../command/write-flags.ts';
import { namesFiles } from '../../objects/files.ts';
import { allObjects, find } from '../../objects/find.ts';
import type { Info, Unstructured } from '../../objects/info.ts';
import { remove, type WriteOptions } from '../../objects/write.ts';
import { printerOf, printFlags } from '../../printers/formats.ts';
import type { Session } from '../../session/session.ts';
import { isTraced, note } from '../../session/trace.ts';
import { ahead } from './ahead.ts';
import {
  type ApplySet,
  applySetOf,
  asMember,
  checkParent,
  readParent,
  strayMembers,
  writeParent,
} from './apply-set.ts';
import { type Applied, applyHere } from './client-side.ts';
import { warnOfDeletion } from './deletion.ts';
import { allowedKinds, type Stray, strays } from './prune.ts';
import { applyAtServer, serverSideManager } from './server-side.ts';

const flags = {
  ...printFlags,
  ...fileFlags('that contains the configurations to apply'),
  all: bool(false, 'With --prune: objects with any labels'),
  applyset: text(
    '',
    'With --prune: [RESOURCE[.GROUP]/]NAME of what remembers the objects applied',
    {
      isHidden: true,
    },
  ),
  cascade: cascadeFlag('With --force and --prune: what becomes of the objects that these own'),
  'dry-run': dryRunFlag,
  'field-manager': fieldManagerFlag('kubectl-client-side-apply'),
  force: bool(false, 'Delete objects that cannot be changed, and create them again'),
  'force-conflicts': bool(false, 'With --server-side: take over fields that others own'),
  'grace-period': int(-1, 'With --force: seconds that the old object is given to end'),
  'openapi-patch': bool(true, 'Kept for lines that have it; the schema is built in'),
  overwrite: bool(true, 'Let the configuration win over what was changed otherwise'),
  prune: bool(
    false,
    'Delete what was applied earlier and no file holds any more; with -l or --all',
  ),
  'prune-allowlist': texts('With --prune: a group/version/kind to look through'),
  selector: selectorFlag,
  'server-side': bool(false, 'Let the server merge and keep track of who owns which field'),
  subresource: text('', 'With --server-side: the subresource to apply to'),
  timeout: duration('0s', 'With --force: how long to wait for the old object to go'),
  validate: validateFlag,
  wait: bool(false, 'With --force: wait until the old object is gone'),
};

type Options = ReturnType<typeof complete>;

function complete({ flags: given, changed, args }: Words<typeof flags>) {
  const isServerSide = given['server-side'];
  const dryRun = dryRunOf(given['dry-run']);
  if (args.length > 0) throw new UsageError(`Unexpected args: [${args.join(' ')}]`);
  if (!namesFiles(given)) throw new Error('must specify one of -f and -k');
  const validation = validationOf(given.validate);
  if (given['force-conflicts'] && !isServerSide)
    throw new Error('--force-conflicts only works with --server-side');
  if (dryRun === 'client' && isServerSide)
    throw new Error(
      "--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)",
    );
  if (isServerSide && given.force) throw new Error('--force cannot be used with --server-side');
  if (dryRun === 'server' && given.force)
    throw new Error('--dry-run=server cannot be used with --force');
  if (given.all && given.selector)
    throw new Error('cannot set --all and --selector at the same time');
  requirePruning(given);
  if (given.subresource && !isServerSide)
    throw new Error('--subresource can only be specified for --server-side');
  const propagation = propagationOf(given.cascade);
  const fieldManager =
    changed.has('field-manager') || !isServerSide ? given['field-manager'] : serverSideManager;
  const printsWhole = given.output !== '' && given.output !== 'name';
  return { ...given, isServerSide, dryRun, validation, fieldManager, printsWhole, propagation };
}

type Given = Words<typeof flags>['flags'];

/** Refuses lines that would delete more than is meant. */
function requirePruning(given: Given): void {
  if (given.applyset && !given.prune) throw new Error('--applyset requires --prune');
  if (!given.prune) return;
  if (given.force) throw new Error('--force cannot be used with --prune');
  if (given.applyset) {
    for (const flag of ['all', 'selector', 'prune-allowlist'] as const)
      if (Array.isArray(given[flag]) ? given[flag].length > 0 : given[flag])
        throw new Error(`--${flag} is incompatible with --applyset`);
    return;
  }
  if (!given.all && !given.selector)
    throw new Error(
      'all resources selected for prune without explicitly passing --all. To prune all resources, pass the --all flag. If you did not mean to prune all resources, specify a label selector',
    );
  if (given['server-side'])
    throw new Error(
      "--prune is in alpha and doesn't currently work on objects created by server-side apply",
    );
}

/** `kubectl apply`. */
export const apply: Command = command({
  name: 'apply',
  usage: 'apply (-f FILENAME | -k DIRECTORY)',
  summary: 'Bring objects to what files say, creating those that are not there',
  details:
    'Fields that the file no longer has are taken out; fields that only others set stay. With --server-side the server does this, and tells of conflicts with others who own a field.',
  examples: `  apply -f app.yaml                  # one file
  apply -f manifests/ -R             # a folder with all below it
  apply -k overlays/production       # a kustomization
  apply -f app/ --prune -l app=web   # delete what the folder no longer holds
  apply --server-side -f app.yaml    # merged by the server`,
  flags,
  commands: [
    {
      name: 'edit-last-applied',
      summary: 'Edit the annotation of what was applied last',
      load: async () => (await import('./edit-last-applied.ts')).editLastApplied,
    },
    {
      name: 'set-last-applied',
      summary: 'Set the annotation of what was applied last to what files hold',
      load: async () => (await import('./set-last-applied.ts')).setLastApplied,
    },
    {
      name: 'view-last-applied',
      summary: 'Show what was applied last',
      load: async () => (await import('./view-last-applied.ts')).viewLastApplied,
    },
  ],
  complete,
  run,
});

/** The set of `--applyset`, a flag that is there only where the environment says so. */
async function openSet(options: Options, session: Session): Promise<ApplySet | undefined> {
  if (!options.applyset) return undefined;
  if (session.env['KUBECTL_APPLYSET']?.toLowerCase() !== 'true')
    throw new FlagError('unknown flag: --applyset');
  const set = await applySetOf(session, options.applyset);
  await checkParent(session, set);
  return set;
}

async function run(options: Options, session: Session): Promise<void> {
  const set = await openSet(options, session);
  if (set) note(session, 4, 'apply.go:502', 'Running apply pre-processor function');
  const kinds = options.prune ? await allowedKinds(session, options['prune-allowlist']) : [];
  const { name: namespace, isExplicit } = session.namespace();
  const found = await find(session, {
    files: options,
    validation: options.validation,
    labels: options.selector,
    subresource: options.subresource,
  });
  const { infos: read, errors: unread } = await allObjects(found);
  if (read.length === 0 && unread.length === 0) throw new Error('no objects passed to apply');
  const infos = set ? read.map((info) => ({ ...info, object: asMember(set, info.object!) })) : read;
  if (set) {
    await readParent(session, set);
    await writeParent(session, set, infos, { ...optionsOf(options), keepsBefore: true });
  }
  const errors: Error[] = [...unread];
  const applied: Unstructured[] = [];
  for await (const outcome of ahead(
    infos,
    (info) => quietly(options, session, info),
    isTraced(session),
  ))
    try {
      if (outcome.status === 'rejected') throw outcome.reason;
      for (const tell of outcome.value.told) tell();
      if ('error' in outcome.value) throw outcome.value.error;
      const { object, operation } = outcome.value;
      applied.push(object);
      warnOfDeletion(object, session);
      if (!options.printsWhole) print(options, session, object, operation);
    } catch (error) {
      errors.push(error as Error);
    }
  throwAll(errors);
  if (options.printsWhole) printAll(options, session, applied);
  note(session, 4, 'apply.go:546', 'Running apply post-processor function');
  if (!options.prune) return;
  const uids = new Set(applied.map(({ metadata }) => metadata.uid));
  if (set) {
    await prune(options, session, strayMembers(session, set, uids), 'pruning');
    await writeParent(session, set, infos, { ...optionsOf(options), keepsBefore: false });
    return;
  }
  const namespaces = new Set([
    ...(isExplicit ? [namespace] : []),
    ...infos.map((info) => info.namespace).filter(Boolean),
  ]);
  const { selector } = options;
  await prune(options, session, strays(session, { kinds, selector, namespaces, uids }));
}

/** Deletes what is not wanted any more, and says so. */
async function prune(
  options: Options,
  session: Session,
  objects: AsyncIterable<Stray>,
  verb = '',
): Promise<void> {
  const grace = options['grace-period'];
  for await (const { resource, object } of objects) {
    const { name, namespace = '' } = object.metadata;
    const info = { resource, name, namespace, object, subresource: '', source: '' };
    const body = {
      ...(grace >= 0 && { gracePeriodSeconds: grace }),
      propagationPolicy: options.propagation,
    };
    try {
      if (options.dryRun !== 'client') await remove(session, info, body, options);
    } catch (cause) {
      if (!verb) throw cause;
      const what = resource.group ? `${resource.kind}.${resource.group}` : resource.kind;
      const place = namespace ? `${namespace}/` : '';
      throw new Error(`${verb} ${what} ${place}${name}: ${(cause as Error).message}`, { cause });
    }
    if (options.printsWhole) session.io.out(printerOf(options)(object));
    else print(options, session, object, 'pruned');
  }
}

const print = (options: Options, session: Session, object: Unstructured, operation: string): void =>
  session.io.out(
    printerOf(
      { ...options, output: 'name' },
      options.output === 'name' ? '' : operationText(operation, options.dryRun),
    )(object),
  );

function printAll(options: Options, session: Session, applied: readonly Unstructured[]): void {
  if (applied.length === 0) return;
  const list = {
    apiVersion: 'v1',
    kind: 'List',
    metadata: {},
    items: applied,
  } as unknown as Unstructured;
  session.io.out(printerOf(options)(applied.length > 1 ? list : applied[0]!));
}

const optionsOf = ({ dryRun, fieldManager, validation }: Options): WriteOptions => ({
  ...{ dryRun, fieldManager, validation },
});

/** Applies one object, and keeps what there is to say until its turn comes. */
async function quietly(
  options: Options,
  session: Session,
  info: Info,
): Promise<{ readonly told: readonly (() => void)[] } & (Applied | { readonly error: unknown })> {
  const told: (() => void)[] = [];
  if (isTraced(session))
    return applyOne(options, session, info).then(
      (applied) => ({ ...applied, told }),
      (error: unknown) => ({ error, told }),
    );
  const rest = session.rest();
  const onWarning = (words: string): void => void told.push(() => rest.warn(words));
  const own: Session = {
    ...session,
    warn: (text) => void told.push(() => session.warn(text)),
    rest: () => ({ ...rest, json: (request) => rest.json({ ...request, onWarning }) }),
  };
  try {
    return { ...(await applyOne(options, own, info)), told };
  } catch (error) {
    return { error, told };
  }
}

function applyOne(options: Options, session: Session, info: Info): Promise<Applied> {
  const { generateName } = info.object!.metadata;
  if (!info.name && generateName)
    throw new Error(`from ${generateName}: cannot use generate name with apply`);
  return options.isServerSide
    ? applyAtServer(options, session, info)
    : applyHere(options, session, info);
}

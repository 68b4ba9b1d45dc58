import {
  ApiError,
  applyMergePatch,
  applyStrategicPatch,
  createThreeWayMergePatch,
  createThreeWayStrategicPatch,
  typeOf,
} from '@coxswain/api';
import { type Command, command, type Words } from '../command/command.ts';
import { throwAll, UsageError } from '../command/failure.ts';
import { bool, duration, int, text } from '../command/flags.ts';
import { fileFlags, selectorFlag } from '../command/shared-flags.ts';
import {
  dryRunFlag,
  dryRunOf,
  fieldManagerFlag,
  operationText,
  validateFlag,
  validationOf,
  warnOfDryRun,
} from '../command/write-flags.ts';
import { filesOf, namesFiles } from '../objects/files.ts';
import { allObjects, fetched, find, isThere } from '../objects/find.ts';
import type { Info, Unstructured } from '../objects/info.ts';
import {
  create,
  lastApplied,
  lastAppliedAnnotation,
  patch,
  remove,
  withLastApplied,
  withSource,
  type WriteOptions,
} from '../objects/write.ts';
import { printerOf, printFlags } from '../printers/formats.ts';
import { goJson } from '../printers/go-json.ts';
import type { Session } from '../session/session.ts';

const flags = {
  ...printFlags,
  ...fileFlags('that contains the configurations to apply'),
  cascade: text('background', 'With --force: what becomes of the objects that these own', {
    bare: 'background',
  }),
  'dry-run': dryRunFlag,
  'field-manager': fieldManagerFlag('kubectl-client-side-apply'),
  force: bool(false, 'Delete objects that cannot be changed, and create them again'),
  'force-conflicts': bool(false, 'With --server-side: take over fields that others own'),
  'grace-period': int(-1, 'With --force: seconds that the old object is given to end'),
  overwrite: bool(true, 'Let the configuration win over what was changed otherwise'),
  selector: selectorFlag,
  'server-side': bool(false, 'Let the server merge and keep track of who owns which field'),
  subresource: text('', 'With --server-side: the subresource to apply to'),
  timeout: duration('0s', 'With --force: how long to wait for the old object to go'),
  validate: validateFlag,
  wait: bool(false, 'With --force: wait until the old object is gone'),
};

/** Times that a patch is computed again after a conflict, and after how many of them with a pause. */
const retriesMax = 5;
const retriesAtOnce = 1;
const pauseMs = 1000;

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
  if (given.subresource && !isServerSide)
    throw new Error('--subresource can only be specified for --server-side');
  const fieldManager =
    changed.has('field-manager') || !isServerSide ? given['field-manager'] : 'kubectl';
  const printsWhole = given.output !== '' && given.output !== 'name';
  return { ...given, isServerSide, dryRun, validation, fieldManager, printsWhole };
}

/** `kubectl apply`. */
export const apply: Command = command({
  name: 'apply',
  usage: 'apply (-f FILENAME)',
  summary: 'Bring objects to what files say, creating those that are not there',
  details:
    'Fields that the file no longer has are taken out; fields that only others set stay. With --server-side the server does this, and tells of conflicts with others who own a field.',
  examples: `  apply -f app.yaml                  # one file
  apply -f manifests/ -R             # a folder with all below it
  kustomize build . | cox apply -f - # standard input
  apply --server-side -f app.yaml    # merged by the server`,
  flags,
  complete,
  run,
});

async function run(options: Options, session: Session): Promise<void> {
  warnOfDryRun(options['dry-run'], session);
  const { isExplicit } = session.namespace();
  const found = await find(session, {
    files: filesOf(options),
    labels: options.selector,
    requiresNamespace: isExplicit,
    subresource: options.subresource,
  });
  const { infos, errors: unread } = await allObjects(found);
  if (infos.length === 0 && unread.length === 0) throw new Error('no objects passed to apply');
  const errors: Error[] = [...unread];
  const applied: Unstructured[] = [];
  for (const info of infos)
    try {
      const { object, operation } = await applyOne(options, session, info);
      applied.push(object);
      warnOfDeletion(object, session);
      if (!options.printsWhole) print(options, session, object, operation);
    } catch (error) {
      errors.push(error as Error);
    }
  throwAll(errors);
  if (options.printsWhole) printAll(options, session, applied);
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

function warnOfDeletion({ metadata }: Unstructured, session: Session): void {
  if (!metadata.deletionTimestamp) return;
  session.warn(
    `Warning: Detected changes to resource ${metadata.name} which is currently being deleted.\n`,
  );
}

interface Applied {
  readonly object: Unstructured;
  readonly operation: string;
}

const optionsOf = ({ dryRun, fieldManager, validation }: Options): WriteOptions => ({
  ...{ dryRun, fieldManager, validation },
});

async function applyOne(options: Options, session: Session, info: Info): Promise<Applied> {
  const generated = (info.object!.metadata as { generateName?: string }).generateName;
  if (!info.name && generated)
    throw new Error(`from ${generated}: cannot use generate name with apply`);
  if (options.isServerSide) return applyAtServer(options, session, info);
  const configured = withLastApplied(info.object!);
  let current: Info;
  try {
    current = await fetched(session, {}, info);
  } catch (error) {
    if (!(error instanceof ApiError && error.reason === 'NotFound'))
      throw withSource(
        `retrieving current configuration of:\n${infoText(info)}\nfrom server for:`,
        info.source,
        error,
      );
    const created = { ...info, object: withoutNulls(configured) as Unstructured };
    if (options.dryRun === 'client') return { object: created.object, operation: 'created' };
    const { object } = await create(session, created, optionsOf(options)).catch(
      (cause: unknown) => {
        throw withSource('creating', info.source, cause);
      },
    );
    return { object: object!, operation: 'created' };
  }
  if (lastApplied(current.object!) === undefined)
    session.warn(
      `Warning: resource ${info.resource.resource}/${info.name} is missing the ${lastAppliedAnnotation} annotation which is required by ${session.program} apply. ${session.program} apply should only be used on resources created declaratively by either ${session.program} create --save-config or ${session.program} apply. The missing annotation will be patched automatically.\n`,
    );
  return changed(options, session, current, configured);
}

async function applyAtServer(options: Options, session: Session, info: Info): Promise<Applied> {
  try {
    const { object } = await patch(session, info, 'apply', goJson(info.object), {
      ...optionsOf(options),
      force: options['force-conflicts'],
    });
    return { object: object!, operation: 'serverside-applied' };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.code === 415)
      throw new Error(`Server-side apply not available on the server: (${error.message})`, {
        cause: error,
      });
    if (error.reason !== 'Conflict') throw error;
    throw new Error(`${error.message}\n${conflictHelp}`, { cause: error });
  }
}

const conflictHelp = `Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the \`--force-conflicts\` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts`;

/** Patches what is there; after a conflict anew from what is there then. */
async function changed(
  options: Options,
  session: Session,
  first: Info,
  configured: Unstructured,
): Promise<Applied> {
  let current = first;
  for (let tries = 0; ; tries++) {
    const { type, body } = patchOf(current, configured);
    if (Object.keys(body).length === 0) return { object: current.object!, operation: 'unchanged' };
    if (options.dryRun === 'client')
      return { object: patchedHere(current, type, body), operation: 'configured' };
    try {
      const { object } = await patch(session, current, type, goJson(body), optionsOf(options));
      return { object: object!, operation: 'configured' };
    } catch (error) {
      const reason = error instanceof ApiError ? error.reason : '';
      if (reason === 'Conflict' && tries < retriesMax) {
        if (tries >= retriesAtOnce) await session.world.clock.sleep(pauseMs, session.signal);
        current = await fetched(session, {}, current);
        continue;
      }
      if (options.force && (reason === 'Conflict' || reason === 'Invalid'))
        return replaced(options, session, current, configured);
      throw withSource(
        `applying patch:\n${goJson(body)}\nto:\n${infoText(current)}\nfor:`,
        current.source,
        withSource('patching', current.source, error),
      );
    }
  }
}

/** Built-in kinds by strategic merge, others by JSON merge. */
function patchOf(
  { resource, object }: Info,
  configured: Unstructured,
): { readonly type: 'strategic' | 'merge'; readonly body: Readonly<Record<string, unknown>> } {
  const original = JSON.parse(lastApplied(object!) ?? '{}') as Record<string, unknown>;
  const schema = typeOf(
    resource.group ? `${resource.group}/${resource.version}` : resource.version,
    resource.kind,
  );
  return schema
    ? {
        type: 'strategic',
        body: createThreeWayStrategicPatch(schema, original, configured, object!),
      }
    : { type: 'merge', body: createThreeWayMergePatch(original, configured, object!) };
}

function patchedHere(
  { resource, object }: Info,
  type: 'strategic' | 'merge',
  body: object,
): Unstructured {
  const schema = typeOf(
    resource.group ? `${resource.group}/${resource.version}` : resource.version,
    resource.kind,
  );
  return (
    type === 'strategic' && schema
      ? applyStrategicPatch(schema, object!, body as Record<string, unknown>)
      : applyMergePatch(object!, body)
  ) as Unstructured;
}

/** Deletes the old object and creates the new one; the old one comes back if that fails. */
async function replaced(
  options: Options,
  session: Session,
  current: Info,
  configured: Unstructured,
): Promise<Applied> {
  const grace = options['grace-period'];
  await remove(
    session,
    current,
    { ...(grace >= 0 && { gracePeriodSeconds: grace }), propagationPolicy: 'Background' },
    options,
  );
  const deadline = options.timeout > 0 ? session.world.clock.now() + options.timeout : Infinity;
  while (await isThere(session, current)) {
    if (session.world.clock.now() > deadline)
      throw new Error('timed out waiting for the condition');
    await session.world.clock.sleep(pauseMs, session.signal);
  }
  const anew = { ...current, object: configured };
  try {
    return {
      object: (await create(session, anew, optionsOf(options))).object!,
      operation: 'configured',
    };
  } catch (error) {
    await create(session, current, optionsOf(options)).catch((again: Error) => {
      throw new Error(
        `An error occurred force-replacing the existing object with the newly provided one:\n\n${(error as Error).message}.\n\nAdditionally, an error occurred attempting to restore the original object:\n\n${again.message}`,
        { cause: error },
      );
    });
    throw error;
  }
}

const infoText = ({ resource, name, namespace }: Info): string => {
  const { group, version, resource: plural, kind } = resource;
  const groupVersion = `${group}/${version}`;
  return `Resource: "${groupVersion}, Resource=${plural}", GroupVersionKind: "${groupVersion}, Kind=${kind}"\nName: "${name}", Namespace: "${namespace}"`;
};

/** Nulls say "absent" to apply; a new object has none of them. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== null)
      .map(([key, item]) => [key, withoutNulls(item)]),
  );
}

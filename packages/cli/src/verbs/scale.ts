import { hasReason } from '@coxswain/api';
import type { Scale as ScaleObject } from '@coxswain/api/types/autoscaling-v1';
import { type Command, command, type Words } from '../command/command.ts';
import { throwAll } from '../command/failure.ts';
import { bool, duration, int, text } from '../command/flags.ts';
import { fileFlags, selectorFlag } from '../command/shared-flags.ts';
import { dryRunFlag, dryRunOf, operationText } from '../command/write-flags.ts';
import { allObjects, find } from '../objects/find.ts';
import { type Info, pathOfInfo, type Unstructured } from '../objects/info.ts';
import { patch, update } from '../objects/write.ts';
import { printFlags, resultPrinter } from '../printers/formats.ts';
import { goJson } from '../printers/go-json.ts';
import { accepts } from '../session/media.ts';
import type { Session } from '../session/session.ts';

const flags = {
  ...printFlags,
  ...fileFlags('that names what to scale'),
  all: bool(false, 'All objects of the named resources'),
  'current-replicas': int(-1, 'Scale only while the present size is this; -1 for any'),
  'dry-run': dryRunFlag,
  replicas: int(0, 'The new size', { isRequired: true }),
  'resource-version': text('', 'Scale only while the object has this version'),
  selector: selectorFlag,
  timeout: duration('0s', 'How long to wait for the new size; 0 for not at all'),
};

const retryMs = 1000;
const retryForMs = 5 * 60_000;

type Scale = Unstructured & ScaleObject;
type Options = ReturnType<typeof complete>;

function complete({ flags: given, args }: Words<typeof flags>) {
  const dryRun = dryRunOf(given['dry-run']);
  if (given.replicas < 0)
    throw new Error(
      'The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0',
    );
  if (given['current-replicas'] < -1)
    throw new Error('The --current-replicas must specify an integer of -1 or greater');
  return { ...given, args, dryRun };
}

/** `kubectl scale`. */
export const scale: Command = command({
  name: 'scale',
  usage:
    'scale [--resource-version=version] [--current-replicas=count] --replicas=COUNT (-f FILENAME | TYPE NAME)',
  summary: 'Set the number of replicas',
  examples: `  scale deploy web --replicas=3
  scale deploy web --current-replicas=2 --replicas=3   # only if it has 2
  scale sts/db rs/old --replicas=0`,
  flags,
  complete,
  run,
});

async function run(options: Options, session: Session): Promise<void> {
  const found = await find(session, {
    args: options.args,
    files: options,
    labels: options.selector,
    mayListAll: options.all,
  });
  const { infos, errors } = await allObjects(found);
  if (options['resource-version'] && infos.length > 1)
    throw new Error('cannot use --resource-version with multiple resources');
  if (infos.length === 0) {
    throwAll(errors);
    throw new Error('no objects passed to scale');
  }
  const print = resultPrinter(options, operationText('scaled', options.dryRun));
  for (const info of infos) {
    const size =
      options.dryRun === 'client' ? options.replicas : await scaled(options, session, info);
    session.io.out(print(sized(info, size)));
  }
  throwAll(errors);
}

/** What is printed has the new size, where it is a kind of ours. */
function sized({ object, resource }: Info, replicas: number): Unstructured {
  if (resource.group !== '' && resource.group !== 'apps') return object!;
  return { ...object!, spec: { ...(object!['spec'] as object), replicas } };
}

const scaleOf = (session: Session, info: Info): Promise<Scale> =>
  session.rest().json<Scale>({
    ...{ method: 'GET', path: pathOfInfo(info, 'scale') },
    accept: accepts.builtIn,
  });

/** Sets the size, again after conflicts; gives what the server has then. */
async function scaled(options: Options, session: Session, info: Info): Promise<number> {
  const { clock } = session.world;
  const untilMs = clock.now() + retryForMs;
  for (;;)
    try {
      const size = await scaledOnce(options, session, info);
      if (options.timeout > 0 && options.dryRun === 'none') await reached(options, session, info);
      return size;
    } catch (error) {
      if (!hasReason(error, 'Conflict') || clock.now() > untilMs) throw error;
      await clock.sleep(retryMs, session.signal);
    }
}

async function scaledOnce(options: Options, session: Session, info: Info): Promise<number> {
  const { replicas, dryRun } = options;
  const at = { ...info, subresource: 'scale', accept: accepts.builtIn };
  if (options['current-replicas'] === -1 && !options['resource-version']) {
    const { object } = await patch(session, at, 'merge', goJson({ spec: { replicas } }), {
      dryRun,
    });
    return (object as Scale).spec?.replicas ?? 0;
  }
  const present = await scaleOf(session, info);
  const has = present.spec?.replicas ?? 0;
  const expected = options['current-replicas'];
  if (expected !== -1 && has !== expected)
    throw new Error(`Expected replicas to be ${expected}, was ${has}`);
  const version = present.metadata.resourceVersion ?? '';
  if (options['resource-version'] && options['resource-version'] !== version)
    throw new Error(
      `Expected resource version to be ${options['resource-version']}, was ${version}`,
    );
  const object = { ...present, spec: { ...present.spec, replicas } };
  return (
    ((await update(session, { ...at, object }, { dryRun })).object as Scale).spec?.replicas ?? 0
  );
}

/** The one thing to ask again and again: a scale cannot be watched. */
async function reached(
  { replicas, timeout }: Options,
  session: Session,
  info: Info,
): Promise<void> {
  const { clock } = session.world;
  const untilMs = clock.now() + timeout;
  for (;;) {
    const { spec, status } = await scaleOf(session, info);
    if ((spec?.replicas ?? 0) !== replicas || (status?.replicas ?? 0) === replicas) return;
    if (clock.now() > untilMs)
      throw new Error(`timed out waiting for ${JSON.stringify(info.name)} to be synced`);
    await clock.sleep(retryMs, session.signal);
  }
}

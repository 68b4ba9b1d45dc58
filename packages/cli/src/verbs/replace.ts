import { type Command, command, type Words } from '../command/command.ts';
import { throwAll } from '../command/failure.ts';
import { bool, duration, type Given, int, text } from '../command/flags.ts';
import { fileFlags } from '../command/shared-flags.ts';
import {
  cascadeFlag,
  dryRunFlag,
  dryRunOf,
  fieldManagerFlag,
  operationText,
  saveConfigFlag,
  validateFlag,
  validationOf,
  propagationOf,
} from '../command/write-flags.ts';
import { namesFiles } from '../objects/files.ts';
import { fetched } from '../objects/fetched.ts';
import { allObjects, eachObject, find, type Found } from '../objects/find.ts';
import { nameFree } from '../objects/gone.ts';
import type { Info } from '../objects/info.ts';
import { create, update, withSavedConfig, withSource } from '../objects/write.ts';
import { printFlags, resultPrinter } from '../printers/formats.ts';
import { checkedByServer } from '../session/asides.ts';
import { checkRawPath, rawRequest } from '../session/raw-request.ts';
import type { Session } from '../session/session.ts';
import { withoutVersion } from './create/index.ts';
import { removeAll } from './delete.ts';

const flags = {
  ...printFlags,
  ...fileFlags('that holds what to replace'),
  cascade: cascadeFlag('With --force: what becomes of the objects that these own'),
  'dry-run': dryRunFlag,
  'field-manager': fieldManagerFlag('kubectl-replace'),
  force: bool(false, 'Delete the objects and create them again'),
  'grace-period': int(-1, 'With --force: seconds that the old object is given to end'),
  raw: text('', 'Path to send the file to by PUT as it is'),
  'save-config': saveConfigFlag,
  subresource: text('', 'Subresource of the object to replace'),
  timeout: duration('0s', 'With --force: how long to wait for the old object to go'),
  validate: validateFlag,
  wait: bool(false, 'With --force: wait until the old object is gone with all it owns'),
};

type Options = ReturnType<typeof complete>;

function complete({ flags: given, args }: Words<typeof flags>) {
  const validation = validationOf(given.validate);
  const dryRun = dryRunOf(given['dry-run']);
  const propagation = propagationOf(given.cascade);
  const asked = given['grace-period'];
  const graceSeconds = asked === 0 ? 1 : asked;
  if (!namesFiles(given)) throw new Error('must specify one of -f and -k');
  if (graceSeconds >= 0 && !given.force)
    throw new Error('--grace-period must have --force specified');
  if (given.timeout !== 0 && !given.force) throw new Error('--timeout must have --force specified');
  if (given.force && dryRun !== 'none')
    throw new Error('--dry-run can not be used when --force is set');
  if (given.raw) checkRaw(given);
  const wait = given.wait || asked === 0;
  return { ...given, args, validation, dryRun, propagation, graceSeconds, wait };
}

function checkRaw({ filename, recursive, output, raw }: Given<typeof flags>['flags']): void {
  if (filename.length !== 1) throw new Error('--raw can only use a single local file or stdin');
  if (/^https?:\/\//.test(filename[0]!)) throw new Error('--raw cannot read from a url');
  if (recursive) throw new Error('--raw and --recursive are mutually exclusive');
  if (output) throw new Error('--raw and --output are mutually exclusive');
  checkRawPath(raw);
}

/** `kubectl replace`. */
export const replace: Command = command({
  name: 'replace',
  usage: 'replace -f FILENAME',
  summary: 'Put what files say in the place of whole objects',
  details:
    'Fields that the file does not have are lost; with --force also what cannot be changed is, by deleting the object first.',
  examples: `  replace -f app.yaml
  get pod web-0 -o yaml | sed 's/:1/:2/' | cox replace --force -f -`,
  flags,
  complete,
  run,
});

async function run(options: Options, session: Session): Promise<void> {
  if (options.raw) {
    session.io.out(await rawRequest(session, 'PUT', options.raw, options.filename[0]!));
    return;
  }
  const found = await find(session, {
    args: options.force ? options.args : [],
    files: options,
    ...(!options.force && { validation: options.validation }),
    subresource: options.subresource,
  });
  if (options.force) return recreated(options, session, found);
  const print = resultPrinter(options, operationText('replaced', options.dryRun));
  await eachObject(found, async (info) => {
    const object = withSavedConfig(info.object!, options['save-config']);
    if (options.dryRun === 'client') return session.io.out(print(object));
    try {
      const sent = await versioned(session, { ...info, object });
      session.io.out(print((await update(session, sent, writeOptions(options))).object!));
    } catch (error) {
      throw withSource('replacing', info.source, error);
    }
    return undefined;
  });
}

const writeOptions = ({ dryRun, validation, 'field-manager': fieldManager }: Options) => ({
  ...{ dryRun, validation, fieldManager },
});

/** An object without a version takes the place of whatever is there. */
async function versioned(session: Session, info: Info): Promise<Info> {
  const object = info.object!;
  if (object.metadata.resourceVersion) return info;
  const present = await fetched(session, {}, info).catch(() => undefined);
  const resourceVersion = present?.object?.metadata.resourceVersion;
  if (!resourceVersion) return info;
  return { ...info, object: { ...object, metadata: { ...object.metadata, resourceVersion } } };
}

/** How long the end of an old object is waited for when nothing else is said. */
const goneForMs = 5 * 60_000;

async function recreated(options: Options, session: Session, found: Found): Promise<void> {
  const { infos, errors } = await allObjects(found);
  const items = async function* (): AsyncGenerator<Info> {
    yield* infos;
  };
  await removeAll({ ...options, ignores: true }, session, { isSingle: false, items }, false);
  throwAll(errors);
  for (const info of infos) await nameFree(session, info, options.timeout || goneForMs);
  const print = resultPrinter(options, operationText('replaced', options.dryRun));
  const failures: Error[] = [];
  for (const info of infos)
    try {
      if (options.validation !== 'Ignore') await checkedByServer(session, info.object!);
      const object = withoutVersion(withSavedConfig(info.object!, options['save-config']));
      const made = await create(session, { ...info, object }, writeOptions(options));
      session.io.out(print(made.object!));
    } catch (error) {
      failures.push(error as Error);
    }
  throwAll(failures);
  if (infos.length === 0) throw new Error('no objects passed to replace');
}

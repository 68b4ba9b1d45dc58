import {
  ApiError,
  applyJsonPatch,
  applyMergePatch,
  applyStrategicPatch,
  parseYaml,
  typeOf,
} from '@coxswain/api';
import { fileBytes } from '../command/file-faults.ts';
import { type Command, command, type Words } from '../command/command.ts';
import { bool, text } from '../command/flags.ts';
import { fileFlags } from '../command/shared-flags.ts';
import { dryRunFlag, dryRunOf, fieldManagerFlag, operationText } from '../command/write-flags.ts';
import { eachObject, find } from '../objects/find.ts';
import type { Info, Unstructured } from '../objects/info.ts';
import { patch as send, type PatchType } from '../objects/write.ts';
import { printFlags, resultPrinter } from '../printers/formats.ts';
import { goJson } from '../printers/go-json.ts';
import type { Session } from '../session/session.ts';

const flags = {
  ...printFlags,
  ...fileFlags('that names what to patch'),
  'dry-run': dryRunFlag,
  'field-manager': fieldManagerFlag('kubectl-patch'),
  local: bool(false, 'Work on the files alone, without a server'),
  patch: text('', 'The patch, as JSON or YAML', { short: 'p' }),
  'patch-file': text('', 'File with the patch'),
  subresource: text('', 'Subresource to patch'),
  type: text('strategic', 'How the patch is meant: json, merge or strategic'),
};

const types: readonly PatchType[] = ['json', 'merge', 'strategic'];
const mediaTypes = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};

type Options = ReturnType<typeof complete>;

function complete({ flags: given, args }: Words<typeof flags>) {
  const dryRun = dryRunOf(given['dry-run']);
  if (given.patch && given['patch-file'])
    throw new Error('cannot specify --patch and --patch-file together');
  if (!given.patch && !given['patch-file'])
    throw new Error('must specify --patch or --patch-file containing the contents of the patch');
  if (given.local && args.length > 0)
    throw new Error('cannot specify --local and server resources');
  if (given.local && dryRun === 'server')
    throw new Error('cannot specify --local and --dry-run=server - did you mean --dry-run=client?');
  const type = types.find((each) => each === (given.type.toLowerCase() || 'strategic'));
  if (!type)
    throw new Error(
      `--type must be one of [${types.join(' ')}], not ${JSON.stringify(given.type)}`,
    );
  return { ...given, args, dryRun, type };
}

/** `kubectl patch`. */
export const patch: Command = command({
  name: 'patch',
  usage: 'patch (-f FILENAME | TYPE NAME) [-p PATCH|--patch-file FILE]',
  summary: 'Change single fields of an object',
  details:
    'A strategic patch merges lists by their keys, a merge patch replaces them; a json patch is a list of operations.',
  examples: `  patch deploy web -p '{"spec":{"replicas":3}}'
  patch pod web-0 --type=json -p '[{"op":"remove","path":"/metadata/labels/x"}]'
  patch deploy web --subresource=scale --type=merge -p '{"spec":{"replicas":2}}'`,
  flags,
  complete,
  run,
});

async function run(options: Options, session: Session): Promise<void> {
  const body = patchOf(options, session);
  const found = await find(session, {
    args: options.args,
    files: options,
    isLocal: options.local,
    subresource: options.subresource,
    ...(!options.local && { requiresNamespace: session.namespace().isExplicit }),
  });
  const count = await eachObject(found, async (info) => {
    const patched = await patchedOne(options, session, info, body);
    const isSame = goJson(patched) === goJson(info.object);
    const operation = operationText(isSame ? 'patched (no change)' : 'patched', options.dryRun);
    session.io.out(resultPrinter(options, operation)(patched));
  });
  if (count === 0) throw new Error('no objects passed to patch');
}

/** The patch as JSON: what looks like JSON goes as it is, the server judges it. */
function patchOf(options: Options, { cwd }: Session): string {
  let source = options.patch;
  if (options['patch-file'])
    source = fileBytes(options['patch-file'], {
      ...{ cwd, before: 'unable to read patch file: ' },
    }).toString();
  if (/^\s*\{/.test(source)) return source;
  try {
    return goJson(parseYaml(source).value);
  } catch (cause) {
    throw new Error(
      `unable to parse ${JSON.stringify(options.patch)}: ${(cause as Error).message.replace('error converting YAML to JSON: ', '')}`,
      { cause },
    );
  }
}

async function patchedOne(
  options: Options,
  session: Session,
  info: Info,
  body: string,
): Promise<Unstructured> {
  if (options.local || options.dryRun === 'client')
    return patchedHere(options.type, info, JSON.parse(body));
  const sent = { dryRun: options.dryRun, fieldManager: options['field-manager'] };
  try {
    return (await send(session, info, options.type, body, sent)).object!;
  } catch (error) {
    if (!(error instanceof ApiError && error.code === 415)) throw error;
    const { group, version, kind } = info.resource;
    throw new Error(
      `${mediaTypes[options.type]} is not supported by ${group}/${version}, Kind=${kind}: ${error.message}`,
      { cause: error },
    );
  }
}

function patchedHere(type: PatchType, { object, resource }: Info, body: unknown): Unstructured {
  if (type === 'json') return applyJsonPatch(object!, body) as Unstructured;
  if (type === 'merge') return applyMergePatch(object!, body) as Unstructured;
  const { group, version, kind } = resource;
  const schema = typeOf(group ? `${group}/${version}` : version, kind);
  if (!schema)
    throw new Error(
      `strategic merge patch is not supported for ${group}/${version}, Kind=${kind} locally, try --type merge`,
    );
  return applyStrategicPatch(schema, object!, body as Record<string, unknown>) as Unstructured;
}

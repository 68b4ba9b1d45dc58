import { existsSync, rmSync } from 'node:fs';
import {
  ApiError,
  createMergePatch,
  createStrategicPatch,
  type JsonObject,
  parseYaml,
  typeOf,
} from '@coxswain/api';
import { aggregateText, Exit } from '../../command/failure.ts';
import { infosOfText } from '../../objects/find.ts';
import { type Info, type Unstructured, withoutManagedFields } from '../../objects/info.ts';
import { create, patch, withSavedConfig, withSource } from '../../objects/write.ts';
import { offered, type PrintFlags, printerOf, resultPrinter } from '../../printers/formats.ts';
import { goJson } from '../../printers/go-json.ts';
import { checkedByServer } from '../../session/asides.ts';
import type { Session } from '../../session/session.ts';
import { lastAppliedPatch } from '../apply/set-last-applied.ts';
import { openEditor } from './editor.ts';

/** What is done with edited objects: changed on the server, created, or noted as what was applied last. */
export type EditMode = 'change' | 'create' | 'last-applied';

export interface EditOptions extends PrintFlags {
  readonly mode: EditMode;
  readonly fieldManager: string;
  readonly validation: string;
  readonly 'windows-line-endings': boolean;
  readonly 'save-config'?: boolean;
  readonly 'output-patch'?: boolean;
}

interface Reason {
  readonly head: string;
  readonly others: readonly string[];
}

/** What came of one round with the editor. */
interface Round {
  readonly reasons: Reason[];
  retryable: number;
  missing: number;
  invalid: number;
  readonly path: string;
}

const headers: Readonly<Record<EditMode, string>> = {
  change: `# Please edit the object below. Lines beginning with a '#' will be ignored,
# and an empty file will abort the edit. If an error occurs while saving this file will be
# reopened with the relevant failures.
#
`,
  get create() {
    return this.change;
  },
  'last-applied': `# Please edit the 'last-applied-configuration' annotations below.
# Lines beginning with a '#' will be ignored, and an empty file will abort the edit.
#
`,
};

const hashed = (text: string): string => text.replaceAll(/\n(?=[^#])/g, '\n# ');

function headerOf(mode: EditMode, reasons: readonly Reason[]): string {
  const told = reasons.map(({ head, others }) => {
    const lines = others.map((other) => `# * ${hashed(other)}\n`).join('');
    return `# ${hashed(head)}${others.length > 0 ? ':' : ''}\n${lines}#\n`;
  });
  return headers[mode] + told.join('');
}

/** Without lines of comments. */
const withoutComments = (text: string): string =>
  text
    .split('\n')
    .filter((line) => !/^\s*#(?!!)/.test(line))
    .join('\n');

/** What a text says, comments aside. */
function meaning(text: string): string {
  try {
    return goJson(parseYaml(text).value);
  } catch {
    return withoutComments(text);
  }
}

const formats = ['json', 'kyaml', 'yaml'];

/** The objects as the editor is given them. */
function written(options: EditOptions, infos: readonly Info[]): string {
  const output = options.output || 'yaml';
  if (!offered(formats).includes(output))
    throw new Error(
      `unable to match a printer suitable for the output format ${JSON.stringify(output)}, allowed formats are: ${offered(formats).join(',')}`,
    );
  const objects = infos.map(({ object }) => withoutManagedFields(object!));
  const list = { apiVersion: 'v1', kind: 'List', metadata: {}, items: objects };
  const print = printerOf({ ...options, output });
  return print(objects.length === 1 ? objects[0]! : (list as unknown as Unstructured));
}

/** Lets the user edit objects until what is saved is accepted, is empty or has not changed. */
export async function editObjects(
  options: EditOptions,
  session: Session,
  infos: readonly Info[],
): Promise<void> {
  const { err } = session.io;
  const isJson = options.output === 'json';
  let round: Round | undefined;
  let before: string | undefined;
  for (;;) {
    const path = round?.path;
    const header = isJson ? '' : headerOf(options.mode, round?.reasons ?? []);
    const text: string = await preserving(
      path,
      session,
      () => header + (before === undefined ? written(options, infos) : withoutComments(before)),
    );
    const ended = options['windows-line-endings'] ? text.replaceAll('\n', '\r\n') : text;
    const edited = await preserving(path, session, () =>
      openEditor(ended, isJson ? '.json' : '.yaml', session),
    );
    const isRetry = before !== undefined;
    if (isRetry && meaning(before!) === meaning(edited.text))
      await preserving(edited.path, session, () => {
        throw new Error('Edit cancelled, no valid changes were saved.');
      });
    if (path) rmSync(path, { force: true });
    round = { reasons: [], retryable: 0, missing: 0, invalid: 0, path: edited.path };
    before = edited.text;
    const wrong = options.validation === 'Ignore' ? undefined : wrongIn(edited.text);
    if (wrong) {
      err(
        `${refused(infos[0]!, [`<nil>: Invalid value: "The edited file failed validation": ${wrong}`], round)}\n`,
      );
      continue;
    }
    if (options.validation !== 'Ignore') await checkedByServer(session, infos[0]!.object!);
    const words = emptied(edited.text, isRetry ? undefined : text);
    if (words) {
      rmSync(edited.path, { force: true });
      err(words);
      return;
    }
    const updated = await readEdited(session, infos, edited.text, round);
    if (!updated) continue;
    const now = round;
    await preserving(now.path, session, () => act(options, session, infos, updated, now));
    if (finished(now, session)) return;
  }
}

/** What keeps a text from being an object at all. */
function wrongIn(text: string): string | undefined {
  let value: unknown;
  try {
    value = parseYaml(withoutComments(text)).value;
  } catch (error) {
    return (error as Error).message.replace('error converting YAML to JSON: ', '');
  }
  if (typeof value !== 'object' || value === null) return 'invalid object to validate';
  const { apiVersion, kind } = value as Partial<Unstructured>;
  const missing = [
    ...(apiVersion ? [] : ['apiVersion not set']),
    ...(kind ? [] : ['kind not set']),
  ];
  return missing.length > 0 ? aggregateText(missing) : undefined;
}

/** Runs a step; where it fails, the user is told where the changes are. */
async function preserving<T>(
  path: string | undefined,
  session: Session,
  run: () => Promise<T> | T,
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (path && existsSync(path))
      session.io.err(`A copy of your changes has been stored to ${JSON.stringify(path)}\n`);
    throw error;
  }
}

function emptied(text: string, original: string | undefined): string | undefined {
  if (original !== undefined && meaning(original) === meaning(text))
    return 'Edit cancelled, no changes made.\n';
  return withoutComments(text).trim() === ''
    ? 'Edit cancelled, saved file was empty.\n'
    : undefined;
}

/** The objects that were saved; undefined with a reason where they cannot be read. */
async function readEdited(
  session: Session,
  originals: readonly Info[],
  text: string,
  round: Round,
): Promise<readonly Info[] | undefined> {
  const { infos, errors } = await infosOfText(
    session,
    'edited-file',
    text,
    originals[0]!.subresource,
  );
  if (errors.length === 0) return infos;
  const words = errors.map(({ message }) => message).join(', ');
  round.reasons.push({ head: `The edited file had a syntax error: ${words}`, others: [] });
  return undefined;
}

function finished(round: Round, session: Session): boolean {
  const { path } = round;
  if (round.retryable > 0) {
    session.io.err(
      `You can run \`${session.program} replace -f ${path}\` to try this update again.\n`,
    );
    throw new Exit(1);
  }
  if (round.missing > 0) {
    session.io.err(
      `The edits you made on deleted resources have been saved to ${JSON.stringify(path)}\n`,
    );
    throw new Exit(1);
  }
  if (round.invalid > 0) return false;
  rmSync(path, { force: true });
  return true;
}

async function act(
  options: EditOptions,
  session: Session,
  originals: readonly Info[],
  updated: readonly Info[],
  round: Round,
): Promise<void> {
  const { name: own } = session.namespace();
  for (const { resource, namespace } of updated)
    if (resource.namespaced && namespace !== own)
      throw new Error(
        `the namespace from the provided object ${JSON.stringify(namespace)} does not match the namespace ${JSON.stringify(own)}. You must pass '--namespace=${namespace}' to perform this operation.`,
      );
  for (const each of updated) {
    const object = options['save-config'] ? withSavedConfig(each.object!, true) : each.object!;
    const info = { ...each, object };
    if (options.mode === 'create') await createEdited(options, session, info);
    else await changeEdited(options, session, originals, info, round);
  }
}

async function createEdited(options: EditOptions, session: Session, info: Info): Promise<void> {
  const made = await create(session, info, {
    dryRun: 'none',
    fieldManager: options.fieldManager,
    validation: options.validation,
  }).catch((error: unknown) => {
    throw withSource('creating', '', error);
  });
  session.io.out(resultPrinter(options, 'created')(made.object!));
}

async function changeEdited(
  options: EditOptions,
  session: Session,
  originals: readonly Info[],
  info: Info,
  round: Round,
): Promise<void> {
  const { uid } = info.object!.metadata;
  const original = originals.find(({ object }) => object!.metadata.uid === uid);
  if (!original) throw new Error(`no original object found for ${goJson(info.object)}`);
  const print = (operation: string, object: Unstructured): void =>
    session.io.out(resultPrinter(options, operation)(object));
  const [before, after] = [withoutManagedFields(original.object!), info.object!];
  if (goJson(before) === goJson(after)) return print('skipped', after);
  const { fieldManager, validation } = options;
  const sent = { dryRun: 'none', fieldManager, validation } as const;
  if (options.mode === 'last-applied') {
    const at = { ...info, namespace: info.resource.namespaced ? session.namespace().name : '' };
    await patch(session, at, 'merge', lastAppliedPatch(after).patch, sent);
    return print('edited', after);
  }
  const change = changeOf(before, after);
  const body = goJson(change.body);
  if (options['output-patch']) session.io.out(`Patch: ${body}\n`);
  try {
    print('edited', (await patch(session, info, change.type, body, sent)).object!);
  } catch (error) {
    session.io.err(`${failure(error, info, round)}\n`);
  }
}

function changeOf(
  before: Unstructured,
  after: Unstructured,
): { readonly type: 'strategic' | 'merge'; readonly body: JsonObject } {
  const isSame =
    before.apiVersion === after.apiVersion &&
    before.kind === after.kind &&
    before.metadata.name === after.metadata.name;
  if (!isSame) throw new Error('At least one of apiVersion, kind and name was changed');
  const type = typeOf(after.apiVersion ?? '', after.kind ?? '');
  return type
    ? { type: 'strategic', body: createStrategicPatch(type, before, after) }
    : { type: 'merge', body: createMergePatch(before, after) };
}

const named = ({ resource: { group, resource }, name }: Info): string =>
  `${group ? `${resource}.${group}` : resource} ${JSON.stringify(name)}`;

/** Notes why an object is opened again, and gives what is said of it. */
function refused(info: Info, others: readonly string[], round: Round): string {
  round.invalid++;
  round.reasons.push({ head: `${named(info)} was not valid`, others });
  return `error: ${named(info)} is invalid`;
}

/** What is said of an object that the server refused; invalid ones are opened again with the reasons. */
function failure(error: unknown, info: Info, round: Round): string {
  const what = named(info);
  const reason = error instanceof ApiError ? error.reason : '';
  if (reason === 'Invalid') {
    const causes = (error as ApiError).details?.causes ?? [];
    return refused(
      info,
      causes.map(({ field, message }) => `${field ?? ''}: ${message ?? ''}`),
      round,
    );
  }
  if (reason === 'NotFound') {
    round.missing++;
    return `error: ${what} could not be found on the server`;
  }
  round.retryable++;
  return `error: ${what} could not be patched: ${(error as Error).message}`;
}

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeYaml, hasReason } from '@coxswain/api';
import { type Command, command, type Words } from '../command/command.ts';
import { Exit, UsageError } from '../command/failure.ts';
import { bool, int, texts } from '../command/flags.ts';
import { fileFlags, selectorFlag } from '../command/shared-flags.ts';
import { fieldManagerFlag } from '../command/write-flags.ts';
import { namesFiles } from '../objects/files.ts';
import { fetchedIfThere } from '../objects/fetched.ts';
import { find } from '../objects/find.ts';
import { type Info, type Unstructured, withoutManagedFields } from '../objects/info.ts';
import { create, lastAppliedAnnotation, patch } from '../objects/write.ts';
import { goJson } from '../printers/go-json.ts';
import type { Session } from '../session/session.ts';
import { stamp } from '../session/klog.ts';
import { changed } from './apply/client-side.ts';
import { warnOfDeletion } from './apply/deletion.ts';
import { allowedKinds, strays } from './apply/prune.ts';
import { serverSideManager } from './apply/server-side.ts';

const flags = {
  ...fileFlags('that contains the configuration to compare with'),
  concurrency: int(1, 'How many objects are looked at together'),
  'field-manager': fieldManagerFlag('kubectl-client-side-apply'),
  'force-conflicts': bool(false, 'With --server-side: take over fields that others own'),
  prune: bool(false, 'Show what apply --prune would delete as well'),
  'prune-allowlist': texts('With --prune: a group/version/kind to look through'),
  selector: selectorFlag,
  'server-side': bool(false, 'Let the server merge and keep track of who owns which field'),
  'show-managed-fields': bool(false, 'Compare managedFields too'),
  'show-secrets': bool(false, 'Show the values of secrets'),
};

type Options = ReturnType<typeof complete>;

function complete({ flags: given, changed: set, args }: Words<typeof flags>) {
  if (args.length > 0) throw new UsageError(`Unexpected args: [${args.join(' ')}]`);
  if (!namesFiles(given)) throw new Error('must specify one of -f and -k');
  const isServerSide = given['server-side'];
  if (given['force-conflicts'] && !isServerSide)
    throw new Error('--force-conflicts only works with --server-side');
  const fieldManager =
    set.has('field-manager') || !isServerSide ? given['field-manager'] : serverSideManager;
  return { ...given, fieldManager };
}

/** `kubectl diff`. */
export const diff: Command = command({
  name: 'diff',
  usage: 'diff -f FILENAME',
  summary: 'Show what an apply would change',
  details:
    'Compares by the program diff, or by that of KUBECTL_EXTERNAL_DIFF. Ends with 0 when nothing would change, with 1 when something would, with more when it could not be told.',
  examples: `  diff -f app.yaml
  diff -k overlays/production --server-side
  KUBECTL_EXTERNAL_DIFF="colordiff -N -u" cox diff -f app.yaml`,
  failureCode: 2,
  flags,
  complete,
  run,
});

/** Two folders whose files are compared: what is there, and what would be. */
interface Folders extends Disposable {
  readonly live: string;
  readonly merged: string;
}

function openFolders(): Folders {
  const [live, merged] = ['LIVE-', 'MERGED-'].map((name) => mkdtempSync(join(tmpdir(), name))) as [
    string,
    string,
  ];
  return {
    live,
    merged,
    [Symbol.dispose]: () => {
      for (const folder of [live, merged]) rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function run(options: Options, session: Session): Promise<void> {
  const kinds = options.prune ? await allowedKinds(session, options['prune-allowlist']) : [];
  using folders = openFolders();
  const found = await find(session, { files: options, labels: options.selector });
  const namespaces = new Set<string>();
  const uids = new Set<string | undefined>();
  const compare = async (info: Info): Promise<void> => {
    const live = await compared(options, session, info, folders);
    if (info.namespace) namespaces.add(info.namespace);
    uids.add(live?.metadata.uid);
  };
  const running = new Set<Promise<void>>();
  for await (const item of found.items()) {
    if (item instanceof Error) throw item;
    const one = compare(item).finally(() => running.delete(one));
    running.add(one);
    if (running.size >= Math.max(options.concurrency, 1)) await Promise.race(running);
  }
  await Promise.all(running);
  if (options.prune)
    for await (const { resource, object } of strays(session, {
      ...{ kinds, selector: options.selector, namespaces, uids },
    })) {
      const { name, namespace = '' } = object.metadata;
      writeFileSync(
        join(folders.live, fileName({ resource, name, namespace })),
        encodeYaml(object),
      );
    }
  await runDiff(folders, session);
}

const fileName = ({
  resource,
  name,
  namespace,
}: Pick<Info, 'resource' | 'name' | 'namespace'>): string => {
  const { group, version, kind } = resource;
  return `${group ? `${group}.` : ''}${version}.${kind}.${namespace}.${name}`;
};

/** Times that an object is looked at again while others change it. */
const triesMax = 4;

/** Writes an object as it is and as it would be; gives it as it is. */
async function compared(
  options: Options,
  session: Session,
  info: Info,
  { live: liveFolder, merged: mergedFolder }: Folders,
): Promise<Unstructured | undefined> {
  const { group, version, kind } = info.resource;
  for (let tries = 1; ; tries++) {
    const live = await fetchedIfThere(session, info);
    if (tries === triesMax) {
      const what = `${group ? `${group}/` : '/'}${version}, Kind=${kind}: ${info.name}`;
      session.io.err(
        `W${stamp(session.world.clock.now()).slice(1)} diff.go:723] Object (${what}) keeps changing, diffing without lock\n`,
      );
    }
    try {
      const merged = await mergedOf(options, session, info, live, tries < triesMax);
      const shown = [live?.object, merged].map((object) => object && strip(options, object));
      const [from, to] = options['show-secrets'] ? shown : masked(shown[0], shown[1]!);
      const name = fileName(info);
      writeFileSync(join(liveFolder, name), from ? encodeYaml(from) : '');
      writeFileSync(join(mergedFolder, name), encodeYaml(to));
      if (live) warnOfDeletion(live.object!, session);
      return live?.object;
    } catch (error) {
      if (!hasReason(error, 'Conflict') || tries >= triesMax) throw error;
    }
  }
}

async function mergedOf(
  options: Options,
  session: Session,
  info: Info,
  live: Info | undefined,
  isLocked: boolean,
): Promise<Unstructured> {
  const sent = { dryRun: 'server', fieldManager: options.fieldManager } as const;
  if (options['server-side']) {
    const force = options['force-conflicts'];
    return (await patch(session, info, 'apply', `${goJson(info.object)}\n`, { ...sent, force }))
      .object!;
  }
  if (!live) return (await create(session, info, sent)).object!;
  const merge = { ...sent, force: false, timeout: 0, 'grace-period': -1, isLocked };
  return (await changed(merge, session, live, withoutLastApplied(info.object!))).object;
}

function withoutLastApplied(object: Unstructured): Unstructured {
  const { [lastAppliedAnnotation]: _, ...annotations } = object.metadata.annotations ?? {};
  return { ...object, metadata: { ...object.metadata, annotations } };
}

const strip = (options: Options, object: Unstructured): Unstructured =>
  options['show-managed-fields'] ? object : withoutManagedFields(object);

type Data = Readonly<Record<string, unknown>>;

/** The values of secrets are not shown, only whether they differ. */
function masked(
  from: Unstructured | undefined,
  to: Unstructured,
): readonly [Unstructured | undefined, Unstructured] {
  if (to.kind !== 'Secret' || to.apiVersion !== 'v1') return [from, to];
  const [before, after] = [from, to].map((each) => each?.['data'] as Data | undefined);
  const mask = (own: Data, other: Data | undefined, word: string): Data =>
    Object.fromEntries(
      Object.entries(own).map(([key, value]) => [
        key,
        other && key in other && other[key] !== value ? `*** (${word})` : '***',
      ]),
    );
  return [
    from && before ? { ...from, data: mask(before, after, 'before') } : from,
    after ? { ...to, data: mask(after, before, 'after') } : to,
  ];
}

/** Runs the program that compares; its exit code is that of the command. */
async function runDiff(
  { live, merged }: Folders,
  { env, io, cwd, signal }: Session,
): Promise<void> {
  const [external, ...more] = (env['KUBECTL_EXTERNAL_DIFF'] ?? '').split(' ');
  const words = external
    ? [live, merged, ...more.filter((word) => /^[a-zA-Z0-9-=]+$/.test(word))]
    : ['-u', '-N', live, merged];
  const program = external || 'diff';
  const out = io.isOutTerminal ? 'inherit' : 'pipe';
  const code = await new Promise<number>((done, fail) => {
    const child = spawn(program, words, { cwd, env, signal, stdio: ['ignore', out, 'pipe'] });
    child.stdout?.on('data', (chunk: Buffer) => io.out(chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => io.err(chunk.toString()));
    child.on('error', (cause: NodeJS.ErrnoException) => {
      const why = cause.code === 'ENOENT' ? 'executable file not found in $PATH' : cause.message;
      fail(new Error(`failed to run ${JSON.stringify(program)}: ${why}`, { cause }));
    });
    child.on('close', (ended) => done(ended ?? 1));
  });
  if (code === 0) return;
  if (code > 1) throw new Error(`failed to run ${JSON.stringify(program)}: exit status ${code}`);
  throw new Exit(1);
}

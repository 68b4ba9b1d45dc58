import { statSync } from 'node:fs';
import { basename, posix, resolve } from 'node:path';
import { ByteQueue } from '@coxswain/base';
import { type Command, command, type Words } from '../../command/command.ts';
import { Exit } from '../../command/failure.ts';
import { bool, int } from '../../command/flags.ts';
import { getPod } from '../../pods/named.ts';
import type { Session } from '../../session/session.ts';
import type { CommandStreams } from '../../streams/command.ts';
import { tarOf } from '../../tar/write.ts';
import { runInPod, talkFlags } from '../exec.ts';
import { archivePrefix, type FileSpec, fileSpecOf, withoutSlash } from './file-spec.ts';
import { unpack } from './unpack.ts';

/** How long a container may take to say whether a path is a folder. */
const lookMs = 30_000;
/** How much of an archive waits to be written. */
const unreadBytesMax = 1024 * 1024;

const flags = {
  container: talkFlags.container,
  'no-preserve': bool(false, 'Leave owners and permissions to the container'),
  retries: int(0, 'How often a copy from a container may be resumed; less than 0 for ever'),
};

type Options = ReturnType<typeof complete>;

function complete({ flags: given, args }: Words<typeof flags>) {
  if (args.length !== 2) throw new Error('source and destination are required');
  return { ...given, from: args[0]!, to: args[1]! };
}

/** `kubectl cp`. */
export const cp: Command = command({
  name: 'cp',
  usage: 'cp <file-spec-src> <file-spec-dest>',
  summary: 'Copy files and folders to and from containers',
  details: 'The container must have the program tar.',
  examples: `  cp site/ web-0:/www                  # a folder into a container
  cp shop/web-0:/var/log/app.log app.log -c app
  cp web-0:/data data --retries=-1     # resumed for as long as it takes`,
  flags,
  complete,
  run,
});

async function run(options: Options, session: Session): Promise<void> {
  const from = fileSpecOf(options.from);
  const to = fileSpecOf(options.to);
  if (from.pod && to.pod) throw new Error('one of src or dest must be a local file specification');
  if (!from.path || !to.path) throw new Error('filepath can not be empty');
  if (from.pod) return copyFrom(options, session, from, to.path);
  if (to.pod) return copyTo(options, session, from.path, to);
  throw new Error('one of src or dest must be a remote file specification');
}

/** Runs a command in the pod of a side; `warn` hears which container was taken. */
async function inPod(
  { container }: Options,
  session: Session,
  { namespace, pod }: FileSpec,
  words: readonly string[],
  streams: CommandStreams,
  warn: (text: string) => void,
): Promise<void> {
  const found = await getPod(session, namespace || session.namespace().name, pod);
  await runInPod(session, found, { container, command: words, warn }, streams);
}

async function copyTo(
  options: Options,
  session: Session,
  path: string,
  to: FileSpec,
): Promise<void> {
  const { io } = session;
  const local = resolve(session.cwd, path);
  if (!statSync(local, { throwIfNoEntry: false }))
    throw new Error(`${path} doesn't exist in local filesystem`);
  const target = (await isFolder(options, session, to))
    ? posix.join(to.path, basename(local))
    : to.path;
  const clean = withoutSlash(posix.normalize(target));
  const plain = options['no-preserve'] ? ['--no-same-permissions', '--no-same-owner'] : [];
  const words = ['tar', ...plain, '-xmf', '-', '-C', posix.dirname(target)];
  let failure: Error | undefined;
  const archive = async function* (): AsyncGenerator<Uint8Array, void> {
    try {
      yield* tarOf(local, posix.basename(clean));
    } catch (error) {
      failure = error as Error;
    }
  };
  const streams = {
    stdin: archive(),
    stdout: (chunk: Uint8Array) => io.write('out', chunk),
    stderr: (chunk: Uint8Array) => io.write('err', chunk),
  };
  // What tar then says follows from it.
  await inPod(options, session, to, words, streams, io.err).catch((error: unknown) => {
    throw failure ?? error;
  });
  if (failure) throw failure;
}

async function isFolder(options: Options, session: Session, to: FileSpec): Promise<boolean> {
  const ignore = async (): Promise<void> => {};
  const asked = inPod(
    ...([options, session, to, ['test', '-d', to.path]] as const),
    { stdout: ignore, stderr: ignore },
    () => {},
  ).then(
    () => true,
    () => false,
  );
  const late = Promise.withResolvers<never>();
  using _timer = session.world.clock.after(lookMs, () =>
    late.reject(new Error('context deadline exceeded')),
  );
  return Promise.race([asked, late.promise]);
}

async function copyFrom(
  options: Options,
  session: Session,
  from: FileSpec,
  to: string,
): Promise<void> {
  await unpack(archiveOf(options, session, from), {
    prefix: archivePrefix(from.path),
    folder: withoutSlash(to),
    cwd: session.cwd,
    warn: (text) => session.io.err(text),
    advice: `consider using "${session.program} exec -n ${JSON.stringify(from.namespace)} ${JSON.stringify(from.pod)} -- tar cf - ${JSON.stringify(from.path)} | tar xf -"`,
  });
}

/** The container's archive; where it breaks off, the rest of it is asked for as often as is allowed. */
async function* archiveOf(
  options: Options,
  session: Session,
  from: FileSpec,
): AsyncGenerator<Uint8Array, void> {
  const { retries } = options;
  let bytes = 0;
  for (let retry = 0; ;) {
    const words =
      retries === 0
        ? ['tar', 'cf', '-', from.path]
        : ['sh', '-c', `tar cf - '${from.path.replaceAll("'", `'\\''`)}' | tail -c+${bytes + 1}`];
    try {
      for await (const chunk of outputOf(options, session, from, words)) {
        bytes += chunk.length;
        yield chunk;
      }
      return;
    } catch (error) {
      if (error instanceof Exit || session.signal.aborted || retries === 0) throw error;
      if (retries > 0 && retry >= retries) {
        session.io.out(`Dropping out copy after ${retry} retries\n`);
        throw error;
      }
      retry++;
      session.io.out(`Resuming copy at ${bytes} bytes, retry ${retry}/${retries}\n`);
    }
  }
}

/** What a command writes; what it complains of goes to standard output, as kubectl has it. */
async function* outputOf(
  options: Options,
  session: Session,
  from: FileSpec,
  words: readonly string[],
): AsyncGenerator<Uint8Array, void> {
  const { io } = session;
  const output = new ByteQueue(unreadBytesMax);
  const streams = {
    stdout: (chunk: Uint8Array) => output.put(chunk),
    stderr: (chunk: Uint8Array) => io.write('out', chunk),
  };
  inPod(options, session, from, words, streams, io.out).then(
    () => output.end(),
    (error: Error) => output.fail(error),
  );
  yield* output;
}

import type { Pod } from '@coxswain/api/types/core-v1';
import { type Command, command, type Words } from '../command/command.ts';
import { UsageError } from '../command/failure.ts';
import { bool, duration, type Flag, list, text } from '../command/flags.ts';
import { chosenContainer, findContainer, noContainer } from '../pods/containers.ts';
import { objectsNamed, podPath, podsByDefault } from '../pods/named.ts';
import { attachablePod } from '../pods/of-object.ts';
import { byActivity } from '../pods/order.ts';
import type { Session } from '../session/session.ts';
import { type CommandStreams, runCommand } from '../streams/command.ts';
import type { StreamTarget } from '../streams/connect.ts';
import { rawTerminal, terminalSizes, wantsTty } from '../streams/terminal.ts';

/** Flags of the commands that talk with a container. */
export const talkFlags: {
  readonly container: Flag<string>;
  readonly 'pod-running-timeout': Flag<number>;
  readonly quiet: Flag<boolean>;
  readonly stdin: Flag<boolean>;
  readonly tty: Flag<boolean>;
} = {
  container: text(
    '',
    'The container; the one that the pod names as its default, or its first, where none is given',
    { short: 'c' },
  ),
  'pod-running-timeout': duration(
    '1m0s',
    'How long to wait for a pod that runs, as in 5s, 2m or 3h',
  ),
  quiet: bool(false, 'Show nothing but what comes from the container', { short: 'q' }),
  stdin: bool(false, 'Send standard input to the container', { short: 'i' }),
  tty: bool(false, 'Standard input is a terminal', { short: 't' }),
};

const flags = {
  ...talkFlags,
  filename: list('File, folder or URL that names where to run the command', { short: 'f' }),
};

/** Throws for a time that is none to wait. */
export function checkRunningTimeout(given: number): void {
  if (given <= 0) throw new UsageError('--pod-running-timeout must be higher than zero');
}

type Options = ReturnType<typeof complete>;

function complete({ flags: given, args, dash }: Words<typeof flags>) {
  const [first = ''] = args;
  if (dash < 0 && (args.length > 1 || (args.length > 0 && given.filename.length > 0)))
    throw new UsageError(
      'exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead',
    );
  checkRunningTimeout(given['pod-running-timeout']);
  const resource = dash === 0 ? '' : first;
  const words = dash < 0 ? [] : args.slice(dash);
  if (!resource && given.filename.length === 0)
    throw new Error('pod, type/name or --filename must be specified');
  if (words.length === 0)
    throw new Error('you must specify at least one command for the container');
  return { ...given, resource, command: words };
}

/** `kubectl exec`. */
export const exec: Command = command({
  name: 'exec',
  usage: 'exec (POD | TYPE/NAME) [-c CONTAINER] [flags] -- COMMAND [args...]',
  summary: 'Run a command in a container',
  examples: `  exec web-0 -- date
  exec -it web-0 -c proxy -- sh           # a shell in one of several containers
  exec deploy/web -- cat /etc/hosts       # in one pod of a deployment
  tar c . | exec -i web-0 -- tar x -C /tmp`,
  flags,
  complete,
  run,
  stopCode: ({ stdin }, { isInTerminal }) => (stdin && isInTerminal ? 1 : undefined),
});

async function run(options: Options, session: Session): Promise<void> {
  const { resource, filename } = options;
  const objects = await objectsNamed(session, podsByDefault(resource ? [resource] : []), filename);
  if (objects.length !== 1) throw new Error('cannot exec into multiple objects at a time');
  const pod = await attachablePod(session, objects[0]!, {
    timeoutMs: options['pod-running-timeout'],
    order: byActivity,
  });
  await execInPod(options, session, pod);
}

/** The path that exec or attach is asked at; flags that are false are left out. */
export const talkTarget = (
  pod: Pod,
  what: 'exec' | 'attach',
  parts: Readonly<Record<string, string | boolean | readonly string[]>>,
): StreamTarget => ({
  path: podPath(pod.metadata!.namespace ?? '', pod.metadata!.name, what),
  query: Object.entries(parts).flatMap(([name, value]) =>
    (Array.isArray(value) ? (value as string[]) : value ? [String(value)] : []).map(
      (each) => [name, each] as const,
    ),
  ),
});

/** What is run, in which container of a pod; `warn` hears which one was taken where none is named. */
export interface PodCommand {
  readonly container: string;
  readonly command: readonly string[];
  readonly warn: (text: string) => void;
}

/** Throws when the pod has ended, or has no such container. */
function containerToRun(pod: Pod, { container, warn }: PodCommand): string {
  const phase = pod.status?.phase;
  if (phase === 'Succeeded' || phase === 'Failed')
    throw new Error(`cannot exec into a container in a completed pod; current phase is ${phase}`);
  if (!container) return chosenContainer(pod, '', warn).name;
  if (!findContainer(pod, container)) throw noContainer(pod, container);
  return container;
}

/** Runs a command in a pod to its end, with the streams that are given. */
export const runInPod = (
  session: Session,
  pod: Pod,
  given: PodCommand,
  streams: CommandStreams,
): Promise<void> =>
  runCommand(
    session,
    talkTarget(pod, 'exec', {
      command: given.command,
      container: containerToRun(pod, given),
      stderr: streams.stderr !== undefined,
      stdin: streams.stdin !== undefined,
      stdout: streams.stdout !== undefined,
      tty: streams.sizes !== undefined,
    }),
    streams,
  );

async function execInPod(options: Options, session: Session, pod: Pod): Promise<void> {
  const { io } = session;
  const { command: words, quiet, stdin } = options;
  const given = { container: options.container, command: words, warn: quiet ? () => {} : io.err };
  const container = containerToRun(pod, given);
  const tty = wantsTty(session, options);
  using _raw = tty ? rawTerminal(session) : undefined;
  const size = io.terminal.size();
  await runInPod(
    session,
    pod,
    { ...given, container },
    {
      ...(stdin && { stdin: io.stdin }),
      stdout: (chunk) => io.write('out', chunk),
      ...(!tty && { stderr: (chunk: Uint8Array) => io.write('err', chunk) }),
      ...(tty && { sizes: terminalSizes(session, size ? [size] : []) }),
    },
  );
}

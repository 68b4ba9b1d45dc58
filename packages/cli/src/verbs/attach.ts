import type { Pod } from '@coxswain/api/types/core-v1';
import { type Command, command, type Words } from '../command/command.ts';
import { text } from '../command/flags.ts';
import { chosenContainer, findContainer } from '../pods/containers.ts';
import { objectsNamed, podsByDefault } from '../pods/named.ts';
import { attachablePod } from '../pods/of-object.ts';
import { byActivity } from '../pods/order.ts';
import type { Session } from '../session/session.ts';
import { runCommand } from '../streams/command.ts';
import { rawTerminal, terminalSizes, untilDetached, wantsTty } from '../streams/terminal.ts';
import { checkRunningTimeout, talkFlags, talkTarget } from './exec.ts';

const defaultDetachKeys = 'ctrl-p,ctrl-q';

const flags = {
  ...talkFlags,
  'detach-keys': text(defaultDetachKeys, 'The keys that end the session and leave the container'),
};

type Options = ReturnType<typeof complete>;

function complete({ flags: given, args }: Words<typeof flags>) {
  checkRunningTimeout(given['pod-running-timeout']);
  if (args.length === 0) throw new Error('at least 1 argument is required for attach');
  if (args.length > 2)
    throw new Error(
      `expected POD, TYPE/NAME, or TYPE NAME, (at most 2 arguments) saw ${args.length}: [${args.join(' ')}]`,
    );
  return { ...given, args };
}

/** `kubectl attach`. */
export const attach: Command = command({
  name: 'attach',
  usage: 'attach (POD | TYPE/NAME) -c CONTAINER',
  summary: 'Talk with what runs in a container',
  examples: `  attach web-0                  # its output
  attach web-0 -c shell -it     # its terminal
  attach rs/web                 # one pod of a replica set`,
  flags,
  complete,
  run,
  stopCode: ({ stdin }, { isInTerminal }) => (stdin && isInTerminal ? 1 : undefined),
});

async function run(options: Options, session: Session): Promise<void> {
  const [first, second] = options.args;
  const named =
    second === undefined
      ? podsByDefault([first!])
      : { ...podsByDefault([]), pairs: [{ resource: first!, name: second }] };
  const [object] = await objectsNamed(session, named);
  const pod = await attachablePod(session, object!, {
    timeoutMs: options['pod-running-timeout'],
    order: byActivity,
  });
  const phase = pod.status?.phase;
  if (phase === 'Succeeded' || phase === 'Failed')
    throw new Error(`cannot attach a container in a completed pod; current phase is ${phase}`);
  await attachToPod(session, pod, { ...options, detachKeys: options['detach-keys'] });
}

/** How one attaches. */
export interface Attachment {
  /** Empty for the pod's default. */
  readonly container: string;
  readonly stdin: boolean;
  readonly tty: boolean;
  readonly quiet: boolean;
  readonly detachKeys: string;
}

/** Attaches to a container until it, or the session, ends. */
export async function attachToPod(
  session: Session,
  pod: Pod,
  { container: given, stdin, tty, quiet, detachKeys }: Attachment,
): Promise<void> {
  const { io } = session;
  const container = attachable(session, pod, given, quiet);
  if (tty && !container.tty && !quiet)
    io.err(`error: Unable to use a TTY - container ${container.name} did not allocate one\n`);
  // A container with a terminal is talked with as such, whatever was asked for.
  const isRaw = wantsTty(session, { stdin, quiet, tty: container.tty === true });
  const target = talkTarget(pod, 'attach', {
    ...{ container: container.name, stderr: !isRaw, stdin, stdout: true, tty: isRaw },
  });
  if (!quiet)
    io.err(
      "All commands and output from this session will be recorded in container logs, including credentials and sensitive information passed through the command prompt.\nIf you don't see a command prompt, try pressing enter.\n",
    );
  const input = isRaw ? untilDetached(io.stdin, detachKeys || defaultDetachKeys) : io.stdin;
  {
    using _raw = isRaw ? rawTerminal(session) : undefined;
    const size = io.terminal.size();
    // A size that is not the last one makes the other side draw anew.
    const first = size ? [{ Width: size.Width + 1, Height: size.Height + 1 }, size] : [];
    await runCommand(session, target, {
      ...(stdin && { stdin: input }),
      stdout: (chunk) => io.write('out', chunk),
      ...(!isRaw && { stderr: (chunk: Uint8Array) => io.write('err', chunk) }),
      ...(isRaw && { sizes: terminalSizes(session, first) }),
    });
  }
  if (!quiet && isRaw) io.out(`${reattachText(session, pod, container.name)}\n`);
}

function attachable(session: Session, pod: Pod, given: string, quiet: boolean) {
  try {
    return chosenContainer(pod, given, quiet ? () => {} : session.io.err);
  } catch (cause) {
    throw new Error(`cannot attach to the container: ${(cause as Error).message}`, { cause });
  }
}

function reattachText({ program }: Session, pod: Pod, container: string): string {
  const { namespace, name } = pod.metadata!;
  const again = `'${program} attach ${name} -c ${container} -n ${namespace} -i -t'`;
  return findContainer(pod, container)?.field === 'ephemeralContainers'
    ? `Session ended, the ephemeral container will not be restarted but may be reattached using ${again} if it is still running`
    : `Session ended, resume using ${again} command`;
}

import type { Pod, Service } from '@coxswain/api/types/core-v1';
import type { ByteConnection } from '@coxswain/base';
import { type Command, command, type Words } from '../../command/command.ts';
import { UsageError } from '../../command/failure.ts';
import { list } from '../../command/flags.ts';
import type { Unstructured } from '../../objects/info.ts';
import { getPod, objectsNamed, podsByDefault } from '../../pods/named.ts';
import { attachablePod } from '../../pods/of-object.ts';
import { byActivity } from '../../pods/order.ts';
import type { Session } from '../../session/session.ts';
import { stamp } from '../../session/klog.ts';
import { carry } from '../../streams/forward.ts';
import {
  hostAndPort,
  listenAddresses,
  listenAt,
  type Listener,
  listenFailure,
} from '../../streams/listen.ts';
import { checkRunningTimeout, talkFlags } from '../exec.ts';
import { isRunning, type Link, linkTo, replacementOf } from './link.ts';
import { type ForwardedPort, forwardedPorts } from './ports.ts';

const flags = {
  'pod-running-timeout': talkFlags['pod-running-timeout'],
  address: list(
    'Addresses to listen at; localhost means 127.0.0.1 and ::1, of which one is enough',
    { value: ['localhost'] },
  ),
};

type Options = ReturnType<typeof complete>;

function complete({ flags: given, args }: Words<typeof flags>) {
  const [target, ...ports] = args;
  if (target === undefined || ports.length === 0)
    throw new UsageError('TYPE/NAME and list of ports are required for port-forward');
  checkRunningTimeout(given['pod-running-timeout']);
  return { ...given, target, ports };
}

/** `kubectl port-forward`. */
export const portForward: Command = command({
  name: 'port-forward',
  usage:
    'port-forward TYPE/NAME [options] [LOCAL_PORT:]REMOTE_PORT [...[LOCAL_PORT_N:]REMOTE_PORT_N]',
  summary: 'Carry connections to local ports on to a pod',
  details:
    'Of several pods that a service or a workload has, one is taken; when it goes, connections go on to the next one.',
  examples: `  port-forward pod/web-0 8080:80
  port-forward deploy/web 8080:http 9090   # ports by name and number
  port-forward svc/web :443                # any free port here
  port-forward svc/web 8080:80 --address 0.0.0.0`,
  flags,
  complete,
  run,
  stopCode: (_, io, signal) => (signal === 'SIGINT' ? 0 : undefined),
});

async function run(options: Options, session: Session): Promise<void> {
  const [object] = await objectsNamed(session, podsByDefault([options.target]));
  const query = { timeoutMs: options['pod-running-timeout'], order: byActivity };
  const found = await attachablePod(session, object!, query);
  const findRunning = (): Promise<Pod> =>
    attachablePod(session, object!, { ...query, isWanted: isRunning });
  const ports = portsOf(options, object!, found);
  const { namespace, name } = found.metadata!;
  const pod = await getPod(session, namespace!, name);
  const phase = pod.status?.phase;
  if (phase !== 'Running')
    throw new Error(`unable to forward port because pod is not running. Current status=${phase}`);
  const addresses = listenAddresses(options.address);
  // What still runs over the link before the present one may end by itself.
  const links: Link[] = [];
  using _links = { [Symbol.dispose]: () => links.forEach(({ spdy }) => spdy.destroy()) };
  const connect = async (to: Pod): Promise<Link> => {
    const made = await linkTo(session, to);
    if (links.push(made) > 2) links.shift()!.spdy.destroy();
    return made;
  };
  let link = Promise.resolve(await connect(pod));
  const requests = { count: 0 };
  using listeners = new DisposableStack();
  const accept = (local: number, at: number, near: ByteConnection): void => {
    session.io.out(`Handling connection for ${local}\n`);
    const requestId = requests.count++;
    void link
      .then(({ pod: current, spdy }) => {
        const { remote } = portsOf(options, object!, current)[at]!;
        return carry(spdy, near, { local, remote, requestId });
      })
      .catch((error: Error) => {
        near.destroy();
        session.io.err(unhandled(session, error.message));
      });
  };
  await listenOn(session, addresses, ports, accept, listeners);
  for (;;) {
    const current = await link;
    await untilOver(current, session.signal);
    if (session.signal.aborted) return;
    link = replacementOf(session, current.pod, findRunning, query.timeoutMs).then(connect);
    const { pod: next } = await link;
    if (next.metadata!.name !== current.pod.metadata!.name)
      session.io.err(
        `lost connection to pod ${current.pod.metadata!.name}, forwarding to pod ${next.metadata!.name} now\n`,
      );
  }
}

const portsOf = (options: Options, object: Unstructured, pod: Pod): readonly ForwardedPort[] =>
  forwardedPorts(
    options.ports,
    pod,
    object.kind === 'Service' ? (object as unknown as Service) : undefined,
  );

const unhandled = ({ world }: Session, text: string): string =>
  `E${stamp(world.clock.now()).slice(1)} portforward.go:522] "Unhandled Error" err=${JSON.stringify(text)}\n`;

const untilOver = ({ over }: Link, signal: AbortSignal): Promise<void> =>
  Promise.race([
    over,
    new Promise<void>((resolve) =>
      signal.addEventListener('abort', () => resolve(), { once: true }),
    ),
  ]);

type Accept = (local: number, at: number, connection: ByteConnection) => void;

/** Listens for every port; one that cannot be had is told of, and none at all ends the command. */
async function listenOn(
  session: Session,
  addresses: ReturnType<typeof listenAddresses>,
  ports: readonly ForwardedPort[],
  accept: Accept,
  listeners: DisposableStack,
): Promise<void> {
  let hasSome = false;
  for (const [at, port] of ports.entries()) {
    const failure = await listenOnPort(session, addresses, port, at, accept, listeners);
    if (failure) session.io.err(`Unable to listen on port ${port.local}: ${failure}\n`);
    else hasSome = true;
  }
  if (hasSome) return;
  const all = ports.map(({ local, remote }) => `{${local} ${remote}}`).join(' ');
  throw new Error(`unable to listen on any of the requested ports: [${all}]`);
}

async function listenOnPort(
  { io }: Session,
  addresses: ReturnType<typeof listenAddresses>,
  { local: wanted, remote }: ForwardedPort,
  at: number,
  accept: Accept,
  listeners: DisposableStack,
): Promise<string | undefined> {
  const failures: { readonly text: string; readonly isOneOfSeveral: boolean }[] = [];
  let local = wanted;
  for (const { address, isOneOfSeveral } of addresses) {
    try {
      const listener: Listener = await listenAt(address, local, (near) => accept(local, at, near));
      listeners.use(listener);
      local = listener.port;
      io.out(`Forwarding from ${hostAndPort(address, local)} -> ${remote}\n`);
    } catch (error) {
      const network = address.includes(':') ? 'tcp6' : 'tcp4';
      const text = listenFailure(network, hostAndPort(address, local), error);
      failures.push({ text: `unable to create listener: Error ${text}`, isOneOfSeveral });
    }
  }
  const several = addresses.filter((each) => each.isOneOfSeveral).length;
  const failedOfSeveral = failures.filter((each) => each.isOneOfSeveral).length;
  const isFatal = failures.some((each) => !each.isOneOfSeveral);
  if (!isFatal && (several === 0 || failedOfSeveral < several)) return undefined;
  return `Listeners failed to create with the following errors: [${failures.map(({ text }) => text).join(' ')}]`;
}

import { applyStrategicPatch, structType } from '@coxswain/api';
import type { Container, EphemeralContainer, Node, Pod } from '@coxswain/api/types/core-v1';
import { goJson } from '../../printers/go-json.ts';
import { podPath } from '../../pods/named.ts';
import type { Session } from '../../session/session.ts';
import { type Debugged, type Keeps, profiled, type Style } from './profiles.ts';

/** What the words and flags of `debug` ask for. */
export interface DebugOptions {
  readonly 'arguments-only': boolean;
  readonly container: string;
  readonly 'copy-to': string;
  readonly env: Readonly<Record<string, string>>;
  readonly image: string;
  readonly 'image-pull-policy': string;
  readonly keeps: Keeps;
  readonly profile: string;
  readonly quiet: boolean;
  readonly replace: boolean;
  readonly 'same-node': boolean;
  readonly 'set-image': Readonly<Record<string, string>>;
  readonly 'share-processes': boolean;
  readonly sharesByFlag: boolean;
  readonly stdin: boolean;
  readonly target: string;
  readonly tty: boolean;
  readonly words: readonly string[];
}

/** A pod to debug in, and the container to attach to; empty where there is none. */
export interface Made {
  readonly pod: Pod;
  readonly container: string;
}

/** Letters that names are made unique with. */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
const suffix = ({ world }: Session): string =>
  Array.from({ length: 5 }, () => alphabet[Math.floor(world.random() * alphabet.length)]).join('');

const envOf = ({ env }: DebugOptions): Pick<Container, 'env'> =>
  Object.keys(env).length > 0
    ? { env: Object.entries(env).map(([name, value]) => ({ name, value })) }
    : {};

/** What the flags say of a new container. */
const newContainer = (options: DebugOptions, name: string): Container => ({
  ...{ name, image: options.image, ...envOf(options) },
  ...(options.words.length > 0 && {
    [options['arguments-only'] ? 'args' : 'command']: options.words,
  }),
  ...(options['image-pull-policy'] && { imagePullPolicy: options['image-pull-policy'] }),
  ...(options.stdin && { stdin: true }),
  ...(options.tty && { tty: true }),
  terminationMessagePolicy: 'File',
});

/** The container and the pod by the profile, then by the fields of `--custom`. */
function shaped(
  { profile, keeps }: DebugOptions,
  style: Style,
  debugged: Debugged,
  custom: Container | undefined,
): Debugged {
  const { pod, container } = profiled(profile, style, keeps, debugged);
  if (!custom) return { pod, container };
  const changed = applyStrategicPatch(structType('core/v1', 'Container'), { ...container }, custom);
  return { pod, container: { ...changed, name: container.name } as Container };
}

const allContainers = ({ spec }: Pod): readonly { readonly name: string }[] => [
  ...spec!.containers,
  ...(spec!.initContainers ?? []),
  ...(spec!.ephemeralContainers ?? []),
];

function newName(options: DebugOptions, session: Session, pod: Pod): string {
  if (options.container) return options.container;
  const taken = new Set(allContainers(pod).map(({ name }) => name));
  let name = '';
  while (name === '' || taken.has(name)) name = `debugger-${suffix(session)}`;
  if (!options.quiet) session.io.out(`Defaulting debug container name to ${name}.\n`);
  return name;
}

const create = (session: Session, namespace: string, pod: Pod): Promise<Pod> =>
  session.rest().json({
    method: 'POST',
    path: podPath(namespace),
    body: goJson({ apiVersion: 'v1', kind: 'Pod', ...pod }),
  });

/** A pod on a node that is in its namespaces, with its files below /host. */
export async function debugOnNode(
  options: DebugOptions,
  session: Session,
  node: Node,
  custom: Container | undefined,
): Promise<Made> {
  const name = options.container || 'debugger';
  const nodeName = node.metadata!.name;
  const podName = `node-debugger-${nodeName}-${suffix(session)}`;
  if (!options.quiet)
    session.io.out(
      `Creating debugging pod ${podName} with container ${name} on node ${nodeName}.\n`,
    );
  const plain: Pod = {
    metadata: { name: podName, labels: { 'app.kubernetes.io/managed-by': 'kubectl-debug' } },
    spec: {
      ...{ containers: [], nodeName, restartPolicy: 'Never' },
      tolerations: [{ operator: 'Exists' }],
    },
  };
  const { pod, container } = shaped(
    ...([
      options,
      'node' as const,
      { pod: plain, container: newContainer(options, name) },
    ] as const),
    custom,
  );
  const whole = { ...pod, spec: { ...pod.spec!, containers: [container] } };
  return { pod: await create(session, session.namespace().name, whole), container: name };
}

/** A further container in a pod that runs. */
export async function debugInPod(
  options: DebugOptions,
  session: Session,
  pod: Pod,
  custom: Container | undefined,
): Promise<Made> {
  const name = newName(options, session, pod);
  // One of that name is changed instead, which the server then refuses.
  const taken = pod.spec!.ephemeralContainers?.find((each) => each.name === name);
  const debugged = { pod, container: taken ?? newContainer(options, name) };
  const { container } = shaped(options, 'ephemeral', debugged, custom);
  const added: EphemeralContainer = {
    ...container,
    ...(options.target && { targetContainerName: options.target }),
  };
  warnOfUser(session, pod, container);
  const before = pod.spec!.ephemeralContainers ?? [];
  const patch = {
    spec: {
      '$setElementOrder/ephemeralContainers': [...before, added].map((each) => ({
        name: each.name,
      })),
      ephemeralContainers: [added],
    },
  };
  const changed = await session.rest().json<Pod & { kind: string; apiVersion: string }>({
    method: 'PATCH',
    path: podPath(pod.metadata!.namespace ?? '', pod.metadata!.name, 'ephemeralcontainers'),
    contentType: 'application/strategic-merge-patch+json',
    body: goJson(patch),
  });
  return { pod: changed as never, container: name };
}

/** A copy of a pod with a container more, or with others changed. */
export async function debugByCopy(
  options: DebugOptions,
  session: Session,
  original: Pod,
  custom: Container | undefined,
): Promise<Made> {
  const { pod, container } = copyOf(options, session, original, custom);
  warnOfUser(
    session,
    pod,
    pod.spec!.containers.find(({ name }) => name === container),
  );
  const namespace = original.metadata!.namespace ?? '';
  const created = await create(session, namespace, pod);
  if (options.replace)
    await session.rest().text({
      method: 'DELETE',
      path: podPath(namespace, original.metadata!.name),
      body: goJson({ apiVersion: 'v1', kind: 'DeleteOptions', gracePeriodSeconds: 0 }),
    });
  return { pod: created, container };
}

function copyOf(
  options: DebugOptions,
  session: Session,
  original: Pod,
  custom: Container | undefined,
): Made {
  const { namespace, annotations, labels } = original.metadata!;
  const { ephemeralContainers: _, nodeName, ...spec } = original.spec!;
  const images = options['set-image'];
  const plain: Pod = {
    metadata: {
      name: options['copy-to'],
      ...(namespace && { namespace }),
      ...(annotations && { annotations }),
      ...(labels && { labels }),
    },
    spec: {
      ...spec,
      ...(options.sharesByFlag && { shareProcessNamespace: options['share-processes'] }),
      ...(options['same-node'] && nodeName && { nodeName }),
      containers: spec.containers.map((each) => {
        const image = images[each.name] || images['*'];
        return image ? { ...each, image } : each;
      }),
    },
  };
  const found = [...plain.spec!.containers, ...(plain.spec!.initContainers ?? [])].find(
    ({ name }) => name === options.container,
  );
  if (!found && !options.image) {
    if (Object.keys(images).length > 0) return { pod: plain, container: '' };
    throw new Error('you must specify image when creating new container');
  }
  const base = found ?? {
    name: newName(options, session, plain),
    terminationMessagePolicy: 'File',
  };
  const { pod, container } = shaped(
    ...([
      options,
      'copy' as const,
      { pod: plain, container: changedContainer(options, base) },
    ] as const),
    custom,
  );
  return { pod: placed(pod, container, !found), container: container.name };
}

/** An existing container, or the bare beginning of a new one, as the flags have it. */
function changedContainer(options: DebugOptions, base: Container): Container {
  const { args, stdin: _, tty: __, ...rest } = base;
  const { image, words } = options;
  const isCommand = words.length > 0 && !options['arguments-only'];
  return {
    ...rest,
    ...(isCommand ? { command: words } : args && { args }),
    ...(words.length > 0 && !isCommand && { args: words }),
    ...envOf(options),
    ...(image && { image }),
    ...(options['image-pull-policy'] && { imagePullPolicy: options['image-pull-policy'] }),
    ...(options.stdin && { stdin: true }),
    ...(options.tty && { tty: true }),
  };
}

/** Puts the container back where its name stands. */
function placed(pod: Pod, container: Container, isNew: boolean): Pod {
  const put = (list: readonly Container[]): readonly Container[] =>
    list.map((each) => (each.name === container.name ? container : each));
  const { containers, initContainers, ...spec } = pod.spec!;
  return {
    ...pod,
    spec: {
      ...spec,
      ...(initContainers && { initContainers: put(initContainers) }),
      containers: isNew ? [...containers, container] : put(containers),
    },
  };
}

/** Capabilities mean little to who is not root. */
function warnOfUser({ io }: Session, { spec }: Pod, container: Container | undefined): void {
  const user = spec!.securityContext?.runAsUser;
  const own = container?.securityContext;
  if (!user || !own || own.runAsUser === 0) return;
  if (!own.privileged && !own.capabilities?.add?.length) return;
  io.err(
    'Warning: Non-root user is configured for the entire target Pod, and some capabilities granted by debug profile may not work. Please consider using "--custom" with a custom profile that specifies "securityContext.runAsUser: 0".\n',
  );
}

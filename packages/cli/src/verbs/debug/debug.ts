import { parseYamlDocuments } from '@coxswain/api';
import type { Container, ContainerStatus, Node, Pod } from '@coxswain/api/types/core-v1';
import { fileBytes } from '../../command/file-faults.ts';
import { type Command, command, type Words } from '../../command/command.ts';
import { bool, commaSeparated, type Flag, list, text } from '../../command/flags.ts';
import type { Unstructured } from '../../objects/info.ts';
import { attachOrShowLog, podAs, showLog } from '../../pods/attached.ts';
import { imageForm } from '../../pods/image-name.ts';
import { objectsNamed, podsByDefault } from '../../pods/named.ts';
import type { Session } from '../../session/session.ts';
import { debugByCopy, debugInPod, debugOnNode } from './make.ts';
import { isProfile } from './profiles.ts';

/** `KEY=VALUE` pairs, occurrences and comma separated items. */
const pairs = (help: string): Flag<Readonly<Record<string, string>>> => ({
  ...{ type: 'stringToString', value: {}, help },
  read: (given, before) => {
    const items = given.split('=').length > 2 ? commaSeparated(given) : [given];
    const entries = items.map((item) => {
      const equals = item.indexOf('=');
      if (equals < 0) throw new Error(`${item} must be formatted as key=value`);
      return [item.slice(0, equals), item.slice(equals + 1)] as const;
    });
    return { ...before, ...Object.fromEntries(entries) };
  },
});

const keep = (what: string): Flag<boolean> => bool(false, `With --copy-to: keep ${what}`);

const flags = {
  'arguments-only': bool(false, 'The words behind -- are arguments, not the command'),
  attach: bool(false, 'Attach once the container runs; so with -i'),
  container: text('', 'Name of the container to debug with', { short: 'c' }),
  'copy-to': text('', 'Debug in a copy of the pod, of this name'),
  custom: text('', 'File with fields of a container that change what the profile makes'),
  env: pairs('Environment variables of the container'),
  filename: list('File, folder or URL that names what to debug', { short: 'f' }),
  image: text('', 'Image of the container to debug with'),
  'image-pull-policy': text('', 'When the image is pulled: Always, IfNotPresent or Never'),
  'keep-annotations': keep('the annotations'),
  'keep-init-containers': bool(true, 'With --copy-to: keep the init containers'),
  'keep-labels': keep('the labels'),
  'keep-liveness': keep('the liveness probes'),
  'keep-readiness': keep('the readiness probes'),
  'keep-startup': keep('the startup probes'),
  profile: text(
    'general',
    'general, baseline, restricted, netadmin or sysadmin: what the container may do',
  ),
  quiet: bool(false, 'Say nothing but what comes from the container', { short: 'q' }),
  replace: bool(false, 'With --copy-to: delete the pod'),
  'same-node': bool(false, 'With --copy-to: put the copy on the same node'),
  'set-image': pairs('With --copy-to: images of containers, as NAME=IMAGE; * is every container'),
  'share-processes': bool(true, 'With --copy-to: containers see the processes of each other'),
  stdin: bool(false, 'Keep standard input of the container open', { short: 'i' }),
  target: text('', 'Container whose processes the one to debug with sees'),
  tty: bool(false, 'Give the container a terminal', { short: 't' }),
};

type Options = ReturnType<typeof complete>;

function complete({ flags: given, changed, args, dash }: Words<typeof flags>) {
  if (!isProfile(given.profile)) throw new Error(`unknown profile: ${given.profile}`);
  const hasWords = dash >= 0 && args.length > dash;
  return {
    ...given,
    targets: hasWords ? args.slice(0, dash) : args,
    words: hasWords ? args.slice(dash) : [],
    attach: given.attach || (given.stdin && !changed.has('attach')),
    attachIsGiven: changed.has('attach'),
    sharesByFlag: changed.has('share-processes'),
    keeps: {
      labels: given['keep-labels'],
      annotations: given['keep-annotations'],
      liveness: given['keep-liveness'],
      readiness: given['keep-readiness'],
      startup: given['keep-startup'],
      initContainers: given['keep-init-containers'],
    },
  };
}

/** `kubectl debug`. */
export const debug: Command = command({
  name: 'debug',
  usage: 'debug (POD | TYPE[[.VERSION].GROUP]/NAME) [ -- COMMAND [args...] ]',
  summary: 'Look into pods and nodes with containers made for it',
  details:
    'A pod gets a further container, or a copy of it is made with one, or with other images and commands. For a node a pod is made that sees the files and the processes of the node.',
  examples: `  debug web-0 -it --image=busybox                     # a shell beside its containers
  debug web-0 -it --image=busybox --target=app        # that sees the processes of one
  debug web-0 -it --copy-to=web-debug --image=busybox --share-processes
  debug web-0 --copy-to=web-debug --set-image='*=busybox'
  debug node/worker-1 -it --image=busybox             # its files are below /host`,
  flags,
  complete,
  run,
  stopCode: ({ attach }) => (attach ? 1 : undefined),
});

async function run(options: Options, session: Session): Promise<void> {
  const custom = options.custom ? customProfile(options.custom, session) : undefined;
  validate(options, session, custom);
  const objects = await objectsNamed(session, podsByDefault(options.targets), options.filename);
  for (const object of objects) {
    const made = await debugged(options, session, object, custom);
    if (!options.attach || !made.container) continue;
    await attachTo(options, session, made.pod, made.container);
  }
}

function debugged(
  options: Options,
  session: Session,
  object: Unstructured,
  custom: Container | undefined,
): Promise<{ readonly pod: Pod; readonly container: string }> {
  const { apiVersion, kind } = object;
  const [version = '', group = ''] = (apiVersion ?? '').split('/').toReversed();
  if (apiVersion === 'v1' && kind === 'Node')
    return debugOnNode(options, session, object as unknown as Node, custom);
  if (apiVersion !== 'v1' || kind !== 'Pod')
    throw new Error(
      `${JSON.stringify(`${group}/${version}, Kind=${kind}`)} not supported by debug`,
    );
  const make = options['copy-to'] ? debugByCopy : debugInPod;
  return make(options, session, object as unknown as Pod, custom);
}

function customProfile(path: string, { cwd }: Session): Container {
  const before = 'must pass a container spec json file for custom profile: ';
  const text = fileBytes(path, { cwd, before }).toString();
  try {
    return (parseYamlDocuments(text)[0]?.value ?? {}) as Container;
  } catch (cause) {
    throw new Error(
      `${path} does not contain a valid container spec: ${(cause as Error).message}`,
      {
        cause,
      },
    );
  }
}

const badImage = (image: string): string => `invalid image name ${JSON.stringify(image)}`;
const badFormat = 'invalid reference format';

/** The rules in kubectl's order; a full stop at an end is kubectl's too. */
function* wrongs(options: Options): Generator<string, void> {
  const { image, container, words, targets } = options;
  const hasImages = Object.keys(options['set-image']).length > 0;
  if (options.attach && options.attachIsGiven && !image && !container)
    yield 'you must specify --container or create a new container using --image in order to attach.';
  if (options['copy-to']) {
    if (!image && !hasImages && words.length === 0)
      yield 'you must specify --image, --set-image or command arguments.';
    if (words.length > 0 && !container && !image)
      yield 'you must specify an existing container or a new image when specifying args.';
  } else {
    if (options.replace) yield '--replace may only be used with --copy-to.';
    if (options['same-node']) yield '--same-node may only be used with --copy-to.';
    if (hasImages) yield '--set-image may only be used with --copy-to.';
    if (!image) yield 'you must specify --image when not using --copy-to.';
  }
  if (image && !imageForm.test(image)) yield `${badImage(image)}: ${badFormat}`;
  if (targets.length === 0 && options.filename.length === 0)
    yield 'NAME or filename is required for debug';
  if (!['', 'Always', 'IfNotPresent', 'Never'].includes(options['image-pull-policy']))
    yield `invalid image pull policy: ${options['image-pull-policy']}`;
  for (const [name, each] of Object.entries(options['set-image']))
    if (!imageForm.test(each))
      yield `${badImage(each)} for container ${JSON.stringify(name)}: ${badFormat}`;
  if (options.target && options['copy-to'])
    yield '--target is incompatible with --copy-to. Use --share-processes instead.';
}

function validate(options: Options, { io }: Session, custom: Container | undefined): void {
  for (const wrong of wrongs(options)) throw new Error(wrong);
  if (options.target && !options.quiet)
    io.out(
      `Targeting container ${JSON.stringify(options.target)}. If you don't see processes from this container it may be because the container runtime doesn't support this feature.\n`,
    );
  if (options.tty && !options.stdin)
    throw new Error('-i/--stdin is required for containers with -t/--tty=true');
  if (
    custom &&
    (custom.name ||
      custom.command?.length ||
      custom.image ||
      custom.lifecycle ||
      custom.volumeDevices?.length)
  )
    throw new Error(
      'name, command, image, lifecycle and volume devices are not modifiable via custom profile',
    );
  if (options.profile === 'legacy')
    io.err(
      '--profile=legacy is deprecated and planned to be removed in v1.39. It is recommended to specify other profile, for example "--profile=general".\n',
    );
}

const statusOf = ({ status }: Pod, name: string): ContainerStatus | undefined =>
  [
    ...(status?.initContainerStatuses ?? []),
    ...(status?.containerStatuses ?? []),
    ...(status?.ephemeralContainerStatuses ?? []),
  ].find((each) => each.name === name);

/** Attaches to the new container once it runs; of one that has ended already the log is shown. */
async function attachTo(
  { quiet, stdin, tty }: Options,
  session: Session,
  made: Pod,
  container: string,
): Promise<void> {
  const pod = await podAs(session, made, (each) => {
    const state = statusOf(each, container)?.state;
    if (!quiet && state?.waiting?.message)
      session.warn(`Warning: container ${container}: ${state.waiting.message}\n`);
    return Boolean(state?.running ?? state?.terminated);
  });
  if (statusOf(pod, container)?.state?.terminated) return showLog(session, pod, container);
  await attachOrShowLog(session, pod, { container, stdin, tty, quiet, detachKeys: '' });
}

import { environmentNameErrors, Pods, Services } from '@coxswain/api';
import type { Pod } from '@coxswain/api/types/core-v1';
import { type Command, command, type Words } from '../command/command.ts';
import { UsageError } from '../command/failure.ts';
import { bool, duration, int, text, texts } from '../command/flags.ts';
import { labelPairs, pairsOf } from '../command/pairs.ts';
import { fileFlags } from '../command/shared-flags.ts';
import {
  cascadeFlag,
  dryRunFlag,
  dryRunOf,
  fieldManagerFlag,
  saveConfigFlag,
  propagationOf,
} from '../command/write-flags.ts';
import { fetched } from '../objects/fetched.ts';
import type { Info, Unstructured } from '../objects/info.ts';
import { printFlags } from '../printers/formats.ts';
import { attachToRun } from '../pods/attached.ts';
import { imageForm } from '../pods/image-name.ts';
import { builtIn } from '../objects/typed.ts';
import { openSession } from '../session/open-session.ts';
import type { Session } from '../session/session.ts';
import { type Draft, createdPrinter, written } from './create/generator.ts';
import { overridden, overrideFlags } from './create/overrides.ts';
import { removeAll } from './delete.ts';
import { serviceBeside } from './expose.ts';

const flags = {
  ...printFlags,
  ...fileFlags('that names what to delete with --rm'),
  ...overrideFlags,
  annotations: texts('Annotation of the pod, as KEY=VALUE'),
  attach: bool(false, 'Attach to the pod once it runs; so with -i'),
  cascade: cascadeFlag('With --rm: what becomes of the objects that the pod owns'),
  command: bool(false, 'The words behind -- are the command, not its arguments'),
  'detach-keys': text('ctrl-p,ctrl-q', 'Keys that end the attachment and leave the pod alone'),
  'dry-run': dryRunFlag,
  env: texts('Environment variable, as KEY=VALUE'),
  expose: bool(false, 'Create a service for the port beside the pod'),
  'field-manager': fieldManagerFlag('kubectl-run'),
  force: bool(false, 'Taken for the sake of scripts'),
  'grace-period': int(-1, 'Taken for the sake of scripts'),
  image: text('', 'Image to run', { isRequired: true }),
  'image-pull-policy': text('', 'When the image is pulled: Always, IfNotPresent or Never'),
  labels: text('', 'Labels of the pod, as a=b,c=d', { short: 'l' }),
  'leave-stdin-open': bool(false, 'Keep standard input open when the first attachment ends'),
  'pod-running-timeout': duration('1m0s', 'How long to wait for the pod to run'),
  port: text('', 'Port that the container listens on'),
  privileged: bool(false, 'Give the container all rights on its node'),
  quiet: bool(false, 'Say nothing but what the container says', { short: 'q' }),
  restart: text('Always', 'Restart policy: Always, OnFailure or Never'),
  rm: bool(false, 'Delete the pod, and its service, when the attachment ends or is stopped'),
  'save-config': saveConfigFlag,
  stdin: bool(false, 'Keep standard input of the container open', { short: 'i' }),
  timeout: duration('0s', 'Taken for the sake of scripts'),
  tty: bool(false, 'Give the container a terminal', { short: 't' }),
  wait: bool(false, 'Taken for the sake of scripts'),
};

const restartPolicies = ['Always', 'OnFailure', 'Never'];
const pullPolicies = ['Always', 'IfNotPresent', 'Never'];

type Options = ReturnType<typeof complete>;

function complete({ flags: given, changed, args, dash }: Words<typeof flags>) {
  const dryRun = dryRunOf(given['dry-run']);
  const attaches = given.attach || (given.stdin && !changed.has('attach'));
  const restart = given.restart || (given.stdin ? 'OnFailure' : 'Always');
  const bad = (words: string): never => {
    throw new UsageError(words);
  };
  if (args.length === 0 || dash === 0) bad('NAME is required for run');
  if (given['pod-running-timeout'] <= 0) bad('--pod-running-timeout must be higher than zero');
  if (!given.image) throw new Error('--image is required');
  if (!imageForm.test(given.image))
    throw new Error(`Invalid image name ${JSON.stringify(given.image)}: invalid reference format`);
  if (given.tty && !given.stdin) bad('-i/--stdin is required for containers with -t/--tty=true');
  if (given.expose && !given.port) bad('--port must be set when exposing a service');
  if (!restartPolicies.includes(restart)) bad(`invalid restart policy: ${restart}`);
  if (!attaches && given.rm) bad('--rm should only be used for attached containers');
  if (attaches && dryRun !== 'none')
    bad(
      "--dry-run=[server|client] can't be used with attached containers options (--attach, --stdin, or --tty)",
    );
  const policy = given['image-pull-policy'];
  if (policy && !pullPolicies.includes(policy)) bad(`invalid image pull policy: ${policy}`);
  const propagation = propagationOf(given.cascade);
  return { ...given, propagation, name: args[0]!, words: args.slice(1), attaches, restart };
}

/** `kubectl run`. */
export const runCommand: Command = command({
  name: 'run',
  usage:
    'run NAME --image=image [--env="key=value"] [--port=port] [--dry-run=server|client] [--overrides=inline-json] [--command] -- [COMMAND] [args...]',
  summary: 'Run a pod of an image',
  examples: `  run web --image=nginx --port=80 --expose
  run shell --image=busybox -it --rm -- sh      # gone when the shell ends
  run once --image=busybox --restart=Never --command -- date`,
  flags,
  complete,
  run,
  stopCode: ({ attaches }) => (attaches ? 1 : undefined),
});

function envOf(pair: string): object {
  const equals = pair.indexOf('=');
  const name = pair.slice(0, Math.max(equals, 0));
  if (name === '' || environmentNameErrors(name).length > 0)
    throw new Error(`invalid env: ${pair}`);
  return { name, value: pair.slice(equals + 1) };
}

function podOf(options: Options): Draft {
  const { name, image, words, stdin, tty } = options;
  const annotations = pairsOf(options.annotations, 'annotations');
  const port = options.port && portNumber(options.port);
  return {
    metadata: {
      name,
      labels: options.labels ? labelPairs(options.labels) : { run: name },
      annotations: Object.fromEntries(annotations),
    },
    spec: {
      containers: [
        {
          ...{ name, image, stdin, tty, stdinOnce: stdin && !options['leave-stdin-open'] },
          ...(options.privileged && { securityContext: { privileged: true } }),
          ...(words.length > 0 && { [options.command ? 'command' : 'args']: words }),
          env: options.env.map(envOf),
          imagePullPolicy: options['image-pull-policy'],
          ...(port !== '' && { ports: [{ containerPort: port }] }),
        },
      ],
      dnsPolicy: 'ClusterFirst',
      restartPolicy: options.restart,
    },
  };
}

function portNumber(word: string): number {
  if (!/^[+-]?\d+$/.test(word))
    throw new Error(`strconv.Atoi: parsing ${JSON.stringify(word)}: invalid syntax`);
  return Number(word);
}

async function run(options: Options, session: Session): Promise<void> {
  const { io } = session;
  const pod = await written(session, Pods, podOf(options), options, {
    ...{ isSparse: true, order: 'struct' },
    change: (object) => overridden(object, options),
  });
  const made = [infoOf(Pods, pod)];
  const print = createdPrinter(options);
  let failure: Error | undefined;
  if (options.expose)
    try {
      const draft = serviceBeside(options.name, options);
      const service = await written(session, Services, draft, options, {
        ...{ isSparse: true, order: 'struct' },
      });
      made.push(infoOf(Services, service));
      io.out(print(service));
      if (options.output === 'yaml') io.out('---\n');
    } catch (error) {
      failure = error as Error;
    }
  if (!options.attaches) io.out(print(pod));
  else await attached(options, session, pod as unknown as Pod, made);
  if (failure) throw failure;
}

const infoOf = (resource: typeof Pods | typeof Services, { metadata }: Unstructured): Info => ({
  ...{ resource: builtIn(resource), subresource: '', source: '', object: undefined },
  ...{ namespace: metadata.namespace!, name: metadata.name },
});

/** Attaches to the new pod; with --rm all that was made goes when that is over, however it ends. */
async function attached(
  options: Options,
  session: Session,
  pod: Pod,
  made: readonly Info[],
): Promise<void> {
  try {
    await attachToRun(session, pod, {
      ...{ container: '', stdin: options.stdin, tty: options.tty, quiet: options.quiet },
      detachKeys: options['detach-keys'],
      timeoutMs: options['pod-running-timeout'],
      restart: options.restart,
      leavesStdinOpen: options['leave-stdin-open'],
    });
  } finally {
    if (options.rm) await removed(options, session, made);
  }
}

/** Deletes what was made, in a session of its own where this one was stopped. What cannot be deleted is not told, as in kubectl. */
async function removed(
  { propagation, quiet }: Options,
  session: Session,
  made: readonly Info[],
): Promise<void> {
  using own = session.signal.aborted
    ? openSession({ ...session, signal: new AbortController().signal })
    : undefined;
  const after = own ?? session;
  for (const info of made) {
    const items = async function* (): AsyncGenerator<Info | Error> {
      yield await fetched(after, {}, info).catch((error: Error) => error);
    };
    const how = { dryRun: 'none', output: '', ignores: true, wait: false } as const;
    await removeAll(
      { ...how, graceSeconds: -1, timeout: 0, propagation, quiet },
      after,
      { isSingle: true, items },
      false,
    ).catch(() => {});
  }
}

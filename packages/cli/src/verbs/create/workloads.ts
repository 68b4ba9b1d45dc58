import { randomSuffix } from '@coxswain/base';
import { CronJobs, Deployments, Jobs } from '@coxswain/api';
import type { Command } from '../../command/command.ts';
import { int, list, text } from '../../command/flags.ts';
import { allObjects, find } from '../../objects/find.ts';
import { accepts } from '../../session/media.ts';
import type { Session } from '../../session/session.ts';
import { type Draft, generatorCommand } from './generator.ts';

/** The name of a container that runs an image: its last part, made fit for a name. */
export function containerName(image: string, random: () => number): string {
  const name = image.split('/').at(-1)!.split(':')[0]!.split('@')[0]!;
  return /[_.]/.test(name) ? `${name.replaceAll(/[_.]/g, '-')}-${randomSuffix(random)}` : name;
}

/** `kubectl create deployment`. */
export const deployment: Command = generatorCommand({
  name: 'deployment',
  aliases: ['deploy'],
  usage: 'deployment NAME --image=image -- [COMMAND] [args...]',
  summary: 'Create a deployment of pods that run an image',
  examples: `  create deployment web --image=nginx --replicas=3 --port=80
  create deployment shell --image=busybox -- sleep 1h`,
  flags: {
    image: list('Image to run; several make pods of several containers', { isRequired: true }),
    port: int(-1, 'Port that the first container listens on', { type: 'int32' }),
    replicas: int(1, 'How many pods', { short: 'r', type: 'int32' }),
  },
  resource: Deployments,
  failure: 'failed to create deployment: ',
  check({ flags, command }) {
    if (flags.image.length > 1 && command.length > 0)
      throw new Error('cannot specify multiple --image options and command');
  },
  draft({ name, flags, command }, { world }) {
    const labels = { app: name };
    const containers = flags.image.map((image, at) => ({
      name: containerName(image, world.random),
      ...{ image, command },
      ...(at === 0 && flags.port >= 0 && { ports: [{ containerPort: flags.port }] }),
    }));
    return {
      metadata: { name, labels },
      spec: {
        replicas: flags.replicas,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers } },
      },
    };
  },
});

const podOf = (name: string, image: string, command: readonly string[], restart: string) => ({
  spec: { containers: [{ name, image, command }], restartPolicy: restart },
});

/** `kubectl create cronjob`. */
export const cronJob: Command = generatorCommand({
  name: 'cronjob',
  aliases: ['cj'],
  usage: "cronjob NAME --image=image --schedule='0/5 * * * ?' -- [COMMAND] [args...] [flags]",
  summary: 'Create a cron job: a job at times of a schedule',
  examples: `  create cronjob tidy --image=busybox --schedule='*/5 * * * *' -- date`,
  flags: {
    image: text('', 'Image to run', { isRequired: true }),
    restart: text('', 'Restart policy of the pods: OnFailure or Never'),
    schedule: text('', 'When to run, in the form of cron', { isRequired: true }),
  },
  resource: CronJobs,
  failure: 'failed to create cronjob: ',
  draft: ({ name, flags, command }) => ({
    metadata: { name },
    spec: {
      schedule: flags.schedule,
      jobTemplate: {
        metadata: { name },
        spec: { template: podOf(name, flags.image, command, flags.restart || 'OnFailure') },
      },
    },
  }),
});

/** `kubectl create job`. */
export const job: Command = generatorCommand({
  name: 'job',
  usage: 'job NAME --image=image [--from=cronjob/name] -- [COMMAND] [args...]',
  summary: 'Create a job, of an image or of what a cron job runs',
  examples: `  create job once --image=busybox -- date
  create job now --from=cronjob/tidy`,
  flags: {
    from: text('', 'Cron job to run now'),
    image: text('', 'Image to run'),
  },
  resource: Jobs,
  failure: 'failed to create job: ',
  check({ flags, command }) {
    if ((flags.image === '') === (flags.from === ''))
      throw new Error('either --image or --from must be specified');
    if (command.length > 0 && flags.from) throw new Error('cannot specify --from and command');
  },
  draft: ({ name, flags, command }, session) =>
    flags.image
      ? { metadata: { name }, spec: { template: podOf(name, flags.image, command, 'Never') } }
      : fromCronJob(session, name, flags.from),
});

interface CronJobLike {
  readonly metadata: { readonly name: string; readonly uid?: string };
  readonly spec: {
    readonly jobTemplate: { readonly metadata?: Record<string, unknown>; readonly spec: object };
  };
}

async function fromCronJob(session: Session, name: string, from: string): Promise<Draft> {
  const { infos, errors } = await allObjects(
    await find(session, { args: [from], accept: accepts.builtIn }),
  );
  if (errors[0]) throw errors[0];
  const [info] = infos;
  if (!info || infos.length > 1) throw new Error('from must be an existing cronjob');
  const { group, version, kind } = info.resource;
  if (kind !== 'CronJob' || group !== 'batch')
    throw new Error(`unknown object type *${version}.${kind}`);
  const cron = info.object as unknown as CronJobLike;
  const { metadata: { labels, annotations } = {}, spec } = cron.spec.jobTemplate;
  const { name: owner, uid } = cron.metadata;
  return {
    metadata: {
      name,
      annotations: { 'cronjob.kubernetes.io/instantiate': 'manual', ...(annotations as object) },
      ...(labels !== undefined && { labels }),
      ownerReferences: [
        { apiVersion: 'batch/v1', kind: 'CronJob', name: owner, uid, controller: true },
      ],
    },
    spec,
  };
}

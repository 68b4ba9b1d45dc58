import { type Command, command, type Words } from '../../command/command.ts';
import { throwAll } from '../../command/failure.ts';
import { fieldManagerFlag } from '../../command/write-flags.ts';
import { changesOf, isEmpty, type Mutate, send } from '../../objects/change.ts';
import { allObjects } from '../../objects/find.ts';
import type { Info } from '../../objects/info.ts';
import { type PrintFlags, printFlags, resultPrinter } from '../../printers/formats.ts';
import type { Session } from '../../session/session.ts';
import { findTargets, targetFlags, type Targets, targetsOf, tellNothing } from './targets.ts';

const flags = {
  ...printFlags,
  ...targetFlags,
  'field-manager': fieldManagerFlag('kubectl-rollout'),
};

/** One way to change the pace of a rollout. */
interface Pace {
  readonly name: string;
  readonly summary: string;
  readonly details: string;
  readonly examples: string;
  readonly operation: string;
  readonly mutate: (session: Session) => Mutate<Workload>;
  /** What is said when nothing changes: a sentence to print, or one to fail with. */
  readonly unchanged: string | ((name: string) => Error);
}

interface Workload {
  readonly spec: {
    paused?: boolean;
    readonly template: {
      metadata?: { readonly annotations?: Readonly<Record<string, string>> };
    };
  };
}

const isOf = ({ resource: { group, kind } }: Info, ...kinds: readonly string[]): boolean =>
  group === 'apps' && kinds.includes(kind);

const paces: readonly Pace[] = [
  {
    name: 'pause',
    summary: 'Stop rolling out changes of a deployment for now',
    details:
      'Changes are taken, and rolled out once it is resumed. Only deployments can be paused.',
    examples: '  rollout pause deploy/web',
    operation: 'paused',
    unchanged: 'already paused',
    mutate:
      () =>
      ({ spec }, info) => {
        if (!isOf(info, 'Deployment')) throw new Error('pausing is not supported');
        if (spec.paused) throw new Error('is already paused');
        spec.paused = true;
      },
  },
  {
    name: 'restart',
    summary: 'Replace all pods, one after the other, by new ones of the same template',
    details: 'For deployments, daemon sets and stateful sets.',
    examples: `  rollout restart deploy/web
  rollout restart deploy -l app=shop`,
    operation: 'restarted',
    unchanged: (name) =>
      new Error(
        `failed to create patch for ${name}: if restart has already been triggered within the past second, please wait before attempting to trigger another`,
      ),
    mutate:
      ({ world }) =>
      ({ spec }, info) => {
        if (!isOf(info, 'Deployment', 'DaemonSet', 'StatefulSet'))
          throw new Error('restarting is not supported');
        if (spec.paused && isOf(info, 'Deployment'))
          throw new Error("can't restart paused deployment (run rollout resume first)");
        const { metadata } = spec.template;
        const restartedAt = localTime(world.clock.now());
        spec.template.metadata = {
          ...metadata,
          annotations: {
            ...metadata?.annotations,
            'kubectl.kubernetes.io/restartedAt': restartedAt,
          },
        };
      },
  },
  {
    name: 'resume',
    summary: 'Go on with a deployment that was paused',
    details: 'What changed since is rolled out in one go.',
    examples: '  rollout resume deploy/web',
    operation: 'resumed',
    unchanged: 'already resumed',
    mutate:
      () =>
      ({ spec }, info) => {
        if (!isOf(info, 'Deployment')) throw new Error('resuming is not supported');
        if (!spec.paused) throw new Error('is not paused');
        delete spec.paused;
      },
  },
];

/** A time of this machine's zone in RFC 3339, to the second. */
function localTime(ms: number): string {
  const eastMinutes = -new Date(ms).getTimezoneOffset();
  const local = new Date(ms + eastMinutes * 60_000).toISOString().slice(0, 19);
  if (eastMinutes === 0) return `${local}Z`;
  const [hours, minutes] = [Math.floor(Math.abs(eastMinutes) / 60), Math.abs(eastMinutes) % 60];
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${local}${eastMinutes < 0 ? '-' : '+'}${two(hours)}:${two(minutes)}`;
}

/** `kubectl rollout pause`, `restart` and `resume`. */
export const paceCommands: readonly Command[] = paces.map((pace) =>
  command({
    ...{ name: pace.name, summary: pace.summary, details: pace.details, flags },
    usage: `${pace.name} RESOURCE`,
    examples: pace.examples,
    complete: (words: Words<typeof flags>) => targetsOf(words),
    run: (options, session) => run(pace, options, session),
  }),
);

type Options = Targets & PrintFlags & { readonly 'field-manager': string };

async function run(pace: Pace, options: Options, session: Session): Promise<void> {
  const { infos, errors: missing } = await allObjects(await findTargets(session, options));
  const changes = changesOf(infos, pace.mutate(session));
  const errors = [...missing];
  if (changes.length === 0 && errors.length === 0) return tellNothing(session);
  for (const change of changes) {
    const { info, error } = change;
    const { resource, group } = info.resource;
    if (error) {
      const what = group ? `${resource}.${group}` : resource;
      errors.push(new Error(`error: ${what} ${JSON.stringify(info.name)} ${error.message}`));
      continue;
    }
    const isSame = isEmpty(change.patch);
    if (isSame && typeof pace.unchanged !== 'string') {
      errors.push(pace.unchanged(info.name));
      continue;
    }
    try {
      const fieldManager = options['field-manager'];
      const object = isSame
        ? change.after
        : await send(session, change, { dryRun: 'none', fieldManager });
      const operation = isSame ? String(pace.unchanged) : pace.operation;
      session.io.out(resultPrinter(options, operation, 'struct')(object));
    } catch (cause) {
      errors.push(new Error(`failed to patch: ${(cause as Error).message}`, { cause }));
    }
  }
  throwAll(errors);
}

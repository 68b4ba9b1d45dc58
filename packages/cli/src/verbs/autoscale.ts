import {
  canonicalQuantity,
  groupVersion,
  HorizontalPodAutoscalers,
  HorizontalPodAutoscalersV1,
} from '@coxswain/api';
import { type Command, command, type Words } from '../command/command.ts';
import { int, text } from '../command/flags.ts';
import { fileFlags } from '../command/shared-flags.ts';
import { dryRunFlag, dryRunOf, fieldManagerFlag, saveConfigFlag } from '../command/write-flags.ts';
import { eachObject, find } from '../objects/find.ts';
import type { Info, Unstructured } from '../objects/info.ts';
import { printFlags } from '../printers/formats.ts';
import { accepts } from '../session/media.ts';
import type { Session } from '../session/session.ts';
import { type Draft, printed, written } from './create/generator.ts';

const flags = {
  ...printFlags,
  ...fileFlags('that names what to scale'),
  cpu: text('', 'How busy the pods should be: a share of their request (70%) or an amount (500m)'),
  'cpu-percent': int(-1, 'The same as --cpu=N%', {
    ...{ type: 'int32', isHidden: true },
    deprecated:
      "Use --cpu with percentage or resource quantity format (e.g., '70%' for utilization or '500m' for milliCPU).",
  }),
  'dry-run': dryRunFlag,
  'field-manager': fieldManagerFlag('kubectl-autoscale'),
  max: int(-1, 'How many pods at most', { type: 'int32', isRequired: true }),
  memory: text('', 'How full their memory should be: a share (60%) or an amount (200Mi)'),
  min: int(-1, 'How many pods at least', { type: 'int32' }),
  name: text('', 'Name of the autoscaler; that of what it scales when not given'),
  'save-config': saveConfigFlag,
};

type Target =
  | { readonly type: 'Utilization'; readonly averageUtilization: number }
  | { readonly type: 'AverageValue'; readonly averageValue: string };

const units = { cpu: 'm', memory: 'Mi' } as const;

/** `70%`, `500m`; a bare number is of the resource's usual unit. */
function targetOf(resource: keyof typeof units, given: string): Target {
  const word = given.trim();
  if (word === '') throw new Error('empty input');
  if (word.endsWith('%')) {
    const share = word.slice(0, -1);
    if (!/^\+?\d{1,10}$/.test(share)) throw new Error(`invalid percentage value: ${share}`);
    return { type: 'Utilization', averageUtilization: Number(share) };
  }
  const isBare = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(word);
  try {
    const amount = isBare ? `${Number(word)}${units[resource]}` : word;
    return { type: 'AverageValue', averageValue: canonicalQuantity(amount) };
  } catch (cause) {
    if (isBare) throw cause;
    throw new Error(`invalid resource ${resource} value: ${word}`, { cause });
  }
}

type Options = ReturnType<typeof complete>;

function complete({ flags: given, args }: Words<typeof flags>) {
  const { max, min, cpu, memory, 'cpu-percent': percent } = given;
  dryRunOf(given['dry-run']);
  if (max < 1) throw new Error(`--max=MAXPODS is required and must be at least 1, max: ${max}`);
  if (max < min)
    throw new Error(
      `--max=MAXPODS must be larger or equal to --min=MINPODS, max: ${max}, min: ${min}`,
    );
  if (percent > 0 && cpu) throw new Error('--cpu-percent and --cpu are mutually exclusive');
  const targets = [
    ...(percent > 0
      ? [{ name: 'cpu', target: { type: 'Utilization', averageUtilization: percent } }]
      : []),
    ...(cpu ? [{ name: 'cpu', target: targetOf('cpu', cpu) }] : []),
    ...(memory ? [{ name: 'memory', target: targetOf('memory', memory) }] : []),
  ];
  return { ...given, args, targets };
}

/** `kubectl autoscale`. */
export const autoscale: Command = command({
  name: 'autoscale',
  usage:
    'autoscale (-f FILENAME | TYPE NAME | TYPE/NAME) [--min=MINPODS] --max=MAXPODS [--cpu=CPU] [--memory=MEMORY]',
  summary: 'Let the number of pods follow how busy they are',
  examples: `  autoscale deploy web --min=2 --max=10 --cpu=70%
  autoscale sts db --max=5 --memory=1Gi`,
  flags,
  complete,
  run,
});

async function run(options: Options, session: Session): Promise<void> {
  const found = await find(session, { args: options.args, files: options });
  const operation = dryRunOf(options['dry-run']) === 'client' ? 'created' : 'autoscaled';
  const count = await eachObject(found, async (info) => {
    const { group, version, kind, resource, subresources } = info.resource;
    if (!subresources['scale'])
      throw new Error(
        `cannot autoscale a ${kind}: could not find scale subresource for ${group}/${version}, Resource=${resource} in discovery information`,
      );
    session.io.out(printed(await made(options, info, session), options, operation));
  });
  if (count === 0) throw new Error('no objects passed to autoscale');
}

/** Creates the autoscaler; where the server refuses it, in the older version, which knows less. */
async function made(options: Options, info: Info, session: Session): Promise<Unstructured> {
  const { cpu, memory, 'cpu-percent': percent } = options;
  const form = { isSparse: true, accept: accepts.typed } as const;
  const draft = draftOf(options, info, session);
  try {
    return await written(session, HorizontalPodAutoscalers, draft, options, form);
  } catch (cause) {
    const isKnown = memory === '' && cpu.endsWith('%');
    if (!isKnown)
      throw new Error(
        `failed to create autoscaling/v2 HPA and the configuration is incompatible with autoscaling/v1: ${cpu ? '%!w(<nil>)' : 'empty input'}`,
        { cause },
      );
    const { metrics: _, ...spec } = draft['spec'] as Readonly<Record<string, unknown>>;
    const target = percent >= 0 && { targetCPUUtilizationPercentage: percent };
    const older = { ...draft, spec: { ...spec, ...target } };
    return written(session, HorizontalPodAutoscalersV1, older, options, form);
  }
}

function draftOf({ name, min, max, targets }: Options, info: Info, session: Session): Draft {
  const { name: namespace, isExplicit } = session.namespace();
  return {
    metadata: { name: name || info.name, ...(isExplicit && { namespace }) },
    spec: {
      scaleTargetRef: {
        apiVersion: groupVersion(info.resource),
        kind: info.resource.kind,
        name: info.name,
      },
      maxReplicas: max,
      ...(min > 0 && { minReplicas: min }),
      metrics: targets.map((resource) => ({ type: 'Resource', resource })),
    },
  };
}

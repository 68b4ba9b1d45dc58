import type { Job, JobSpec } from '@coxswain/api/types/batch-v1';
import type { Affinity, Container, PodSpec, PodTemplateSpec } from '@coxswain/api/types/core-v1';
import type { KindContext } from '../kind.ts';
import { equal } from '../rules/equal.ts';
import { invalidValue, type Rules } from '../rules/field.ts';
import { internalForm } from '../rules/internal-form.ts';
import { immutable } from '../rules/meta.ts';
import { jobRules, wholeSpec } from './job-rules.ts';

const fixed = [
  'completionMode',
  'podFailurePolicy',
  'backoffLimitPerIndex',
  'managedBy',
  'successPolicy',
] as const;

const types: Readonly<Record<string, string>> = {
  podFailurePolicy: 'batch.PodFailurePolicy',
  successPolicy: 'batch.SuccessPolicy',
};
const shown = (field: (typeof fixed)[number], spec: JobSpec): unknown =>
  types[field] ? internalForm(types[field], spec[field]) : (spec[field] ?? null);

/** All rules of an update of a job. */
export function* jobUpdateRules(next: Job, before: Job, context: KindContext): Rules {
  const { labels = {} } = before.spec.template.metadata ?? {};
  const prefixed = ['job-name', 'controller-uid'].every(
    (name) => labels[`batch.kubernetes.io/${name}`] !== undefined,
  );
  yield* jobRules(next, prefixed);
  yield* wholeSpec(next.spec); // upstream looks at it twice, and tells its causes twice
  yield* completionsUpdate(next.spec, before.spec);
  yield* immutable('spec.selector', next.spec.selector, before.spec.selector);
  yield* templateUpdate(next.spec.template, before, context);
  for (const field of fixed)
    if (!equal(next.spec[field], before.spec[field]))
      yield invalidValue(`spec.${field}`, shown(field, next.spec), 'field is immutable');
}

/** An indexed job may grow and shrink: its completions go with its parallelism. */
function* completionsUpdate(next: JobSpec, before: JobSpec): Rules {
  if (next.completions === before.completions) return;
  if (next.completionMode !== 'Indexed')
    yield* immutable('spec.completions', next.completions, before.completions);
  else if (next.completions !== undefined && next.completions !== next.parallelism)
    yield invalidValue(
      'spec.completions',
      next.completions,
      'can only be modified in tandem with spec.parallelism',
    );
}

/** While a job is suspended and nothing runs, it may be told where its pods go and what they may use. */
function* templateUpdate(
  next: PodTemplateSpec,
  { spec, status = {} }: Job,
  { enabled }: KindContext,
): Rules {
  const suspended = spec.suspend === true;
  const unstarted = status.startTime === undefined;
  const paused =
    status.conditions?.some((one) => one.type === 'Suspended' && one.status === 'True') ?? false;
  const idle = suspended && (unstarted || paused) && !status.active;
  const mayMove = enabled('MutableSchedulingDirectivesForSuspendedJobs')
    ? idle
    : suspended && unstarted;
  const old = mayMove ? withSchedulingOf(next, spec.template) : spec.template;
  if (idle && enabled('MutablePodResourcesForSuspendedJobs')) {
    if (!equal(next.spec, old.spec && withResourcesOf(next.spec, old.spec)))
      yield invalidValue(
        'spec.template.spec',
        internalForm('core.PodSpec', next.spec),
        'field is immutable',
      );
  } else if (!equal(next, old))
    yield invalidValue(
      'spec.template',
      internalForm('core.PodTemplateSpec', next),
      'field is immutable',
    );
}

/** The old template with those parts of the next one that say where pods go. */
function withSchedulingOf(next: PodTemplateSpec, old: PodTemplateSpec): PodTemplateSpec {
  const { labels, annotations } = next.metadata ?? {};
  const { nodeSelector, tolerations, schedulingGates, affinity } = next.spec ?? {};
  const spec: PodSpec | undefined = old.spec && {
    ...old.spec,
    ...{ nodeSelector, tolerations, schedulingGates },
    affinity: affinityFor(affinity, old.spec.affinity),
  };
  return { ...old, metadata: { ...old.metadata, labels, annotations }, spec };
}

function affinityFor(next: Affinity | undefined, old: Affinity | undefined): Affinity | undefined {
  if (!next && !old) return undefined;
  const affinity = { ...old, nodeAffinity: next?.nodeAffinity };
  return next || Object.values(affinity).some((part) => part !== undefined) ? affinity : undefined;
}

const listWithResources = (
  next: readonly Container[] | undefined,
  old: readonly Container[] | undefined,
): readonly Container[] | undefined =>
  old && next?.length === old.length
    ? old.map((container, index) => {
        const { name, resources } = next[index]!;
        return name === container.name ? { ...container, resources } : container;
      })
    : old;

/** The old spec with what the containers of the next one may use. */
const withResourcesOf = (next: PodSpec | undefined, old: PodSpec): PodSpec => ({
  ...old,
  containers: listWithResources(next?.containers, old.containers) ?? [],
  initContainers: listWithResources(next?.initContainers, old.initContainers),
});

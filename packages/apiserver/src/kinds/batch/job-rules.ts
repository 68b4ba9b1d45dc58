import type {
  Job,
  JobSpec,
  PodFailurePolicy,
  PodFailurePolicyRule,
  SuccessPolicy,
} from '@coxswain/api/types/batch-v1';
import type { PodSpec, PodTemplateSpec } from '@coxswain/api/types/core-v1';
import { equal } from '../rules/equal.ts';
import {
  allInvalid,
  duplicate,
  invalidValue,
  nonNegative,
  notSupported,
  required,
  tooLong,
  tooMany,
  type Rules,
} from '../rules/field.ts';
import { internalForm } from '../rules/internal-form.ts';
import { labelSelector, selects } from '../rules/labels.ts';
import { immutable } from '../rules/meta.ts';
import { dns1123Subdomain, qualifiedName } from '../rules/name.ts';
import { podTemplate, templateSelected } from '../rules/pod-template.ts';
import { neverDecremented } from '../rules/replicas.ts';

const indexesMax = 100_000;
const counts = [
  ...['parallelism', 'completions', 'activeDeadlineSeconds', 'backoffLimit'],
  ...['ttlSecondsAfterFinished', 'backoffLimitPerIndex', 'maxFailedIndexes'],
] as const;

/** Rules that jobs and templates of jobs share. */
export function* jobSpecRules(path: string, spec: JobSpec): Rules {
  for (const field of counts)
    yield* nonNegative(
      `${path}.${field}`,
      (spec as unknown as Readonly<Record<string, number | undefined>>)[field],
    );
  yield* indexRules(path, spec);
  if (spec.podFailurePolicy)
    yield* failurePolicy(`${path}.podFailurePolicy`, spec.podFailurePolicy, spec);
  if (spec.successPolicy) {
    if (spec.completionMode === 'Indexed')
      yield* successPolicy(`${path}.successPolicy`, spec.successPolicy);
    else
      yield invalidValue(
        `${path}.successPolicy`,
        internalForm('batch.SuccessPolicy', spec.successPolicy),
        'requires indexed completion mode',
      );
  }
  yield* replacement(path, spec);
  if (spec.managedBy !== undefined) yield* managedBy(`${path}.managedBy`, spec.managedBy);
  yield* podTemplate(`${path}.template`, spec.template);
  yield* restartPolicy(`${path}.template.spec.restartPolicy`, spec);
}

function* indexRules(path: string, spec: JobSpec): Rules {
  const {
    completionMode: mode,
    completions,
    parallelism = 0,
    backoffLimitPerIndex,
    maxFailedIndexes,
  } = spec;
  if (backoffLimitPerIndex !== undefined && mode !== 'Indexed')
    yield invalidValue(
      `${path}.backoffLimitPerIndex`,
      backoffLimitPerIndex,
      'requires indexed completion mode',
    );
  if (maxFailedIndexes !== undefined) {
    const at = `${path}.maxFailedIndexes`;
    if (completions !== undefined && maxFailedIndexes > completions)
      yield invalidValue(at, maxFailedIndexes, 'must be less than or equal to completions');
    if (maxFailedIndexes > indexesMax)
      yield invalidValue(at, maxFailedIndexes, `must be less than or equal to ${indexesMax}`);
    if (backoffLimitPerIndex === undefined)
      yield required(`${path}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified');
  }
  if (mode !== undefined && mode !== 'NonIndexed' && mode !== 'Indexed')
    yield notSupported(`${path}.completionMode`, mode, ['NonIndexed', 'Indexed']);
  if (mode !== 'Indexed') return;
  if (completions === undefined)
    yield required(`${path}.completions`, 'when completion mode is Indexed');
  if (parallelism > indexesMax)
    yield invalidValue(
      `${path}.parallelism`,
      parallelism,
      `must be less than or equal to ${indexesMax} when completion mode is Indexed`,
    );
}

function* replacement(
  path: string,
  { podReplacementPolicy: policy, podFailurePolicy }: JobSpec,
): Rules {
  if (policy === undefined) return;
  const allowed = podFailurePolicy ? ['Failed'] : ['Failed', 'TerminatingOrFailed'];
  if (!allowed.includes(policy))
    yield notSupported(`${path}.podReplacementPolicy`, policy, allowed);
}

function* managedBy(path: string, name: string): Rules {
  const slash = name.indexOf('/');
  if (!name) yield required(path);
  else if (slash <= 0 || slash === name.length - 1)
    yield invalidValue(path, name, 'must be a domain-prefixed path (such as "acme.io/foo")');
  else yield* allInvalid(path, name.slice(0, slash), dns1123Subdomain(name.slice(0, slash)));
  if (name.length > 63) yield tooLong(path, 63);
}

function* restartPolicy(path: string, { template, podFailurePolicy }: JobSpec): Rules {
  const policy = template.spec?.restartPolicy;
  if (!policy || policy === 'Always') yield required(path, 'valid values: "OnFailure", "Never"');
  else if (policy !== 'OnFailure' && policy !== 'Never')
    yield notSupported(path, policy, ['OnFailure', 'Never']);
  else if (podFailurePolicy && policy !== 'Never')
    yield invalidValue(
      path,
      policy,
      'only "Never" is supported when podFailurePolicy is specified',
    );
}

const policyRulesMax = 20;
const exitCodesMax = 255;
const patternsMax = 20;
const actions = ['Count', 'FailIndex', 'FailJob', 'Ignore'];

function* failurePolicy(path: string, { rules }: PodFailurePolicy, spec: JobSpec): Rules {
  if (rules.length > policyRulesMax) yield tooMany(`${path}.rules`, rules.length, policyRulesMax);
  const pod = spec.template.spec;
  const names = [...(pod?.containers ?? []), ...(pod?.initContainers ?? [])].map(
    ({ name }) => name,
  );
  for (const [index, rule] of rules.entries()) {
    const at = `${path}.rules[${index}]`;
    if (!rule.action)
      yield required(`${at}.action`, 'valid values: ["Count" "FailIndex" "FailJob" "Ignore"]');
    else if (!actions.includes(rule.action))
      yield notSupported(`${at}.action`, rule.action, actions);
    else if (rule.action === 'FailIndex' && spec.backoffLimitPerIndex === undefined)
      yield invalidValue(
        `${at}.action`,
        rule.action,
        'requires the backoffLimitPerIndex to be set',
      );
    yield* failureRule(at, rule, names);
  }
}

function* failureRule(
  path: string,
  rule: PodFailurePolicyRule,
  containers: readonly string[],
): Rules {
  const { onExitCodes, onPodConditions = [] } = rule;
  if (onExitCodes && onPodConditions.length)
    yield invalidValue(
      path,
      rule,
      'specifying both OnExitCodes and OnPodConditions is not supported',
    );
  if (!onExitCodes && !onPodConditions.length)
    yield invalidValue(path, rule, 'specifying one of OnExitCodes and OnPodConditions is required');
  if (onPodConditions.length > patternsMax)
    yield tooMany(`${path}.onPodConditions`, onPodConditions.length, patternsMax);
  for (const [index, { type, status }] of onPodConditions.entries()) {
    const at = `${path}.onPodConditions[${index}]`;
    yield* allInvalid(`${at}.type`, type, qualifiedName(type));
    if (!status) yield required(`${at}.status`, 'valid values: ["False" "True" "Unknown"]');
    else if (!['False', 'True', 'Unknown'].includes(status))
      yield notSupported(`${at}.status`, status, ['False', 'True', 'Unknown']);
  }
  if (!onExitCodes) return;
  const { operator, containerName } = onExitCodes;
  const at = `${path}.onExitCodes`;
  if (!operator) yield required(`${at}.operator`, 'valid values: ["In" "NotIn"]');
  else if (operator !== 'In' && operator !== 'NotIn')
    yield notSupported(`${at}.operator`, operator, ['In', 'NotIn']);
  if (containerName !== undefined && !containers.includes(containerName))
    yield invalidValue(
      `${at}.containerName`,
      containerName,
      'must be one of the container or initContainer names in the pod template',
    );
  yield* exitCodes(`${at}.values`, operator, onExitCodes.values ?? []);
}

function* exitCodes(path: string, operator: string, values: readonly number[]): Rules {
  if (!values.length) yield invalidValue(path, values, 'at least one value is required');
  else if (values.length > exitCodesMax) yield tooMany(path, values.length, exitCodesMax);
  for (const [index, value] of values.entries()) {
    if (operator === 'In' && value === 0)
      yield invalidValue(`${path}[${index}]`, value, 'must not be 0 for the In operator');
    if (values.indexOf(value) < index) yield duplicate(`${path}[${index}]`, value);
  }
  if (values.some((value, index) => index > 0 && value < values[index - 1]!))
    yield invalidValue(path, values, 'must be ordered');
}

function* successPolicy(path: string, policy: SuccessPolicy): Rules {
  const rules = policy.rules ?? [];
  if (!rules.length)
    yield required(
      `${path}.rules`,
      'at least one rules must be specified when the successPolicy is specified',
    );
  if (rules.length > policyRulesMax) yield tooMany(`${path}.rules`, rules.length, policyRulesMax);
  for (const [index, { succeededCount, succeededIndexes }] of rules.entries()) {
    const at = `${path}.rules[${index}]`;
    if (succeededCount === undefined && succeededIndexes === undefined)
      yield required(at, 'at least one of succeededCount or succeededIndexes must be specified');
    yield* nonNegative(`${at}.succeededCount`, succeededCount);
  }
}

function* ownSelector({ spec, metadata }: Job): Rules {
  if (spec.manualSelector || !spec.selector) return;
  const uid = metadata.uid ?? '';
  if (!uid) yield required('metadata.uid');
  const labels = spec.template.metadata?.labels ?? {};
  const own = [
    ['controller-uid', uid],
    ['job-name', metadata.name],
    ['batch.kubernetes.io/controller-uid', uid],
    ['batch.kubernetes.io/job-name', metadata.name],
  ] as const;
  for (const [key, expected] of own) {
    const at = `spec.template.metadata.labels[${key}]`;
    const why = `must be '${expected}'`;
    if (labels[key] === undefined) yield required(at, why);
    else if (labels[key] !== expected) yield invalidValue(at, labels, why);
  }
  if (!selects(spec.selector, Object.fromEntries(own)))
    yield invalidValue('spec.selector', spec.selector, '`selector` not auto-generated');
}

export function* jobRules(job: Job): Rules {
  yield* ownSelector(job);
  yield* wholeSpec(job.spec);
}

function* wholeSpec(spec: JobSpec): Rules {
  yield* jobSpecRules('spec', spec);
  if (spec.selector) yield* labelSelector('spec.selector', spec.selector);
  else yield required('spec.selector');
  yield* templateSelected('spec.template', spec.selector, spec.template);
}

const fixed = [
  'selector',
  'completionMode',
  'podFailurePolicy',
  'backoffLimitPerIndex',
  'managedBy',
  'successPolicy',
] as const;

export function* jobUpdateRules(next: Job, before: Job): Rules {
  yield* wholeSpec(next.spec);
  yield* completionsUpdate(next.spec, before.spec);
  const startable = before.spec.suspend === true && before.status?.startTime === undefined;
  yield* immutable(
    'spec.template',
    startable ? withSchedulingOf(next.spec.template, before.spec.template) : next.spec.template,
    before.spec.template,
  );
  for (const field of fixed)
    yield* immutable(`spec.${field}`, next.spec[field], before.spec[field]);
}

/** An indexed job may grow and shrink: its completions go with its parallelism. */
function* completionsUpdate(next: JobSpec, before: JobSpec): Rules {
  if (next.completions === before.completions) return;
  const elastic =
    next.completionMode === 'Indexed' &&
    next.completions !== undefined &&
    before.completions !== undefined;
  if (!elastic) yield* immutable('spec.completions', next.completions, before.completions);
  else if (next.completions !== next.parallelism)
    yield invalidValue(
      'spec.completions',
      next.completions,
      'can only be modified in tandem with spec.parallelism',
    );
}

/** The next template with those parts of the old one that say where pods go, or what they may use. */
function withSchedulingOf(next: PodTemplateSpec, before: PodTemplateSpec): PodTemplateSpec {
  const spec: PodSpec | undefined = next.spec && {
    ...next.spec,
    nodeSelector: before.spec?.nodeSelector,
    tolerations: before.spec?.tolerations,
    schedulingGates: before.spec?.schedulingGates,
    affinity: equal(next.spec.affinity, before.spec?.affinity)
      ? next.spec.affinity
      : { ...next.spec.affinity, nodeAffinity: before.spec?.affinity?.nodeAffinity },
    containers: withResourcesOf(next.spec.containers, before.spec?.containers),
  };
  return { ...next, metadata: before.metadata, spec };
}

const withResourcesOf = (
  next: PodSpec['containers'],
  before: PodSpec['containers'] = [],
): PodSpec['containers'] =>
  next.map((container, index) => ({ ...container, resources: before[index]?.resources }));

export function* jobStatusRules({ status = {} }: Job, before: Job): Rules {
  for (const field of ['active', 'succeeded', 'failed', 'ready', 'terminating'] as const)
    yield* nonNegative(`status.${field}`, status[field]);
  const finished = (type: string): boolean =>
    status.conditions?.some((one) => one.type === type && one.status === 'True') ?? false;
  if (finished('Complete') && finished('Failed'))
    yield invalidValue(
      'status.conditions',
      status.conditions,
      'cannot set Complete=True and Failed=true conditions',
    );
  if (status.completionTime && !finished('Complete'))
    yield invalidValue(
      'status.completionTime',
      status.completionTime,
      'cannot set completionTime when there is no Complete=True condition',
    );
  if (
    before.status?.startTime !== undefined &&
    status.startTime === undefined &&
    !before.spec.suspend
  )
    yield required('status.startTime', 'startTime cannot be removed for unsuspended job');
  yield* neverDecremented('status.failed', status.failed ?? 0, before.status?.failed ?? 0);
}

import type {
  Job,
  JobSpec,
  PodFailurePolicy,
  PodFailurePolicyOnExitCodesRequirement,
  PodFailurePolicyRule,
  SuccessPolicy,
  SuccessPolicyRule,
} from '@coxswain/api/types/batch-v1';
import type { LabelSelector } from '@coxswain/api/types/meta';
import { domainPrefixedPath } from '../rules/domain-path.ts';
import {
  allInvalid,
  duplicate,
  int32Max,
  invalidUnshown,
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
import { bytesOf, dns1123Label, qualifiedName } from '../rules/name.ts';
import { podTemplate, templateSelected } from '../rules/pod-template.ts';
import { countIndexes } from './job-indexes.ts';

const indexesMax = 100_000;
/** How many may run, or fail, at once when there are more indexes than that. */
const manyIndexesMax = 10_000;
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
      yield* successPolicy(`${path}.successPolicy`, spec.successPolicy, spec.completions);
    else
      yield invalidValue(
        `${path}.successPolicy`,
        internalForm('batch.SuccessPolicy', spec.successPolicy),
        'requires indexed completion mode',
      );
  }
  yield* replacement(path, spec);
  yield* podTemplate(`${path}.template`, spec.template);
  yield* restartPolicy(`${path}.template.spec.restartPolicy`, spec);
}

function* indexRules(path: string, spec: JobSpec): Rules {
  const { completionMode: mode, backoffLimitPerIndex, maxFailedIndexes } = spec;
  if (maxFailedIndexes !== undefined && backoffLimitPerIndex === undefined)
    yield required(`${path}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified');
  if (spec.managedBy !== undefined) yield* managedBy(`${path}.managedBy`, spec.managedBy);
  if (mode !== undefined && mode !== 'NonIndexed' && mode !== 'Indexed')
    yield notSupported(`${path}.completionMode`, mode, ['NonIndexed', 'Indexed']);
  if (mode === 'Indexed') yield* indexedRules(path, spec);
  if (mode !== undefined && mode !== 'NonIndexed') return;
  for (const field of ['backoffLimitPerIndex', 'maxFailedIndexes'] as const)
    if (spec[field] !== undefined)
      yield invalidValue(`${path}.${field}`, spec[field], 'requires indexed completion mode');
}

function* indexedRules(path: string, spec: JobSpec): Rules {
  const { completions, parallelism = 0, backoffLimitPerIndex, maxFailedIndexes } = spec;
  if (completions === undefined)
    yield required(`${path}.completions`, 'when completion mode is Indexed');
  if (parallelism > indexesMax)
    yield invalidValue(
      `${path}.parallelism`,
      parallelism,
      `must be less than or equal to ${indexesMax} when completion mode is Indexed`,
    );
  const at = `${path}.maxFailedIndexes`;
  if (completions !== undefined && maxFailedIndexes !== undefined && maxFailedIndexes > completions)
    yield invalidValue(at, maxFailedIndexes, 'must be less than or equal to completions');
  if (maxFailedIndexes !== undefined && maxFailedIndexes > indexesMax)
    yield invalidValue(at, maxFailedIndexes, `must be less than or equal to ${indexesMax}`);
  if ((completions ?? 0) <= indexesMax || backoffLimitPerIndex === undefined) return;
  if (maxFailedIndexes === undefined)
    yield required(at, `must be specified when completions is above ${indexesMax}`);
  const why = `must be less than or equal to ${manyIndexesMax} when completions are above ${indexesMax} and used with backoff limit per index`;
  if (parallelism > manyIndexesMax) yield invalidValue(`${path}.parallelism`, parallelism, why);
  if (maxFailedIndexes !== undefined && maxFailedIndexes > manyIndexesMax)
    yield invalidValue(at, maxFailedIndexes, why);
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
  yield* domainPrefixedPath(path, name);
  if (bytesOf(name) > managerBytesMax) yield tooLong(path, managerBytesMax);
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

const managerBytesMax = 63;
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
  if (onExitCodes) yield* exitCodeRules(`${path}.onExitCodes`, onExitCodes, containers);
  if (onPodConditions.length > patternsMax)
    yield tooMany(`${path}.onPodConditions`, onPodConditions.length, patternsMax);
  for (const [index, { type, status }] of onPodConditions.entries()) {
    const at = `${path}.onPodConditions[${index}]`;
    yield* allInvalid(`${at}.type`, type, qualifiedName(type));
    if (!status) yield required(`${at}.status`, 'valid values: ["False" "True" "Unknown"]');
    else if (!['False', 'True', 'Unknown'].includes(status))
      yield notSupported(`${at}.status`, status, ['False', 'True', 'Unknown']);
  }
  if (onExitCodes && onPodConditions.length)
    yield invalidUnshown(path, 'specifying both OnExitCodes and OnPodConditions is not supported');
  if (!onExitCodes && !onPodConditions.length)
    yield invalidUnshown(path, 'specifying one of OnExitCodes and OnPodConditions is required');
}

function* exitCodeRules(
  at: string,
  { operator, containerName, values }: PodFailurePolicyOnExitCodesRequirement,
  containers: readonly string[],
): Rules {
  if (!operator) yield required(`${at}.operator`, 'valid values: ["In" "NotIn"]');
  else if (operator !== 'In' && operator !== 'NotIn')
    yield notSupported(`${at}.operator`, operator, ['In', 'NotIn']);
  if (containerName !== undefined && !containers.includes(containerName))
    yield invalidValue(
      `${at}.containerName`,
      containerName,
      'must be one of the container or initContainer names in the pod template',
    );
  yield* exitCodes(`${at}.values`, operator, values ?? []);
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

function* successPolicy(
  path: string,
  policy: SuccessPolicy,
  completions: number | undefined,
): Rules {
  const rules = policy.rules ?? [];
  if (!rules.length)
    yield required(
      `${path}.rules`,
      'at least one rules must be specified when the successPolicy is specified',
    );
  if (rules.length > policyRulesMax) yield tooMany(`${path}.rules`, rules.length, policyRulesMax);
  for (const [index, rule] of rules.entries())
    yield* successRule(`${path}.rules[${index}]`, rule, completions ?? int32Max);
}

const indexesBytesMax = 64 * 1024;

function* successRule(
  at: string,
  { succeededCount, succeededIndexes }: SuccessPolicyRule,
  completions: number,
): Rules {
  if (succeededCount === undefined && succeededIndexes === undefined)
    yield required(at, 'at least one of succeededCount or succeededIndexes must be specified');
  let named = 0;
  if (succeededIndexes !== undefined) {
    const path = `${at}.succeededIndexes`;
    if (bytesOf(succeededIndexes) > indexesBytesMax) yield tooLong(path, indexesBytesMax);
    const count = countIndexes(succeededIndexes, completions);
    if (typeof count === 'string')
      yield invalidValue(path, succeededIndexes, `error parsing succeededIndexes: ${count}`);
    else named = count;
  }
  if (succeededCount === undefined) return;
  yield* nonNegative(`${at}.succeededCount`, succeededCount);
  const bounds = [
    [completions, 'the number of specified completions'],
    [
      succeededIndexes === undefined ? int32Max : named,
      'the number of indexes in the specified succeededIndexes field',
    ],
  ] as const;
  for (const [most, what] of bounds)
    if (succeededCount > most)
      yield invalidValue(
        `${at}.succeededCount`,
        succeededCount,
        `must be less than or equal to ${most} (${what})`,
      );
}

function* ownSelector({ spec, metadata }: Job, prefixed: boolean): Rules {
  if (spec.manualSelector || !spec.selector) return;
  const uid = metadata.uid ?? '';
  const name = metadata.name ?? '';
  if (!uid) yield required('metadata.uid');
  const labels = spec.template.metadata?.labels ?? {};
  const own = Object.entries({
    'controller-uid': uid,
    'job-name': name,
    ...(prefixed && {
      'batch.kubernetes.io/controller-uid': uid,
      'batch.kubernetes.io/job-name': name,
    }),
  });
  for (const [key, expected] of own) {
    const at = `spec.template.metadata.labels[${key}]`;
    const why = `must be '${expected}'`;
    if (labels[key] === undefined) yield required(at, why);
    else if (labels[key] !== expected) yield invalidValue(at, labels, why);
  }
  if (!selects(spec.selector, Object.fromEntries(own)))
    yield invalidValue(
      'spec.selector',
      shownSelector(spec.selector),
      '`selector` not auto-generated',
    );
}

const shownSelector = ({ matchLabels, ...rest }: LabelSelector): LabelSelector =>
  matchLabels
    ? {
        matchLabels: Object.fromEntries(
          Object.entries(matchLabels).toSorted(([a], [b]) => (a < b ? -1 : 1)),
        ),
        ...rest,
      }
    : rest;

/** Rules of a job; `prefixed`: its pods must carry the labels with a domain as well. */
export function* jobRules(job: Job, prefixed = true): Rules {
  yield* ownSelector(job, prefixed);
  yield* wholeSpec(job.spec);
  const { completionMode, completions = 0 } = job.spec;
  const name = job.metadata.name ?? '';
  const hostname = `${name}-${completions - 1}`;
  if (completionMode === 'Indexed' && completions > 0 && dns1123Label(hostname).length)
    yield invalidValue(
      'metadata.name',
      name,
      `will not able to create pod with invalid DNS label: ${hostname}`,
    );
}

/** Rules of a job's spec with its selector. */
export function* wholeSpec(spec: JobSpec): Rules {
  yield* jobSpecRules('spec', spec);
  if (spec.selector) yield* labelSelector('spec.selector', spec.selector);
  else yield required('spec.selector');
  yield* templateSelected('spec.template', spec.selector, spec.template);
}

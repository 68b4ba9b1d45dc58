import type { Job, PodFailurePolicyRule } from '@coxswain/api/types/batch-v1';
import type { ContainerStatus, Pod } from '@coxswain/api/types/core-v1';

/** What the first matching rule says about a failed pod. */
export interface Verdict {
  readonly action: 'FailJob' | 'FailIndex' | 'Ignore' | 'Count';
  readonly message: string;
}

/** The rule of the Job's podFailurePolicy that a failed pod falls under; undefined when none does. */
export function verdictOf(job: Job, pod: Pod): Verdict | undefined {
  const rules = job.spec?.podFailurePolicy?.rules ?? [];
  for (const [at, rule] of rules.entries()) {
    const matched = matchExitCodes(rule, pod) ?? matchConditions(rule, pod);
    if (!matched) continue;
    const message = `${matched} matching ${rule.action} rule at index ${at}`;
    return { action: rule.action as Verdict['action'], message };
  }
  return undefined;
}

/** The failure counts against the backoff limit. */
export const counts = (job: Job, pod: Pod): boolean => verdictOf(job, pod)?.action !== 'Ignore';

function matchExitCodes({ onExitCodes }: PodFailurePolicyRule, pod: Pod): string | undefined {
  if (!onExitCodes) return undefined;
  const { containerName, operator, values } = onExitCodes;
  const { containerStatuses = [], initContainerStatuses = [] } = pod.status ?? {};
  const fits = ({ name, state }: ContainerStatus): boolean => {
    const code = state?.terminated?.exitCode ?? 0;
    if (code === 0 || (containerName && containerName !== name)) return false;
    return values.includes(code) === (operator === 'In');
  };
  const found = [...containerStatuses, ...initContainerStatuses].find(fits);
  if (!found) return undefined;
  const { name, namespace } = pod.metadata;
  const code = found.state!.terminated!.exitCode;
  return `Container ${found.name} for pod ${namespace}/${name} failed with exit code ${code}`;
}

function matchConditions({ onPodConditions }: PodFailurePolicyRule, pod: Pod): string | undefined {
  const found = pod.status?.conditions?.find(({ type, status }) =>
    onPodConditions?.some((each) => each.type === type && (each.status || 'True') === status),
  );
  if (!found) return undefined;
  return `Pod ${pod.metadata.namespace}/${pod.metadata.name} has condition ${found.type}`;
}

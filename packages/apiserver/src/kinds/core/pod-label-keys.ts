import type { PodAffinity, PodAffinityTerm, PodSpec } from '@coxswain/api/types/core-v1';
import type { LabelSelector, LabelSelectorRequirement } from '@coxswain/api/types/meta';

type Labels = Readonly<Record<string, string>>;

const requirements = (
  keys: readonly string[] | undefined,
  operator: 'In' | 'NotIn',
  labels: Labels,
): LabelSelectorRequirement[] =>
  (keys ?? [])
    .filter((key) => labels[key] !== undefined)
    .map((key) => ({ key, operator, values: [labels[key]!] }));

function extended(
  selector: LabelSelector,
  added: readonly LabelSelectorRequirement[],
): LabelSelector {
  return added.length
    ? { ...selector, matchExpressions: [...(selector.matchExpressions ?? []), ...added] }
    : selector;
}

function matchedTerm(term: PodAffinityTerm, labels: Labels): PodAffinityTerm {
  const { labelSelector, matchLabelKeys, mismatchLabelKeys } = term;
  if (!labelSelector || (!matchLabelKeys?.length && !mismatchLabelKeys?.length)) return term;
  const added = [
    ...requirements(matchLabelKeys, 'In', labels),
    ...requirements(mismatchLabelKeys, 'NotIn', labels),
  ];
  return { ...term, labelSelector: extended(labelSelector, added) };
}

function matchedAffinity<T extends PodAffinity>(
  affinity: T | undefined,
  labels: Labels,
): T | undefined {
  if (!affinity) return affinity;
  const hard = affinity.requiredDuringSchedulingIgnoredDuringExecution;
  const soft = affinity.preferredDuringSchedulingIgnoredDuringExecution;
  return {
    ...affinity,
    ...(hard && {
      requiredDuringSchedulingIgnoredDuringExecution: hard.map((term) => matchedTerm(term, labels)),
    }),
    ...(soft && {
      preferredDuringSchedulingIgnoredDuringExecution: soft.map((one) => ({
        ...one,
        podAffinityTerm: matchedTerm(one.podAffinityTerm, labels),
      })),
    }),
  };
}

/** Turns `matchLabelKeys` of affinities and spread constraints into selectors with the pod's own values. */
export function withMatchedLabels(spec: PodSpec, labels: Labels = {}): PodSpec {
  const { affinity, topologySpreadConstraints: spread } = spec;
  if (!affinity?.podAffinity && !affinity?.podAntiAffinity && !spread?.length) return spec;
  return {
    ...spec,
    ...(affinity && {
      affinity: {
        ...affinity,
        podAffinity: matchedAffinity(affinity.podAffinity, labels),
        podAntiAffinity: matchedAffinity(affinity.podAntiAffinity, labels),
      },
    }),
    ...(spread && {
      topologySpreadConstraints: spread.map((one) =>
        one.labelSelector && one.matchLabelKeys?.length
          ? {
              ...one,
              labelSelector: extended(
                one.labelSelector,
                requirements(one.matchLabelKeys, 'In', labels),
              ),
            }
          : one,
      ),
    }),
  };
}

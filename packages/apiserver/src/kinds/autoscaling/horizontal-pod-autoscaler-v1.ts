import { HorizontalPodAutoscalers, HorizontalPodAutoscalersV1 } from '@coxswain/api';
import type {
  HorizontalPodAutoscaler as V1,
  MetricSpec as MetricV1,
  MetricStatus as MetricStatusV1,
} from '@coxswain/api/types/autoscaling-v1';
import type { HorizontalPodAutoscaler as V2, MetricSpec } from '@coxswain/api/types/autoscaling-v2';
import type { Kind } from '../kind.ts';
import { statusCounts } from '../rules/replicas.ts';
import { splitStatus } from '../rules/split.ts';
import { internalForm, versionedForm } from '../rules/internal-form.ts';
import {
  metricFromV1,
  metricStatusFromV1,
  metricStatusToV1,
  metricToV1,
} from './annotated-metrics.ts';
import { autoscalerRules } from './autoscaler-rules.ts';
import { cpuShare, horizontalPodAutoscalerKind } from './horizontal-pod-autoscaler.ts';

/** Where version 1 keeps what it has no field for, as upstream does. */
const metricsKey = 'autoscaling.alpha.kubernetes.io/metrics';
const currentMetricsKey = 'autoscaling.alpha.kubernetes.io/current-metrics';
const conditionsKey = 'autoscaling.alpha.kubernetes.io/conditions';
const behaviorKey = 'autoscaling.alpha.kubernetes.io/behavior';
const keys = [metricsKey, currentMetricsKey, conditionsKey, behaviorKey];

const isPlainCpu = ({ resource }: MetricSpec): boolean =>
  resource?.name === 'cpu' && resource.target.averageUtilization !== undefined;

const cpuMetric = (share: number): MetricSpec => ({
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: share } },
});

/** What an annotation holds; one that is no JSON counts for nothing. */
function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as unknown);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const behaviorType = 'autoscaling.HorizontalPodAutoscalerBehavior';

const withoutKeys = (annotations: V1['metadata']['annotations']): V1['metadata']['annotations'] => {
  if (!annotations || !keys.some((key) => annotations[key] !== undefined)) return annotations;
  const kept = Object.entries(annotations).filter(([key]) => !keys.includes(key));
  return kept.length ? Object.fromEntries(kept) : undefined;
};

const metricsIn = (text: string | undefined): readonly MetricV1[] =>
  (parsed(text) ?? []) as readonly MetricV1[];

/** The autoscaler as version 2 stores it. */
export function toVersion2({ spec, status, metadata, ...rest }: V1): V2 {
  const { targetCPUUtilizationPercentage: share, ...shared } = spec;
  const given = metadata.annotations ?? {};
  const others = metricsIn(given[metricsKey]).map(metricFromV1);
  const metrics = [...others, ...(share === undefined ? [] : [cpuMetric(share)])];
  const held = parsed(given[behaviorKey]) as object | undefined;
  const behavior = held && versionedForm(behaviorType, held);
  const { currentCPUUtilizationPercentage: _, ...counts } = status ?? {};
  return {
    ...rest,
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { ...metadata, annotations: withoutKeys(metadata.annotations) },
    spec: {
      ...shared,
      ...(metrics.length && { metrics }),
      ...(behavior !== undefined && { behavior }),
    },
    ...(status && {
      status: {
        ...counts,
        desiredReplicas: status.desiredReplicas ?? 0,
        currentMetrics: (
          parsed(given[currentMetricsKey]) as readonly MetricStatusV1[] | undefined
        )?.map(metricStatusFromV1),
        conditions: parsed(given[conditionsKey]),
      },
    }),
  } as V2;
}

/** A stored autoscaler as version 1 shows it. */
export function fromVersion2({ spec, status, metadata, ...rest }: V2): V1 {
  const { metrics = [], behavior, ...shared } = spec;
  const cpu = metrics.find(isPlainCpu);
  const others = metrics.filter((metric) => metric !== cpu);
  const { currentMetrics, conditions, ...counts } = status ?? {};
  const kept: Record<string, string> = { ...metadata.annotations };
  if (others.length) kept[metricsKey] = JSON.stringify(others.map(metricToV1));
  if (currentMetrics?.length)
    kept[currentMetricsKey] = JSON.stringify(currentMetrics.map(metricStatusToV1));
  if (conditions?.length) kept[conditionsKey] = JSON.stringify(conditions);
  if (behavior) kept[behaviorKey] = JSON.stringify(internalForm(behaviorType, behavior));
  const current = currentMetrics?.find(({ resource }) => resource?.name === 'cpu')?.resource
    ?.current.averageUtilization;
  const share = cpu?.resource?.target.averageUtilization;
  return {
    ...rest,
    apiVersion: 'autoscaling/v1',
    kind: 'HorizontalPodAutoscaler',
    metadata: { ...metadata, ...(Object.keys(kept).length && { annotations: kept }) },
    spec: { ...shared, ...(share !== undefined && { targetCPUUtilizationPercentage: share }) },
    ...(status && {
      status: {
        currentReplicas: 0,
        ...counts,
        ...(current !== undefined && { currentCPUUtilizationPercentage: current }),
      },
    }),
  } as V1;
}

const split = splitStatus<V1>({ currentReplicas: 0, desiredReplicas: 0 });

/** The elder version of the same autoscalers: processors only. */
export const horizontalPodAutoscalerV1Kind: Kind<V1> = {
  resource: HorizontalPodAutoscalersV1,
  storedAs: {
    resource: HorizontalPodAutoscalers,
    toStored: toVersion2,
    fromStored: (stored) => fromVersion2(stored as V2),
  },
  shortNames: ['hpa'],
  categories: ['all'],
  generation: false,
  ...split,
  defaults: ({ spec, metadata }) => {
    spec.minReplicas ??= 1;
    const { [metricsKey]: metrics, ...others } = metadata.annotations ?? {};
    if (metricsIn(metrics).length > 0) return;
    spec.targetCPUUtilizationPercentage ??= cpuShare;
    if (metrics === undefined) return;
    if (Object.keys(others).length > 0) metadata.annotations = others;
    else delete metadata.annotations; // it said nothing
  },
  validate: (object) => autoscalerRules(toVersion2(object)),
  validateUpdate: (next, before) => autoscalerRules(toVersion2(next), toVersion2(before)),
  status: {
    ...split.status,
    validateUpdate: ({ status }) =>
      statusCounts(status, ['currentReplicas', 'desiredReplicas'], []),
  },
  columns: horizontalPodAutoscalerKind.columns!.map((column) => ({
    ...column,
    value: (object, at) => column.value(toVersion2(object), at),
  })),
};

import { HorizontalPodAutoscalers } from '@coxswain/api';
import type { HorizontalPodAutoscaler, HPAScalingRules } from '@coxswain/api/types/autoscaling-v2';
import type { Draft, Kind } from '../kind.ts';
import { ageColumn, nameColumn, textColumn } from '../rules/columns.ts';
import { statusCounts } from '../rules/replicas.ts';
import { splitStatus } from '../rules/split.ts';
import { autoscalerRules } from './autoscaler-rules.ts';
import { metricsText } from './metrics-text.ts';

const split = splitStatus<HorizontalPodAutoscaler>({ desiredReplicas: 0, currentMetrics: null });
/** What is aimed at when nothing else is. */
export const cpuShare = 80;

function scalingDefaults(
  rules: Draft<HPAScalingRules> | undefined,
  otherwise: Draft<HPAScalingRules>,
): Draft<HPAScalingRules> {
  return { ...otherwise, ...rules };
}

/** Changes the number of pods with what they use. */
export const horizontalPodAutoscalerKind: Kind<HorizontalPodAutoscaler> = {
  resource: HorizontalPodAutoscalers,
  shortNames: ['hpa'],
  categories: ['all'],
  generation: false,
  ...split,
  defaults: ({ spec }) => {
    spec.minReplicas ??= 1;
    if (!spec.metrics?.length)
      spec.metrics = [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: cpuShare } },
        },
      ];
    if (!spec.behavior) return;
    spec.behavior.scaleUp = scalingDefaults(spec.behavior.scaleUp, {
      stabilizationWindowSeconds: 0,
      selectPolicy: 'Max',
      policies: [
        { type: 'Pods', value: 4, periodSeconds: 15 },
        { type: 'Percent', value: 100, periodSeconds: 15 },
      ],
    });
    spec.behavior.scaleDown = scalingDefaults(spec.behavior.scaleDown, {
      selectPolicy: 'Max',
      policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
    });
  },
  validate: (object) => autoscalerRules(object),
  validateUpdate: (next, before) => autoscalerRules(next, before),
  status: {
    ...split.status,
    validateUpdate: ({ status }) =>
      statusCounts(status, ['currentReplicas', 'desiredReplicas'], []),
  },
  columns: [
    nameColumn,
    textColumn(
      'Reference',
      'What it scales.',
      ({ spec }) => `${spec.scaleTargetRef.kind}/${spec.scaleTargetRef.name}`,
    ),
    textColumn('Targets', 'Current and wanted values of its metrics.', metricsText),
    textColumn('MinPods', 'The fewest pods it leaves.', ({ spec }) =>
      String(spec.minReplicas ?? '<unset>'),
    ),
    textColumn('MaxPods', 'The most pods it makes.', ({ spec }) => spec.maxReplicas),
    textColumn(
      'Replicas',
      'How many pods there are.',
      ({ status }) => status?.currentReplicas ?? 0,
    ),
    ageColumn,
  ],
};

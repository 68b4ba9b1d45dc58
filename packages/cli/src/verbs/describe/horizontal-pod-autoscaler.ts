import { goQuoted, HorizontalPodAutoscalers } from '@coxswain/api';
import type {
  HPAScalingRules,
  MetricSpec,
  MetricStatus,
  MetricTarget,
  MetricValueStatus,
} from '@coxswain/api/types/autoscaling-v2';
import { type Describer, describer } from './describer.ts';
import {
  labelsOf,
  type Lines,
  placed,
  quantityText,
  row,
  section,
  timeText,
  titledTable,
} from './lines.ts';

/** What one metric is called, and what it is compared with. */
interface Told {
  readonly name: string;
  readonly target: MetricTarget | undefined;
  readonly current: MetricValueStatus | undefined;
}

const average = (value: { readonly averageValue?: string | undefined } | undefined): string =>
  quantityText(value?.averageValue);

/** Present and wanted amount of an average, unless the average is not known. */
const averages = ({ target, current }: Told): string =>
  `${current ? average(current) : '<unknown>'} / ${average(target)}`;

const wholes = ({ target, current }: Told): string =>
  `${current ? quantityText(current.value) : '<unknown>'} / ${quantityText(target?.value)}`;

/** A resource's average amount, or the share of what was requested. */
function resourceText(told: Told): string {
  const { name, target, current } = told;
  if (target?.averageValue !== undefined) return `${name}:\t${averages(told)}`;
  const used = current?.averageUtilization;
  const present = used === undefined ? '<unknown>' : `${used}% (${average(current)})`;
  const wanted =
    target?.averageUtilization === undefined ? '<auto>' : `${target.averageUtilization}%`;
  return `${name}  (as a percentage of request):\t${present} / ${wanted}`;
}

function metricText(metric: MetricSpec, status: MetricStatus | undefined): string {
  switch (metric.type) {
    case 'External': {
      const { metric: of, target } = metric.external!;
      const told: Told = { name: of.name, target, current: status?.external?.current };
      if (target.averageValue === undefined)
        return `${goQuoted(of.name)} (target value):\t${wholes(told)}`;
      const known = told.current?.averageValue === undefined ? undefined : told.current;
      return `${goQuoted(of.name)} (target average value):\t${averages({ ...told, current: known })}`;
    }
    case 'Pods': {
      const { metric: of, target } = metric.pods!;
      return `${goQuoted(of.name)} on pods:\t${averages({ name: '', target, current: status?.pods?.current })}`;
    }
    case 'Object': {
      const { metric: of, target, describedObject } = metric.object!;
      const told: Told = { name: '', target, current: status?.object?.current };
      const what = `"${of.name}" on ${describedObject.kind}/${describedObject.name}`;
      return target.type === 'AverageValue'
        ? `${what} (target average value):\t${averages(told)}`
        : `${what} (target value):\t${wholes(told)}`;
    }
    case 'Resource': {
      const { name, target } = metric.resource!;
      const current = status?.resource?.current;
      return resourceText({ name: `resource ${name} on pods`, target, current });
    }
    case 'ContainerResource': {
      const { name, container, target } = metric.containerResource!;
      const current = status?.containerResource?.current;
      const what = `resource ${name} of container "${container}" on pods`;
      return resourceText({ name: what, target, current });
    }
    default:
      return `<unknown metric type ${goQuoted(metric.type)}>`;
  }
}

function direction(title: string, rules: HPAScalingRules | undefined): Lines {
  if (!rules) return [];
  const { stabilizationWindowSeconds: window, policies = [], selectPolicy = 'Max' } = rules;
  return [
    `${title}:`,
    [
      window !== undefined && `Stabilization Window: ${window} seconds`,
      policies.length > 0 && `Select Policy: ${selectPolicy}`,
      ...section(
        'Policies:',
        policies.map(
          ({ type, value, periodSeconds }) =>
            `- Type: ${type}\tValue: ${value}\tPeriod: ${periodSeconds} seconds`,
        ),
      ),
    ],
  ];
}

/** A HorizontalPodAutoscaler. */
export const horizontalPodAutoscaler: Describer = describer({
  resource: HorizontalPodAutoscalers,
  lines({ metadata, spec, status }) {
    const { scaleTargetRef: target, metrics = [], behavior } = spec!;
    return [
      ...placed(metadata),
      ...labelsOf(metadata),
      `CreationTimestamp:\t${timeText(metadata.creationTimestamp)}`,
      `Reference:\t${target.kind}/${target.name}`,
      'Metrics:\t( current / target )',
      metrics.map((metric, at) => metricText(metric, status?.currentMetrics?.[at])),
      `Min replicas:\t${spec!.minReplicas ?? '<unset>'}`,
      `Max replicas:\t${spec!.maxReplicas}`,
      behavior && 'Behavior:',
      [
        ...direction('Scale Up', behavior?.scaleUp),
        ...direction('Scale Down', behavior?.scaleDown),
      ],
      row(
        `${target.kind} pods`,
        `${status?.currentReplicas ?? 0} current / ${status?.desiredReplicas ?? 0} desired`,
      ),
      ...titledTable(
        'Conditions:',
        ['Type', 'Status', 'Reason', 'Message'],
        (status?.conditions ?? []).map(
          ({ type, status: is, reason = '', message = '' }) =>
            `${type}\t${is}\t${reason}\t${message}`,
        ),
      ),
    ];
  },
});

import type {
  HorizontalPodAutoscaler,
  MetricSpec,
  MetricStatus,
  MetricTarget,
  MetricValueStatus,
} from '@coxswain/api/types/autoscaling-v2';

const unknown = '<unknown>';

function ofResource(
  name: string,
  target: MetricTarget,
  current: MetricValueStatus | undefined,
): string {
  if (target.averageValue !== undefined)
    return `${name}: ${current?.averageValue ?? unknown}/${target.averageValue}`;
  const share = (value: number | undefined, otherwise: string): string =>
    value === undefined ? otherwise : `${value}%`;
  return `${name}: ${share(current?.averageUtilization, unknown)}/${share(target.averageUtilization, '<auto>')}`;
}

function ofValue(target: MetricTarget, current: MetricValueStatus | undefined): string {
  return target.averageValue === undefined
    ? `${current?.value ?? unknown}/${target.value ?? ''}`
    : `${current?.averageValue ?? unknown}/${target.averageValue} (avg)`;
}

function metricText(spec: MetricSpec, status: MetricStatus | undefined): string {
  if (spec.resource)
    return ofResource(spec.resource.name, spec.resource.target, status?.resource?.current);
  if (spec.containerResource)
    return ofResource(
      spec.containerResource.name,
      spec.containerResource.target,
      status?.containerResource?.current,
    );
  if (spec.external) return ofValue(spec.external.target, status?.external?.current);
  if (spec.object) return ofValue(spec.object.target, status?.object?.current);
  if (spec.pods)
    return `${status?.pods?.current.averageValue ?? unknown}/${spec.pods.target.averageValue ?? ''}`;
  return '<unknown type>';
}

const shownMax = 2;

/** Current and wanted values of the first metrics. */
export function metricsText({ spec, status }: HorizontalPodAutoscaler): string {
  const metrics = spec.metrics ?? [];
  if (!metrics.length) return '<none>';
  const shown = metrics
    .slice(0, shownMax)
    .map((metric, index) => metricText(metric, status?.currentMetrics?.[index]))
    .join(', ');
  return metrics.length > shownMax ? `${shown} + ${metrics.length - shownMax} more...` : shown;
}

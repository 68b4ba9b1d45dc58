import type {
  MetricSpec as MetricV1,
  MetricStatus as MetricStatusV1,
} from '@coxswain/api/types/autoscaling-v1';
import type { MetricSpec, MetricStatus, MetricTarget } from '@coxswain/api/types/autoscaling-v2';

/** The object without what is undefined. */
const given = <T extends object>(object: T): T =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;

const targetOf = (values: Omit<MetricTarget, 'type'>): MetricTarget => ({
  type:
    values.averageUtilization !== undefined
      ? 'Utilization'
      : values.value !== undefined
        ? 'Value'
        : 'AverageValue',
  ...given(values),
});

/** A metric as version 1 writes it into its annotation. */
export function metricToV1({
  type,
  resource,
  pods,
  object,
  external,
  containerResource,
}: MetricSpec): MetricV1 {
  const shares = ({ averageUtilization, averageValue }: MetricTarget): object => ({
    targetAverageUtilization: averageUtilization,
    targetAverageValue: averageValue,
  });
  return given({
    type,
    object:
      object &&
      given({
        target: object.describedObject,
        metricName: object.metric.name,
        targetValue: object.target.value ?? '0',
        selector: object.metric.selector,
        averageValue: object.target.averageValue,
      }),
    pods:
      pods &&
      given({
        metricName: pods.metric.name,
        targetAverageValue: pods.target.averageValue,
        selector: pods.metric.selector,
      }),
    resource: resource && given({ name: resource.name, ...shares(resource.target) }),
    containerResource:
      containerResource &&
      given({
        name: containerResource.name,
        ...shares(containerResource.target),
        container: containerResource.container,
      }),
    external:
      external &&
      given({
        metricName: external.metric.name,
        metricSelector: external.metric.selector,
        targetValue: external.target.value,
        targetAverageValue: external.target.averageValue,
      }),
  }) as MetricV1;
}

/** A metric of version 1's annotation. */
export function metricFromV1(metric: MetricV1): MetricSpec {
  const { type, resource, pods, object, external, containerResource } = metric;
  return given({
    type,
    object: object && {
      describedObject: object.target,
      target: object.averageValue
        ? targetOf({ averageValue: object.averageValue })
        : targetOf({ value: object.targetValue }),
      metric: given({ name: object.metricName, selector: object.selector }),
    },
    pods: pods && {
      metric: given({ name: pods.metricName, selector: pods.selector }),
      target: targetOf({ averageValue: pods.targetAverageValue }),
    },
    resource: resource && {
      name: resource.name,
      target: targetOf({
        averageUtilization: resource.targetAverageUtilization,
        averageValue: resource.targetAverageValue,
      }),
    },
    containerResource: containerResource && {
      name: containerResource.name,
      target: targetOf({
        averageUtilization: containerResource.targetAverageUtilization,
        averageValue: containerResource.targetAverageValue,
      }),
      container: containerResource.container,
    },
    external: external && {
      metric: given({ name: external.metricName, selector: external.metricSelector }),
      target: targetOf({ value: external.targetValue, averageValue: external.targetAverageValue }),
    },
  }) as MetricSpec;
}

/** What a metric is now, as version 1 writes it. */
export function metricStatusToV1({
  type,
  resource,
  pods,
  object,
  external,
  containerResource,
}: MetricStatus): MetricStatusV1 {
  return given({
    type,
    object:
      object &&
      given({
        target: object.describedObject,
        metricName: object.metric.name,
        currentValue: object.current.value ?? '0',
        selector: object.metric.selector,
        averageValue: object.current.averageValue,
      }),
    pods:
      pods &&
      given({
        metricName: pods.metric.name,
        currentAverageValue: pods.current.averageValue,
        selector: pods.metric.selector,
      }),
    resource:
      resource &&
      given({
        name: resource.name,
        currentAverageUtilization: resource.current.averageUtilization,
        currentAverageValue: resource.current.averageValue,
      }),
    containerResource:
      containerResource &&
      given({
        name: containerResource.name,
        currentAverageUtilization: containerResource.current.averageUtilization,
        currentAverageValue: containerResource.current.averageValue,
        container: containerResource.container,
      }),
    external:
      external &&
      given({
        metricName: external.metric.name,
        metricSelector: external.metric.selector,
        currentValue: external.current.value ?? '0',
        currentAverageValue: external.current.averageValue,
      }),
  }) as MetricStatusV1;
}

/** What a metric was said to be in version 1's annotation. */
export function metricStatusFromV1(status: MetricStatusV1): MetricStatus {
  const { type, resource, pods, object, external, containerResource } = status;
  return given({
    type,
    object: object && {
      describedObject: object.target,
      current: given({ value: object.currentValue, averageValue: object.averageValue }),
      metric: given({ name: object.metricName, selector: object.selector }),
    },
    pods: pods && {
      metric: given({ name: pods.metricName, selector: pods.selector }),
      current: { averageValue: pods.currentAverageValue },
    },
    resource: resource && {
      name: resource.name,
      current: given({
        averageUtilization: resource.currentAverageUtilization,
        averageValue: resource.currentAverageValue,
      }),
    },
    containerResource: containerResource && {
      name: containerResource.name,
      container: containerResource.container,
      current: given({
        averageUtilization: containerResource.currentAverageUtilization,
        averageValue: containerResource.currentAverageValue,
      }),
    },
    external: external && {
      metric: given({ name: external.metricName, selector: external.metricSelector }),
      current: given({ value: external.currentValue, averageValue: external.currentAverageValue }),
    },
  }) as MetricStatus;
}

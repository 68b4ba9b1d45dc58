import { type Change, type Draft, each } from '../draft.ts';

const known = (fields: Draft): Draft =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

const utilization = (from: Draft): Draft =>
  from['targetAverageUtilization'] === undefined
    ? { type: 'AverageValue', averageValue: from['targetAverageValue'] }
    : { type: 'Utilization', averageUtilization: from['targetAverageUtilization'] };

/** What autoscaling/v2beta1 said of a metric in fields of its own, by the type of the metric. */
const sources: Readonly<Record<string, (from: Draft) => Draft>> = {
  resource: (from) => ({ name: from['name'], target: utilization(from) }),
  containerResource: (from) => ({
    ...{ name: from['name'], container: from['container'] },
    target: utilization(from),
  }),
  pods: (from) => ({
    metric: known({ name: from['metricName'], selector: from['selector'] }),
    target: { type: 'AverageValue', averageValue: from['targetAverageValue'] },
  }),
  object: (from) => ({
    describedObject: from['target'],
    metric: known({ name: from['metricName'], selector: from['selector'] }),
    target:
      from['averageValue'] === undefined
        ? { type: 'Value', value: from['targetValue'] }
        : { type: 'AverageValue', averageValue: from['averageValue'] },
  }),
  external: (from) => ({
    metric: known({ name: from['metricName'], selector: from['metricSelector'] }),
    target:
      from['targetAverageValue'] === undefined
        ? { type: 'Value', value: from['targetValue'] }
        : { type: 'AverageValue', averageValue: from['targetAverageValue'] },
  }),
};

/** Metrics of autoscaling/v2beta1 as autoscaling/v2 has them. */
export const metrics: Change = ({ spec = {} }, tell) => {
  for (const [at, metric] of each(spec.metrics).entries())
    for (const [name, rewritten] of Object.entries(sources))
      if (metric[name]) {
        metric[name] = rewritten(metric[name]);
        tell('moved', { field: `spec.metrics[${at}].${name}`, to: 'target' });
      }
};

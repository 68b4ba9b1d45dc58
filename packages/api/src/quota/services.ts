import type { Service } from '../generated/core-v1.ts';
import type { QuotaEvaluator } from './evaluator.ts';

const measured: ReadonlySet<string> = new Set([
  ...['count/services', 'services', 'services.nodeports', 'services.loadbalancers'],
]);

/** Services, and the node ports and load balancers among them. */
export const serviceQuota: QuotaEvaluator<Service> = {
  group: '',
  resource: 'services',
  charges: ({ operation, subresource }) =>
    subresource === '' && (operation === 'CREATE' || operation === 'UPDATE'),
  measures: (name) => measured.has(name),
  usage({ spec }) {
    const ports = spec?.ports ?? [];
    const isBalanced = spec?.type === 'LoadBalancer';
    const nodePorts =
      isBalanced && spec.allocateLoadBalancerNodePorts === false
        ? ports.filter(({ nodePort }) => nodePort).length
        : isBalanced || spec?.type === 'NodePort'
          ? ports.length
          : 0;
    return {
      'count/services': '1',
      services: '1',
      'services.loadbalancers': isBalanced ? '1' : '0',
      'services.nodeports': `${nodePorts}`,
    };
  },
};

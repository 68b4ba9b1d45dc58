import type { Node, Pod } from '@coxswain/api/types/core-v1';
import { fits, rejected, type SchedulerPlugin } from '../framework/plugin.ts';

/** What a kubelet must have declared before a pod that uses it may come to its node. */
const features: readonly { readonly name: string; readonly isUsed: (pod: Pod) => boolean }[] = [
  {
    name: 'RestartAllContainersOnContainerExits',
    isUsed: ({ spec }) =>
      [...spec.containers, ...(spec.initContainers ?? [])].some(({ restartPolicyRules }) =>
        restartPolicyRules?.some(({ action }) => action === 'RestartAllContainers'),
      ),
  },
  {
    name: 'UserNamespacesHostNetworkSupport',
    isUsed: ({ spec }) => spec.hostNetwork === true && spec.hostUsers === false,
  },
];

const neededBy = (pod: Pod): readonly string[] =>
  features.filter(({ isUsed }) => isUsed(pod)).map(({ name }) => name);
const hasAll = (needed: readonly string[], { status }: Node): boolean =>
  needed.every((name) => status?.declaredFeatures?.includes(name));

const lacking = rejected("node(s) didn't match Pod's required features", false);

/** Keeps pods off nodes whose kubelet has not declared a feature that they use. */
export const nodeDeclaredFeatures: SchedulerPlugin<readonly string[]> = {
  name: 'NodeDeclaredFeatures',
  wakeOn: [
    {
      event: 'node/add',
      cures: (pod, event) => event.type === 'node/add' && hasAll(neededBy(pod), event.node),
    },
    {
      event: 'node/features',
      cures: (pod, event) =>
        event.type === 'node/features' &&
        hasAll(neededBy(pod), event.node) &&
        !hasAll(neededBy(pod), event.before),
    },
    {
      event: 'pod/updated',
      cures: (_pod, event) =>
        event.type === 'pod/updated' &&
        neededBy(event.pod).join() !== neededBy(event.before).join(),
    },
  ],
  likeness: (pod) => neededBy(pod).join(),
  prepare(pod) {
    const needed = neededBy(pod);
    return needed.length === 0 ? { is: 'skip' } : { is: 'ready', state: needed };
  },
  filter: (needed, { node }) => (hasAll(needed, node) ? fits : lacking),
};

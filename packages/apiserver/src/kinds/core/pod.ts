import { Pods } from '@coxswain/api';
import type { Pod } from '@coxswain/api/types/core-v1';
import type { Kind } from '../kind.ts';
import { equal } from '../rules/equal.ts';
import { dns1123Label } from '../rules/name.ts';
import { podDefaults } from '../rules/pod-defaults.ts';
import { qosClass } from '../rules/pod-resources.ts';
import { podColumns, podRowConditions } from './pod-columns.ts';
import { ephemeralContainersPart, resizePart } from './pod-parts.ts';
import { podRules, podUpdateRules } from './pod-rules.ts';
import { podStatusPart } from './pod-status.ts';
import { withMatchedLabels } from './pod-label-keys.ts';
import { podWarnings } from '../rules/pod-warnings.ts';

const gatedCondition = {
  type: 'PodScheduled',
  status: 'False',
  reason: 'SchedulingGated',
  message: 'Scheduling is blocked due to non-empty scheduling gates',
};

/** One or more containers that run together on one node. */
export const podKind: Kind<Pod> = {
  resource: Pods,
  shortNames: ['po'],
  categories: ['all'],
  subresources: [
    ...['attach', 'binding', 'ephemeralcontainers', 'eviction', 'exec', 'log', 'portforward'],
    ...['proxy', 'resize'],
  ],
  defaults: ({ spec }) => podDefaults(spec),
  prepareForCreate: (pod) => ({
    ...pod,
    spec: withMatchedLabels(pod.spec, pod.metadata.labels),
    status: {
      phase: 'Pending',
      ...(pod.spec.schedulingGates?.length && { conditions: [gatedCondition] }),
      qosClass: qosClass(pod.spec),
    },
  }),
  prepareForUpdate: (next, before) => ({ ...next, status: before.status }),
  resetFields: [['f:status']],
  generation: (next, before) => !equal(next.spec, before.spec),
  validate: podRules,
  validateUpdate: podUpdateRules,
  *warnings(pod, before) {
    if (before) return; // Nobody reads the warnings of a kubelet's updates.
    const wrong = dns1123Label(pod.metadata.name);
    if (wrong.length)
      yield `metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [${wrong.join(' ')}]`;
    yield* podWarnings('', pod.spec, pod.metadata.annotations);
  },
  // A pod that no kubelet holds has nothing to end gracefully.
  graceSeconds: ({ spec, status }) =>
    !spec.nodeName || status?.phase === 'Failed' || status?.phase === 'Succeeded'
      ? 0
      : Math.max(spec.terminationGracePeriodSeconds ?? 0, 0) ||
        ((spec.terminationGracePeriodSeconds ?? 0) < 0 ? 1 : 0),

  status: podStatusPart,
  facets: { ephemeralcontainers: ephemeralContainersPart, resize: resizePart },

  selectableFields: {
    'spec.nodeName': ({ spec }) => spec.nodeName ?? '',
    'spec.restartPolicy': ({ spec }) => spec.restartPolicy ?? '',
    'spec.schedulerName': ({ spec }) => spec.schedulerName ?? '',
    'spec.serviceAccountName': ({ spec }) => spec.serviceAccountName ?? '',
    'spec.hostNetwork': ({ spec }) => String(spec.hostNetwork ?? false),
    'status.phase': ({ status }) => status?.phase ?? '',
    'status.podIP': ({ status }) => status?.podIPs?.[0]?.ip ?? status?.podIP ?? '',
    'status.podIPs': ({ status }) => (status?.podIPs ?? []).map(({ ip }) => ip).join(','),
    'status.nominatedNodeName': ({ status }) => status?.nominatedNodeName ?? '',
  },
  columns: podColumns,
  rowConditions: podRowConditions,
};

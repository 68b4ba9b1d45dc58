import { Pods } from '@coxswain/api';
import type { Pod } from '@coxswain/api/types/core-v1';
import type { Kind } from '../kind.ts';
import { appArmorWarnings, withAppArmorFields } from '../rules/app-armor-annotations.ts';
import { equal } from '../rules/equal.ts';
import { dns1123Label } from '../rules/name.ts';
import { podDefaults } from '../rules/pod-defaults.ts';
import { qosClass } from '../rules/pod-resources.ts';
import { podColumns, podRowConditions, readPodRow } from './pod-columns.ts';
import { ephemeralContainersPart } from './pod-ephemeral-containers.ts';
import { resizePart } from './pod-resize.ts';
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

/** The spec of a new pod, with no grace below zero. */
function newSpec({ spec, metadata }: Pod): Pod['spec'] {
  const kept = withMatchedLabels(spec, metadata.labels);
  const profiled = withAppArmorFields(kept, metadata.annotations);
  return (profiled.terminationGracePeriodSeconds ?? 0) < 0
    ? { ...profiled, terminationGracePeriodSeconds: 1 }
    : profiled;
}

const tokenVolume = /^kube-api-access-[a-z0-9]{5}$/;

/** Spec and annotations, with one name for all volumes that admission makes for tokens. */
function likeness({ metadata, spec }: Pod, specText: string): string | undefined {
  // Some names depend on that of the pod.
  if (spec.resourceClaims?.length || spec.volumes?.some(({ ephemeral }) => ephemeral))
    return undefined;
  if (dns1123Label(metadata.name).length > 0) return undefined;
  const text = `${JSON.stringify(metadata.annotations)}${specText}`;
  const added = spec.volumes?.at(-1)?.name ?? '';
  // What no JSON has stands for it, so that no other name can be taken for it.
  return tokenVolume.test(added) ? text.replaceAll(`"${added}"`, '\t') : text;
}

/** One or more containers that run together on one node. */
export const podKind: Kind<Pod> = {
  resource: Pods,
  shortNames: ['po'],
  categories: ['all'],
  subresources: [
    ...['attach', 'binding', 'ephemeralcontainers', 'eviction', 'exec', 'log', 'portforward'],
    ...['proxy', 'resize'],
  ],
  defaults: ({ spec, status }) => {
    podDefaults(spec);
    if (!status) return;
    // `podIP` is the old name of the first of `podIPs`: where they differ, it is alone.
    const { podIP, podIPs } = status;
    if (podIP && podIPs?.[0]?.ip !== podIP) status.podIPs = [{ ip: podIP }];
    else if (podIPs?.[0]?.ip) status.podIP = podIPs[0].ip;
  },
  prepareForCreate: (pod) => ({
    ...pod,
    spec: newSpec(pod),
    status: {
      phase: 'Pending',
      ...(pod.spec.schedulingGates?.length && { conditions: [gatedCondition] }),
      qosClass: qosClass(pod.spec),
    },
  }),
  prepareForUpdate: (next, before) => ({ ...next, status: before.status }),
  resetFields: [['f:status']],
  generation: (next, before) => !equal(next.spec, before.spec),
  likeness,
  validate: podRules,
  validateUpdate: podUpdateRules,
  earlyWarnings: ({ spec, metadata }) => appArmorWarnings(spec, metadata.annotations),
  *warnings(pod, before) {
    if (before) return; // Nobody reads the warnings of a kubelet's updates.
    const wrong = dns1123Label(pod.metadata.name);
    if (wrong.length)
      yield `metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [${wrong.join(' ')}]`;
    yield* podWarnings('', pod.spec, pod.metadata.annotations);
  },
  // A pod that no kubelet holds has nothing to end gracefully.
  graceSeconds({ spec, status }, asked) {
    if (!spec.nodeName || status?.phase === 'Failed' || status?.phase === 'Succeeded') return 0;
    const seconds = asked ?? spec.terminationGracePeriodSeconds ?? 0;
    return seconds < 0 ? 1 : seconds;
  },

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
  readRow: readPodRow,
  rowConditions: podRowConditions,
};

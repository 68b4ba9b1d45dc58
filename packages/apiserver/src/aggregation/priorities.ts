import type { APIService } from '@coxswain/api/types/apiregistration-v1';

/** Upstream's priorities of its own groups; versions have 15 unless they are named. */
const groups: Readonly<Record<string, number>> = {
  '': 18_000,
  apps: 17_800,
  'events.k8s.io': 17_750,
  'authentication.k8s.io': 17_700,
  'authorization.k8s.io': 17_600,
  autoscaling: 17_500,
  batch: 17_400,
  'certificates.k8s.io': 17_300,
  'networking.k8s.io': 17_200,
  policy: 17_100,
  'rbac.authorization.k8s.io': 17_000,
  'storage.k8s.io': 16_800,
  'admissionregistration.k8s.io': 16_700,
  'apiextensions.k8s.io': 16_700,
  'scheduling.k8s.io': 16_600,
  'coordination.k8s.io': 16_500,
  'node.k8s.io': 16_300,
  'discovery.k8s.io': 16_200,
  'resource.k8s.io': 16_200,
  'flowcontrol.apiserver.k8s.io': 16_100,
};
const versions: Readonly<Record<string, number>> = {
  'v1.': 1,
  'v1.flowcontrol.apiserver.k8s.io': 21,
  'v1.resource.k8s.io': 21,
  'v2.autoscaling': 30,
};
const versionDefault = 15;
const custom = { groupPriorityMinimum: 1000, versionPriority: 100 };

/** Says that the server keeps the object: always, or only sees to it when it starts. */
export const managedLabel = 'kube-aggregator.kubernetes.io/automanaged';

/** The APIService of a group and version that this server serves itself. */
export function localApiService(group: string, version: string, isCustom: boolean): APIService {
  const name = `${version}.${group}`;
  const priority = isCustom
    ? custom
    : {
        groupPriorityMinimum: groups[group] ?? custom.groupPriorityMinimum,
        versionPriority: versions[name] ?? versionDefault,
      };
  return {
    kind: 'APIService',
    apiVersion: 'apiregistration.k8s.io/v1',
    metadata: { name, labels: { [managedLabel]: isCustom ? 'true' : 'onstart' } },
    spec: { ...(group && { group }), version, ...priority },
  };
}

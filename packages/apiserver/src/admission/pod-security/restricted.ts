import type { Volume } from '@coxswain/api/types/core-v1';
import {
  containers,
  distinct,
  offenders,
  plural,
  type PodLike,
  quoted,
  setters,
  type Verdict,
} from './findings.ts';

export function privilegeEscalation(pod: PodLike): Verdict {
  const found = offenders(pod, ({ securityContext }) =>
    securityContext?.allowPrivilegeEscalation === false ? [] : ['true'],
  );
  return (
    found && {
      reason: 'allowPrivilegeEscalation != false',
      detail: `${containers(found.names)} must set securityContext.allowPrivilegeEscalation=false`,
    }
  );
}

export function droppedCapabilities(pod: PodLike): Verdict {
  const kept = offenders(pod, ({ securityContext }) =>
    securityContext?.capabilities?.drop?.includes('ALL') ? [] : ['ALL'],
  );
  const added = offenders(pod, ({ securityContext }) =>
    (securityContext?.capabilities?.add ?? []).filter((each) => each !== 'NET_BIND_SERVICE'),
  );
  if (!kept && !added) return undefined;
  const details = [
    kept && `${containers(kept.names)} must set securityContext.capabilities.drop=["ALL"]`,
    added &&
      `${containers(added.names)} must not include ${quoted(added.values)} in securityContext.capabilities.add`,
  ];
  return {
    reason: 'unrestricted capabilities',
    detail: details.filter((each) => each !== undefined).join('; '),
  };
}

const goodVolumes: readonly (keyof Volume)[] = [
  ...(['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'image'] as const),
  ...(['persistentVolumeClaim', 'projected', 'secret'] as const),
];
const badVolumes: readonly (keyof Volume)[] = [
  ...(['hostPath', 'gcePersistentDisk', 'awsElasticBlockStore', 'gitRepo', 'nfs'] as const),
  ...(['iscsi', 'glusterfs', 'rbd', 'flexVolume', 'cinder', 'cephfs', 'flocker', 'fc'] as const),
  ...(['azureFile', 'vsphereVolume', 'quobyte', 'azureDisk', 'photonPersistentDisk'] as const),
  ...(['portworxVolume', 'scaleIO', 'storageos'] as const),
];

export function volumeTypes({ spec }: PodLike): Verdict {
  const wrong = (spec.volumes ?? []).filter((volume) => !goodVolumes.some((type) => volume[type]));
  if (wrong.length === 0) return undefined;
  const types = distinct(
    wrong.map((volume) => badVolumes.find((type) => volume[type]) ?? 'unknown'),
  );
  const names = wrong.map(({ name }) => name);
  const what = plural('restricted volume type', 'restricted volume types', types.length);
  return {
    reason: 'restricted volume types',
    detail: `${plural('volume', 'volumes', names.length)} ${quoted(names)} ${plural('uses', 'use', names.length)} ${what} ${quoted(types)}`,
  };
}

export function nonRoot(pod: PodLike): Verdict {
  const own = pod.spec.securityContext?.runAsNonRoot;
  const said = offenders(pod, ({ securityContext }) =>
    securityContext?.runAsNonRoot === false ? ['false'] : [],
  );
  const reason = 'runAsNonRoot != true';
  if (own === false || said)
    return {
      reason,
      detail: `${setters(own === false, said?.names ?? [])} must not set securityContext.runAsNonRoot=false`,
    };
  const silent = own
    ? undefined
    : offenders(pod, ({ securityContext }) =>
        securityContext?.runAsNonRoot === undefined ? ['none'] : [],
      );
  return (
    silent && {
      reason,
      detail: `pod or ${containers(silent.names)} must set securityContext.runAsNonRoot=true`,
    }
  );
}

export function nonRootUser(pod: PodLike): Verdict {
  const byPod = pod.spec.securityContext?.runAsUser === 0;
  const found = offenders(pod, ({ securityContext }) =>
    securityContext?.runAsUser === 0 ? ['0'] : [],
  );
  return byPod || found
    ? {
        reason: 'runAsUser=0',
        detail: `${setters(byPod, found?.names ?? [])} must not set runAsUser=0`,
      }
    : undefined;
}

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

const podKey = 'seccomp.security.alpha.kubernetes.io/pod';
const containerKey = 'container.seccomp.security.alpha.kubernetes.io/';
const profiles = ['Localhost', 'RuntimeDefault'];

/** By the annotations that came before the field. */
export function seccompAnnotations(pod: PodLike): Verdict {
  const annotations = pod.metadata?.annotations ?? {};
  const wrong = (key: string): readonly string[] => {
    const value = annotations[key];
    const good =
      value === undefined ||
      value === 'runtime/default' ||
      value === 'docker/default' ||
      value.startsWith('localhost/');
    return good ? [] : [`${key}=${JSON.stringify(value)}`];
  };
  const found = distinct([
    ...wrong(podKey),
    ...(offenders(pod, ({ name }) => wrong(containerKey + name))?.values ?? []),
  ]);
  return found.length
    ? {
        reason: 'seccompProfile',
        detail: `forbidden ${plural('annotation', 'annotations', found.length)} ${found.join(', ')}`,
      }
    : undefined;
}

/** No profile but the runtime's and those of the node. */
export function seccompProfile(pod: PodLike): Verdict {
  const own = pod.spec.securityContext?.seccompProfile;
  const byPod = own !== undefined && !profiles.includes(own.type);
  const found = offenders(pod, ({ securityContext }) => {
    const profile = securityContext?.seccompProfile;
    return profile && !profiles.includes(profile.type) ? [profile.type] : [];
  });
  if (!byPod && !found) return undefined;
  const values = distinct([...(byPod ? [own.type] : []), ...(found?.values ?? [])]);
  return {
    reason: 'seccompProfile',
    detail: `${setters(byPod, found?.names ?? [])} must not set securityContext.seccompProfile.type to ${quoted(values)}`,
  };
}

/** Such a profile for every container, its own or the pod's. */
export function seccompRequired(pod: PodLike): Verdict {
  const wrong = seccompProfile(pod);
  if (wrong || pod.spec.securityContext?.seccompProfile) return wrong;
  const found = offenders(pod, ({ securityContext }) =>
    securityContext?.seccompProfile ? [] : ['none'],
  );
  return (
    found && {
      reason: 'seccompProfile',
      detail: `pod or ${containers(found.names)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`,
    }
  );
}

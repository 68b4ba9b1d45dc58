import type { PodSpec } from '@coxswain/api/types/core-v1';
import { invalidValue, type Rules } from './field.ts';
import { descendingPath } from './path.ts';

type Strings = Readonly<Record<string, string>>;

export const mirrorAnnotation = 'kubernetes.io/config.mirror';
export const appArmorPrefix = 'container.apparmor.security.beta.kubernetes.io/';
const seccompPod = 'seccomp.security.alpha.kubernetes.io/pod';
const seccompContainer = 'container.seccomp.security.alpha.kubernetes.io/';
const deletionCost = 'controller.kubernetes.io/pod-deletion-cost';

/** Rules of the annotations that mean something on pods. */
export function* podAnnotations(path: string, given: Strings, spec: PodSpec): Rules {
  for (const key in given) {
    const value = given[key]!;
    if (key === mirrorAnnotation && !spec.nodeName)
      yield invalidValue(
        `${path}[${key}]`,
        value,
        'must set spec.nodeName if mirror pod annotation is set',
      );
    else if (key === deletionCost && !isInt32(value))
      yield invalidValue(`${path}[${key}]`, value, 'must be a 32bit integer');
    else if (key === seccompPod || key.startsWith(seccompContainer))
      yield* seccompProfile(`${path}.${key}`, value);
    else if (key.startsWith(appArmorPrefix)) yield* appArmorProfile(path, key, value, spec);
  }
}

const isInt32 = (text: string): boolean =>
  /^(-?[1-9]\d*|0)$/.test(text) && Number(text) === Math.trunc(Number(text)) % 2 ** 31;

function* seccompProfile(path: string, profile: string): Rules {
  if (['runtime/default', 'docker/default', 'unconfined'].includes(profile)) return;
  if (profile.startsWith('localhost/')) yield* descendingPath(path, profile.slice(10));
  else yield invalidValue(path, profile, 'must be a valid seccomp profile');
}

function* appArmorProfile(path: string, key: string, profile: string, spec: PodSpec): Rules {
  const container = key.slice(appArmorPrefix.length);
  const all = [
    ...(spec.initContainers ?? []),
    ...(spec.containers ?? []),
    ...(spec.ephemeralContainers ?? []),
  ];
  if (!all.some(({ name }) => name === container))
    yield invalidValue(`${path}[${key}]`, container, 'container not found');
  const known = ['', 'runtime/default', 'unconfined'].includes(profile);
  if (!known && !profile.startsWith('localhost/'))
    yield invalidValue(
      `${path}[${key}]`,
      profile,
      `invalid AppArmor profile name: ${JSON.stringify(profile)}`,
    );
}

import type { AppArmorProfile, PodSpec, SeccompProfile } from '@coxswain/api/types/core-v1';
import { forbiddenField, invalidValue, type Rules } from './field.ts';
import { descendingPath } from './path.ts';

type Strings = Readonly<Record<string, string>>;

export const mirrorAnnotation = 'kubernetes.io/config.mirror';
export const appArmorPrefix = 'container.apparmor.security.beta.kubernetes.io/';
export const seccompPod = 'seccomp.security.alpha.kubernetes.io/pod';
export const seccompContainer = 'container.seccomp.security.alpha.kubernetes.io/';
const deletionCost = 'controller.kubernetes.io/pod-deletion-cost';

/** Rules of the annotations that mean something on pods. */
export function* podAnnotations(path: string, given: Strings, spec: PodSpec): Rules {
  const mirror = given[mirrorAnnotation];
  if (mirror !== undefined && !spec.nodeName)
    yield invalidValue(
      `${path}[${mirrorAnnotation}]`,
      mirror,
      'must set spec.nodeName if mirror pod annotation is set',
    );
  const cost = given[deletionCost];
  if (cost !== undefined && !isInt32(cost))
    yield invalidValue(`${path}[${deletionCost}]`, cost, 'must be a 32bit integer');
  if (given[seccompPod] !== undefined)
    yield* seccompProfile(`${path}.${seccompPod}`, given[seccompPod]);
  for (const key in given)
    if (key.startsWith(seccompContainer)) yield* seccompProfile(`${path}.${key}`, given[key]!);
  for (const key in given)
    if (key.startsWith(appArmorPrefix))
      yield* appArmorProfile(`${path}[${key}]`, key, given[key]!, spec);
}

const isInt32 = (text: string): boolean =>
  /^(-\d+|[1-9]\d*|0)$/.test(text) && Number(text) >= -(2 ** 31) && Number(text) < 2 ** 31;

function* seccompProfile(path: string, profile: string): Rules {
  if (['runtime/default', 'docker/default', 'unconfined'].includes(profile)) return;
  if (profile.startsWith('localhost/')) yield* descendingPath(path, profile.slice(10));
  else yield invalidValue(path, profile, 'must be a valid seccomp profile');
}

const containersOf = ({ initContainers, containers, ephemeralContainers }: PodSpec) =>
  Object.entries({ initContainers, containers, ephemeralContainers }).flatMap(([list, all = []]) =>
    all.map((container, index) => ({ container, path: `${list}[${index}]` })),
  );

function* appArmorProfile(path: string, key: string, profile: string, spec: PodSpec): Rules {
  const name = key.slice(appArmorPrefix.length);
  if (!containersOf(spec).some(({ container }) => container.name === name))
    yield invalidValue(path, name, 'container not found');
  const known = ['', 'runtime/default', 'unconfined'].includes(profile);
  if (!known && !profile.startsWith('localhost/'))
    yield invalidValue(path, profile, `invalid AppArmor profile name: ${JSON.stringify(profile)}`);
}

/** Profiles that a new pod names twice, by annotation and by field, must be the same. */
export function* matchingProfiles(given: Strings, spec: PodSpec): Rules {
  const ofPod = spec.securityContext;
  yield* matching('seccomp', 'spec', given[seccompPod], ofPod?.seccompProfile);
  for (const { container, path } of containersOf(spec)) {
    const annotation = given[`${seccompContainer}${container.name}`];
    const profile = container.securityContext?.seccompProfile;
    yield* matching('seccomp', `spec.${path}`, annotation, profile);
  }
  if (spec.os?.name === 'windows') return;
  for (const { container, path } of containersOf(spec)) {
    const annotation = given[`${appArmorPrefix}${container.name}`];
    const profile = container.securityContext?.appArmorProfile ?? ofPod?.appArmorProfile;
    yield* matching('apparmor', `spec.${path}`, annotation, profile);
  }
}

function* matching(
  sort: 'seccomp' | 'apparmor',
  path: string,
  annotation: string | undefined,
  profile: SeccompProfile | AppArmorProfile | undefined,
): Rules {
  if (annotation === undefined || !profile) return;
  const at = `${path}.securityContext.${sort === 'seccomp' ? 'seccompProfile' : 'appArmorProfile'}`;
  const { type, localhostProfile } = profile;
  const isSameType =
    {
      Unconfined: annotation === 'unconfined',
      RuntimeDefault:
        annotation === 'runtime/default' || (sort === 'seccomp' && annotation === 'docker/default'),
      Localhost: annotation.startsWith('localhost/'),
    }[type] ?? true;
  if (!isSameType)
    yield forbiddenField(`${at}.type`, `${sort} type in annotation and field must match`);
  else if (type === 'Localhost' && annotation.slice('localhost/'.length) !== localhostProfile)
    yield forbiddenField(
      `${at}.localhostProfile`,
      `${sort} profile in annotation and field must match`,
    );
}

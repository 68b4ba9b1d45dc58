import type { AppArmorProfile, Container, PodSpec } from '@coxswain/api/types/core-v1';
import { equal } from './equal.ts';
import { appArmorPrefix } from './pod-annotations.ts';

type Annotations = Readonly<Record<string, string>> | undefined;

const localhost = 'localhost/';

/** The field for a profile as annotations of old spell it; undefined where they spell none. */
export function profileOf(text: string | undefined): AppArmorProfile | undefined {
  if (text === 'runtime/default') return { type: 'RuntimeDefault' };
  if (text === 'unconfined') return { type: 'Unconfined' };
  if (!text?.startsWith(localhost) || text === localhost) return undefined;
  return { type: 'Localhost', localhostProfile: text.slice(localhost.length) };
}

/** The spec with the profiles that annotations of old name, where its fields name none. */
export function withAppArmorFields(spec: PodSpec, annotations: Annotations): PodSpec {
  if (!hasProfiles(spec, annotations)) return spec;
  const profiled = (container: Container): Container => {
    const profile = missingProfile(container, spec, annotations);
    return profile
      ? {
          ...container,
          securityContext: { ...container.securityContext, appArmorProfile: profile },
        }
      : container;
  };
  return {
    ...spec,
    containers: spec.containers?.map(profiled),
    ...(spec.initContainers && { initContainers: spec.initContainers.map(profiled) }),
  };
}

const hasProfiles = (spec: PodSpec, annotations: Annotations): boolean =>
  spec.os?.name !== 'windows' &&
  Object.keys(annotations ?? {}).some((key) => key.startsWith(appArmorPrefix));

/** What the annotation makes of a container's field: a profile, none since the pod has that one, or nothing (undefined) that can be read. */
function missingProfile(
  { name, securityContext }: Container,
  spec: PodSpec,
  annotations: Annotations,
): AppArmorProfile | false | undefined {
  if (securityContext?.appArmorProfile) return false;
  const text = annotations?.[`${appArmorPrefix}${name}`];
  if (text === undefined) return false;
  const profile = profileOf(text);
  return profile && equal(profile, spec.securityContext?.appArmorProfile) ? false : profile;
}

/** What each container is warned of whose annotation becomes a field, or cannot. */
export function* appArmorWarnings(spec: PodSpec, annotations: Annotations): Generator<string> {
  if (!hasProfiles(spec, annotations)) return;
  for (const container of [...(spec.initContainers ?? []), ...(spec.containers ?? [])])
    if (missingProfile(container, spec, annotations) !== false)
      yield `metadata.annotations[${appArmorPrefix}${container.name}]: deprecated since v1.30; use the "appArmorProfile" field instead`;
}

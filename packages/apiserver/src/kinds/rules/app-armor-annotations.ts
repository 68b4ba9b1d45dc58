import type { AppArmorProfile, Container, PodSpec } from '@coxswain/api/types/core-v1';
import { appArmorPrefix } from './pod-annotations.ts';

type Annotations = Readonly<Record<string, string>> | undefined;

const localhost = 'localhost/';

function profileOf(text: string | undefined): AppArmorProfile | undefined {
  if (text === 'runtime/default') return { type: 'RuntimeDefault' };
  if (text === 'unconfined') return { type: 'Unconfined' };
  if (!text?.startsWith(localhost) || text === localhost) return undefined;
  return { type: 'Localhost', localhostProfile: text.slice(localhost.length) };
}

/** The spec with the profiles that annotations of old name, where its fields name none. */
export function withAppArmorFields(spec: PodSpec, annotations: Annotations): PodSpec {
  const isNamed = Object.keys(annotations ?? {}).some((key) => key.startsWith(appArmorPrefix));
  if (!isNamed || spec.os?.name === 'windows') return spec;
  const profiled = (container: Container): Container => {
    const appArmorProfile = profileOf(annotations?.[`${appArmorPrefix}${container.name}`]);
    const { securityContext } = container;
    if (!appArmorProfile || securityContext?.appArmorProfile) return container;
    if (JSON.stringify(appArmorProfile) === JSON.stringify(spec.securityContext?.appArmorProfile))
      return container;
    return { ...container, securityContext: { ...securityContext, appArmorProfile } };
  };
  return {
    ...spec,
    containers: spec.containers?.map(profiled),
    ...(spec.initContainers && { initContainers: spec.initContainers.map(profiled) }),
  };
}

/** What each annotation that names a profile is warned of. */
export function* appArmorWarnings(annotations: Annotations): Generator<string> {
  for (const key of Object.keys(annotations ?? {}).toSorted())
    if (key.startsWith(appArmorPrefix))
      yield `metadata.annotations[${key}]: deprecated since v1.30; use the "appArmorProfile" field instead`;
}

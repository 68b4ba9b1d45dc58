import {
  ConfigMaps,
  type KubeObject,
  PersistentVolumeClaims,
  type Resource,
  Secrets,
  ServiceAccounts,
} from '@coxswain/api';
import type { Container, Pod } from '@coxswain/api/types/core-v1';
import type { Look } from '../look.ts';

/** Something that a pod needs by its name. */
export interface Reference {
  readonly resource: Resource;
  readonly name: string;
  /** A key that must be in it. */
  readonly key?: string;
  readonly at: string; // the field of the pod that names it
}

/** What `container` takes its environment from. */
export const environmentOf = ({ env, envFrom }: Container, at: string): readonly Reference[] => [
  ...(env ?? []).flatMap(({ name, valueFrom }): Reference[] => {
    const { configMapKeyRef, secretKeyRef } = valueFrom ?? {};
    const of = configMapKeyRef ?? secretKeyRef;
    if (!of?.name || of.optional) return [];
    const resource: Resource = configMapKeyRef ? ConfigMaps : Secrets;
    return [{ resource, name: of.name, key: of.key, at: `${at}.env.${name}` }];
  }),
  ...(envFrom ?? []).flatMap(({ configMapRef, secretRef }): Reference[] => {
    const of = configMapRef ?? secretRef;
    if (!of?.name || of.optional) return [];
    return [{ resource: configMapRef ? ConfigMaps : Secrets, name: of.name, at: `${at}.envFrom` }];
  }),
];

/** What the volumes of a pod are made of. */
export const volumesOf = ({ spec }: Pod): readonly Reference[] =>
  (spec.volumes ?? []).flatMap((volume): Reference[] => {
    const at = `spec.volumes.${volume.name}`;
    const of = (resource: Resource, name: string | undefined, optional?: boolean): Reference[] =>
      name && !optional ? [{ resource, name, at }] : [];
    const projected = (volume.projected?.sources ?? []).flatMap(({ configMap, secret }) => [
      ...of(ConfigMaps, configMap?.name, configMap?.optional),
      ...of(Secrets, secret?.name, secret?.optional),
    ]);
    return [
      ...of(ConfigMaps, volume.configMap?.name, volume.configMap?.optional),
      ...of(Secrets, volume.secret?.secretName, volume.secret?.optional),
      ...of(PersistentVolumeClaims, volume.persistentVolumeClaim?.claimName),
      ...projected,
    ];
  });

/** Those of `references` that are not there, or lack their key. Of secrets nothing but the names of keys is looked at. */
export async function missing(
  references: readonly Reference[],
  namespace: string | undefined,
  look: Look,
): Promise<readonly (Reference & { readonly lacks: 'object' | 'key' })[]> {
  const found: (Reference & { readonly lacks: 'object' | 'key' })[] = [];
  for (const reference of references) {
    const { resource, name, key } = reference;
    const object = await look.get(resource, name, namespace);
    if (!object) {
      if (!look.hidden.has(resource.resource)) found.push({ ...reference, lacks: 'object' });
      continue;
    }
    const { data, binaryData } = object as KubeObject & {
      readonly data?: object;
      readonly binaryData?: object;
    };
    if (key !== undefined && !Object.hasOwn({ ...data, ...binaryData }, key))
      found.push({ ...reference, lacks: 'key' });
  }
  return found;
}

/** The account that a pod runs under. */
export const accountOf = ({ spec }: Pod): Reference => ({
  resource: ServiceAccounts,
  name: spec.serviceAccountName || 'default',
  at: 'spec.serviceAccountName',
});

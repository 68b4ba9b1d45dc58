import type { KubeObject, Resource } from '@coxswain/api';
import type { Pod, PodTemplateSpec } from '@coxswain/api/types/core-v1';
import { controllerReference } from '../objects/owner.ts';

/** Longest start of a generated name: the server shortens what is longer. */
export const podPrefixOf = (name: string): string => `${name}-`;

/** A pod made from `template` for `owner`, named by the server. */
export function podFromTemplate(
  template: PodTemplateSpec | undefined,
  owner: KubeObject,
  ownerResource: Resource,
): Pod {
  const { labels, annotations, finalizers } = template?.metadata ?? {};
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: '',
      generateName: podPrefixOf(owner.metadata.name),
      namespace: owner.metadata.namespace,
      ...(labels && { labels }),
      ...(annotations && { annotations }),
      ...(finalizers && { finalizers }),
      ownerReferences: [controllerReference(ownerResource, owner)],
    },
    spec: template?.spec,
  } as Pod;
}

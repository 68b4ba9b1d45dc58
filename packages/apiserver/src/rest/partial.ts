import type { KubeObject } from '@coxswain/api';

/** The object's metadata alone. */
export const partial = ({ metadata }: KubeObject, version: string): KubeObject => ({
  kind: 'PartialObjectMetadata',
  apiVersion: `meta.k8s.io/${version}`,
  metadata,
});

import type { ScopedResourceSelectorRequirement } from '@coxswain/api/types/core-v1';

/** A resource that may only be taken where a quota covers it. */
export interface LimitedResource {
  readonly apiGroup?: string;
  readonly resource: string;
  /** Parts of names: whatever usage contains one of them must be covered. */
  readonly matchContains?: readonly string[];
  /** Objects in these scopes must be covered by a quota with the same scope. */
  readonly matchScopes?: readonly ScopedResourceSelectorRequirement[];
}

const kinds: Readonly<Record<string, string>> = {
  'apiserver.config.k8s.io/v1': 'ResourceQuotaConfiguration',
  'resourcequota.admission.k8s.io/v1beta1': 'Configuration',
  'resourcequota.admission.k8s.io/v1alpha1': 'Configuration',
};

/** Reads a ResourceQuotaConfiguration; undefined limits nothing. Throws on another kind. */
export function limitedResources(file: unknown): readonly LimitedResource[] {
  if (file === undefined) return [];
  const {
    apiVersion = '',
    kind,
    limitedResources: limited,
  } = file as {
    readonly apiVersion?: string;
    readonly kind?: string;
    readonly limitedResources?: readonly LimitedResource[];
  };
  if (kind === undefined || kinds[apiVersion] !== kind)
    throw new Error(`no kind "${kind}" is registered for version "${apiVersion}"`);
  return limited ?? [];
}

import { APIServices, CustomResourceDefinitions, type Resource } from '@coxswain/api';
import type { CustomResourceDefinition } from '@coxswain/api/types/apiextensions-v1';
import type { APIService } from '@coxswain/api/types/apiregistration-v1';
import type { Objects } from '../authz/objects.ts';
import { isSame } from '../rest/equal.ts';
import { localApiService, managedLabel } from './priorities.ts';

/** What is to be done that the APIServices of what this server serves are there. */
export type LocalStep =
  | { readonly do: 'create' | 'update'; readonly object: APIService }
  | { readonly do: 'delete'; readonly name: string };

/** Built-in groups and versions, by the name of their APIService. */
export function builtInServices(resources: Iterable<Resource>): ReadonlyMap<string, APIService> {
  const found = new Map<string, APIService>();
  for (const { group, version } of resources)
    // The group of the APIServices themselves is served beside them.
    if (group !== APIServices.group) {
      const service = localApiService(group, version, false);
      found.set(service.metadata.name, service);
    }
  return found;
}

/** Those of custom resources that are established. */
export function customServices(objects: Objects): ReadonlyMap<string, APIService> {
  const found = new Map<string, APIService>();
  for (const { spec, status } of objects.all(CustomResourceDefinitions)) {
    if (!isEstablished(status)) continue;
    for (const { name, served } of spec.versions) {
      if (!served) continue;
      const service = localApiService(spec.group, name, true);
      found.set(service.metadata.name, service);
    }
  }
  return found;
}

const isEstablished = (status: CustomResourceDefinition['status']): boolean =>
  status?.conditions?.some(({ type, status: is }) => type === 'Established' && is === 'True') ===
  true;

/** What makes the object `name` as it should be; those that somebody else keeps are left alone. */
export function localStep(
  name: string,
  wanted: APIService | undefined,
  present: APIService | undefined,
  isStart: boolean,
): LocalStep | undefined {
  if (!present)
    return wanted && (isStart || isKept(wanted)) ? { do: 'create', object: wanted } : undefined;
  const managed = present.metadata.labels?.[managedLabel];
  if (managed !== 'true' && !(managed === 'onstart' && isStart)) return undefined;
  if (!wanted) return { do: 'delete', name };
  if (isSame(present.spec, wanted.spec)) return undefined;
  return { do: 'update', object: { ...present, spec: wanted.spec } };
}

const isKept = ({ metadata }: APIService): boolean => metadata.labels?.[managedLabel] === 'true';

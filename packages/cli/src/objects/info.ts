import type { KubeObject } from '@coxswain/api';
import { pathOf } from '@coxswain/client';
import type { Discovered } from '../session/discovery.ts';

/** An object as the server or a file gave it: nothing more is known of its fields. */
export interface Unstructured extends KubeObject {
  readonly [field: string]: unknown;
}

/** An object of the command line: which resource it is of, where it stands, and what is known of it. */
export interface Info {
  readonly resource: Discovered;
  /** Empty for objects of the whole cluster. */
  readonly namespace: string;
  readonly name: string;
  readonly subresource: string;
  /** The file or URL that it was read from; empty when it comes from the server. */
  readonly source: string;
  /** The object, or a list or Table of such; undefined when only its name is known. */
  readonly object: Unstructured | undefined;
  /** What the client accepts that it was found with, and is written with; JSON when left out. */
  readonly accept?: string;
}

/** Where the object is served. Throws for one that has no name. */
export function pathOfInfo({ resource, namespace, name, subresource }: Info, more = ''): string {
  if (!name) throw new Error('resource name may not be empty');
  return pathOf(resource, { namespace, name, subresource: subresource || more });
}

/** `apps/v1, Resource=deployments`, as messages have it. */
export const resourceText = ({ group, version, resource }: Discovered): string =>
  `${group}/${version}, Resource=${resource}`;

/** `deployment.apps`, as `-o name` does. */
export const kindText = ({ kind, group }: Pick<Discovered, 'kind' | 'group'>): string =>
  group ? `${kind.toLowerCase()}.${group}` : kind.toLowerCase();

export const isList = (object: Unstructured): boolean => Array.isArray(object['items']);
export const isTable = (object: Unstructured): boolean => object.kind === 'Table';

/** The object without what says who owns which of its fields. */
export function withoutManagedFields(object: Unstructured): Unstructured {
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}

/** What its client accepts, where that is not JSON alone. */
export const acceptOf = ({ accept }: { readonly accept?: string }): Pick<Info, 'accept'> =>
  accept ? { accept } : {};

import { decode, type KubeObject, type Resource, typeOf } from '@coxswain/api';
import { goJson } from '../printers/go-json.ts';
import type { Discovered } from '../session/discovery.ts';
import type { Unstructured } from './info.ts';

/** An object as a Go struct of its kind holds and prints it: fields in order, zero values where Go writes them. Kinds that are not built in stay. */
export function typed(object: object): Unstructured {
  const { apiVersion = '', kind = '' } = object as Partial<KubeObject>;
  const type = typeOf(apiVersion, kind);
  return (type ? decode(type, object) : object) as Unstructured;
}

/** The JSON text of such an object. */
export const typedJson = (object: Unstructured): string => goJson(typed(object), '', '', 'struct');

/** A built-in resource, known without asking a server. */
export const builtIn = (resource: Resource): Discovered => ({
  ...resource,
  singular: resource.kind.toLowerCase(),
  ...{ shortNames: [], categories: [], verbs: [], subresources: {} },
});

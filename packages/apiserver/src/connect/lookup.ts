import { type KubeObject, notFound, Nodes, Pods, type Resource } from '@coxswain/api';
import type { Node, Pod } from '@coxswain/api/types/core-v1';
import type { ConnectCall } from './connect-call.ts';

/** The object of that name as the server's cache has it. Throws 404. */
export function lookUp<T extends KubeObject>(
  { context }: ConnectCall,
  resource: Resource<T>,
  name: string,
  namespace?: string,
): T {
  const found = context.lookup(resource, name, namespace);
  if (!found) throw notFound({ group: resource.group, resource: resource.resource, name });
  return found;
}

export const podOf = (call: ConnectCall, name: string = call.name): Pod =>
  lookUp(call, Pods, name, call.namespace);

export const nodeOf = (call: ConnectCall, name: string): Node => lookUp(call, Nodes, name);

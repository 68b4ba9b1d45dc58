import type { KubeObject, Resource } from '@coxswain/api';
import type { Request, Response, Station } from '../chain/station.ts';
import { contextOf, type Engine } from '../rest/engine.ts';
import type { Objects } from '../authz/objects.ts';
import type { ConnectCall } from './connect-call.ts';
import { log } from './log.ts';
import { proxy } from './proxy.ts';
import { command, portForward } from './sessions.ts';
import type { ConnectWire } from './wire-needs.ts';

type Connect = (call: ConnectCall, objects: Objects) => Promise<Response>;

const proxied: Connect = (call, objects) =>
  proxy(call, <T extends KubeObject>(resource: Resource<T>, namespace: string) =>
    objects.all(resource, namespace),
  );

/** What is somewhere else, by resource and subresource. */
const connects: Readonly<Record<string, Connect>> = {
  'pods/exec': command,
  'pods/attach': command,
  'pods/portforward': portForward,
  'pods/log': log,
  'pods/proxy': proxied,
  'services/proxy': proxied,
  'nodes/proxy': proxied,
};

/** Answers requests for what is not in the store but in a container: stands at the end of the chain, before the engine. */
export function connect(
  { engine, objects }: { readonly engine: Engine; readonly objects: Objects },
  wire: ConnectWire,
): Station {
  return {
    name: 'connect',
    pass(request, next) {
      const answer = connectOf(request);
      const served = answer && engine.catalog.get('', 'v1', request.info.resource);
      if (!served) return next(request);
      const { info } = request;
      const context = contextOf(engine, request.user!);
      const namespace = served.resource.namespaced ? info.namespace : '';
      const call = { engine, served, request, namespace, name: info.name, context, wire };
      return answer(call, objects);
    },
  };
}

function connectOf({ info }: Request): Connect | undefined {
  if (!info.isResource || info.group !== '' || info.version !== 'v1' || info.name === '')
    return undefined;
  const key = `${info.resource}/${info.subresource}`;
  return Object.hasOwn(connects, key) ? connects[key] : undefined;
}

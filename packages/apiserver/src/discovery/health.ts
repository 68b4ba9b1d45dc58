import {
  ClusterRoles,
  FlowSchemas,
  Namespaces,
  PriorityClasses,
  type Resource,
} from '@coxswain/api';
import type { Request, Response } from '../chain/station.ts';
import { keyOf } from '../rest/catalog.ts';
import type { Engine } from '../rest/engine.ts';
import { pageNotFound, textResponse } from '../rest/not-found.ts';

type Check = (engine: Engine) => Promise<unknown>;

/** Requests are answered only once the caches are filled: what waits for no more than that is well by now. */
const filled: Check = async () => {};
const storeAnswers: Check = ({ storage }) => storage.current();

/** Well once the object that the server keeps for itself is there. */
const stands =
  (resource: Resource, ...names: readonly string[]): Check =>
  async ({ catalog }) => {
    const served = catalog.kept(resource.group, resource.version, resource.resource);
    if (!served?.cache) return;
    const missing = names.find((name) => !served.cache!.get(keyOf(served, '', name)));
    if (missing !== undefined) throw new Error(`${resource.resource} ${missing} is not there yet`);
  };

/** What upstream's server starts once it listens, in its order, by its names. */
const hooks: Readonly<Record<string, Check>> = {
  'start-apiserver-admission-initializer': filled,
  'generic-apiserver-start-informers': filled,
  'priority-and-fairness-config-consumer': filled,
  'priority-and-fairness-filter': filled,
  'storage-object-count-tracker-hook': filled,
  'start-apiextensions-informers': filled,
  'start-apiextensions-controllers': filled,
  'crd-informer-synced': filled,
  'start-system-namespaces-controller': stands(Namespaces, 'kube-system'),
  'peer-endpoint-reconciler-controller': filled,
  'start-cluster-authentication-info-controller': filled,
  'start-kube-apiserver-identity-lease-controller': filled,
  'start-kube-apiserver-identity-lease-garbage-collector': filled,
  'storage-readiness': storeAnswers,
  'start-legacy-token-tracking-controller': filled,
  'start-service-ip-repair-controllers': filled,
  'rbac/bootstrap-roles': stands(ClusterRoles, 'cluster-admin'),
  'scheduling/bootstrap-system-priority-classes': stands(PriorityClasses, 'system-node-critical'),
  'priority-and-fairness-config-producer': stands(FlowSchemas, 'exempt', 'catch-all'),
  'bootstrap-controller': filled,
  'start-kubernetes-service-cidr-controller': filled,
  'aggregator-reload-proxy-client-cert': filled,
  'start-kube-aggregator-informers': filled,
  'apiservice-status-local-available-controller': filled,
  'apiservice-status-remote-available-controller': filled,
  'apiservice-registration-controller': filled,
  'apiservice-discovery-controller': filled,
  'kube-apiserver-autoregistration': filled,
};
const lastHooks: Readonly<Record<string, Check>> = {
  'apiservice-openapi-controller': filled,
  'apiservice-openapiv3-controller': filled,
};
const posted = (each: Readonly<Record<string, Check>>): Record<string, Check> =>
  Object.fromEntries(Object.entries(each).map(([name, check]) => [`poststarthook/${name}`, check]));

const common: Readonly<Record<string, Check>> = {
  ...posted(hooks),
  'autoregister-completion': filled,
  ...posted(lastHooks),
};
const alive: Readonly<Record<string, Check>> = {
  ping: filled,
  log: filled,
  'loopback-serving-certificate': filled,
  etcd: storeAnswers,
  ...common,
};
const ready: Readonly<Record<string, Check>> = {
  ping: filled,
  log: filled,
  etcd: storeAnswers,
  'etcd-readiness': storeAnswers,
  'informer-sync': ({ cache }) => cache.level(),
  ...common,
  shutdown: filled,
};

const checksOf = (path: string): Readonly<Record<string, Check>> =>
  path === 'readyz' ? ready : alive;

/** The names of the checks behind `healthz`, `livez` or `readyz`, in their order. */
export const checks = (path: string): readonly string[] => Object.keys(checksOf(path));

/** Answers the health paths: all checks, or one by its name; `?verbose` shows each, `?exclude=` leaves some out. */
export function health(
  engine: Engine,
): (path: string, rest: readonly string[], request: Request) => Promise<Response> {
  return async (path, rest, { query }) => {
    const all = checksOf(path);
    const one = rest.join('/');
    if (one && !Object.hasOwn(all, one)) return pageNotFound();
    const excluded = new Set(query.getAll('exclude'));
    const lines: string[] = [];
    const failed: string[] = [];
    for (const name of one ? [one] : Object.keys(all)) {
      if (excluded.delete(name)) lines.push(`[+]${name} excluded: ok\n`);
      else {
        const why = await failure(engine, name, all[name]!);
        if (why === undefined) {
          lines.push(`[+]${name} ok\n`);
          continue;
        }
        if (one) return textResponse(500, `internal server error: ${why}\n`);
        failed.push(name);
        lines.push(`[-]${name} failed: reason withheld\n`);
      }
    }
    if (excluded.size > 0 && !one) {
      const names = [...excluded].map((name) => JSON.stringify(name)).join(', ');
      lines.push(`warn: some health checks cannot be excluded: no matches for ${names}\n`);
    }
    if (failed.length > 0) return textResponse(500, `${lines.join('')}${path} check failed\n`);
    const shown = query.has('verbose') && !one;
    return textResponse(200, shown ? `${lines.join('')}${path} check passed\n` : 'ok');
  };
}

/** The outcome of every check, for `/metrics/slis`. */
export async function outcomes(
  engine: Engine,
): Promise<readonly { readonly name: string; readonly type: string; readonly ok: boolean }[]> {
  const found: { name: string; type: string; ok: boolean }[] = [];
  for (const type of ['healthz', 'readyz'])
    for (const [name, check] of Object.entries(checksOf(type)))
      found.push({ name, type, ok: (await failure(engine, name, check)) === undefined });
  return found;
}

/** Why a check is not passed; undefined when it is. */
async function failure(engine: Engine, name: string, check: Check): Promise<string | undefined> {
  try {
    await check(engine);
    return undefined;
  } catch (error) {
    engine.world.log.named('apiserver').error('health check failed', error, { check: name });
    return (error as Error).message;
  }
}

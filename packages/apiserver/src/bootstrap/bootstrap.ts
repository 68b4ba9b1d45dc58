import {
  ApiError,
  type ApiHandler,
  groupVersion,
  type KubeObject,
  type Resource,
  type UserInfo,
} from '@coxswain/api';
import type { Objects } from '../authz/objects.ts';
import { flowControl } from './flow-control.ts';
import { bootstrapPolicy, type Wanted } from './policy.ts';
import { type Repair, repair } from './reconcile.ts';
import { sayReady } from './default-service-range.ts';
import { type SystemSettings, systemNamespaces, systemObjects } from './system-objects.ts';

export interface BootstrapSettings extends SystemSettings {
  readonly enabled: (gate: string) => boolean;
}

/** The server itself, as it writes what the cluster cannot be without. */
export const serverUser: UserInfo = {
  name: 'system:apiserver',
  groups: ['system:masters', 'system:authenticated'],
};
const agent = 'kube-apiserver/bootstrap';
/** Two servers that start at once may get in each other's way; each looks again so often at most. */
const roundsMax = 5;

interface Step {
  readonly resource: Resource;
  readonly object: KubeObject;
  readonly do: 'create' | NonNullable<Repair>['do'];
}

/** What is missing or not as it should be; empty on every boot after the first, unless the policy grew. */
export function planBootstrap(objects: Objects, wanted: readonly Wanted[]): readonly Step[] {
  return wanted.flatMap(({ resource, object }): readonly Step[] => {
    const existing = objects.get(resource, object.metadata.name, object.metadata.namespace);
    if (!existing) return [{ resource, object, do: 'create' }];
    const mend = repair(object, existing);
    return mend ? [{ resource, ...mend }] : [];
  });
}

/** Brings the system's objects up to date by direct calls, namespaces first, the others all at once. */
export async function bootstrap(
  handler: ApiHandler,
  objects: Objects,
  settings: BootstrapSettings,
  signal: AbortSignal,
): Promise<void> {
  const others = [...bootstrapPolicy(settings.enabled), ...flowControl, ...systemObjects(settings)];
  for (const wanted of [systemNamespaces, others]) await settle(handler, objects, wanted, signal);
  await sayReady(handler, objects, settings.serviceRanges, signal);
}

/** Brings `wanted` about, in as many rounds as others make necessary. */
export async function settle(
  handler: ApiHandler,
  objects: Objects,
  wanted: readonly Wanted[],
  signal: AbortSignal,
): Promise<void> {
  for (let round = 1; ; round++) {
    const steps = planBootstrap(objects, wanted);
    const results = await Promise.allSettled(steps.map((step) => take(handler, step, signal)));
    const failed = results.flatMap((result) =>
      result.status === 'rejected' ? [result.reason] : [],
    );
    if (failed.length === 0) return;
    const serious = failed.find((error) => !(error instanceof ApiError && error.code === 409));
    if (serious || round === roundsMax)
      throw new Error('writing the bootstrap objects', { cause: serious ?? failed[0] });
  }
}

async function take(handler: ApiHandler, step: Step, signal: AbortSignal): Promise<void> {
  const { resource, object } = step;
  const collection = pathOf(resource, object.metadata.namespace);
  const one = `${collection}/${object.metadata.name}`;
  const call = { query: {}, user: serverUser, agent, signal };
  if (step.do === 'update')
    return void (await handler({ ...call, method: 'PUT', path: one, body: object }));
  if (step.do === 'recreate') await handler({ ...call, method: 'DELETE', path: one });
  await handler({ ...call, method: 'POST', path: collection, body: object });
}

function pathOf(resource: Resource, namespace: string | undefined): string {
  const root = resource.group ? `/apis/${groupVersion(resource)}` : `/api/${resource.version}`;
  return `${root}${resource.namespaced ? `/namespaces/${namespace}` : ''}/${resource.resource}`;
}

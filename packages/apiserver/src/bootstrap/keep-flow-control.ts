import {
  type ApiHandler,
  ApiError,
  FlowSchemas,
  groupVersion,
  PriorityLevelConfigurations,
} from '@coxswain/api';
import type { FlowSchema, FlowSchemaCondition } from '@coxswain/api/types/flowcontrol-v1';
import type { World } from '@coxswain/base';
import type { Objects } from '../authz/objects.ts';
import { planBootstrap, serverUser as user, settle } from './bootstrap.ts';
import { flowControl } from './flow-control.ts';

const agent = 'kube-apiserver/priority-and-fairness';
/** Field manager of the condition, by upstream's name. */
const fieldManager = 'api-priority-and-fairness-config-consumer-v1';
const retryMs = 1_000;

/** What a schema's status should say of its level; undefined when it does already. */
export function danglingOf(
  { spec, status }: FlowSchema,
  isThere: boolean,
  nowMs: number,
): FlowSchemaCondition | undefined {
  const level = JSON.stringify(spec.priorityLevelConfiguration?.name ?? '');
  const start = `This FlowSchema references the PriorityLevelConfiguration object named ${level}`;
  const wanted = isThere
    ? { status: 'False', reason: 'Found', message: `${start} and it exists` }
    : { status: 'True', reason: 'NotFound', message: `${start} but there is no such object` };
  const stands = status?.conditions?.find(({ type }) => type === 'Dangling');
  if (stands?.status === wanted.status && stands.reason === wanted.reason)
    if (stands.message === wanted.message) return undefined;
  const lastTransitionTime = new Date(nowMs).toISOString().replace(/\.\d+Z$/, 'Z');
  return { type: 'Dangling', ...wanted, lastTransitionTime };
}

/**
 * Keeps flow schemas and priority levels as the server needs them until `signal` ends it: the system's own are made
 * again when they are gone or changed, and each schema's condition says whether its level is there.
 */
export function keepFlowControl(
  world: World,
  objects: Objects,
  call: ApiHandler,
  signal: AbortSignal,
): void {
  const due = new Set<string>();
  let running = false;
  const wake = (name?: string): void => {
    if (name !== undefined) due.add(name);
    if (running || signal.aborted) return;
    running = true;
    void world.work.track(Promise.resolve().then(work));
  };
  const work = async (): Promise<void> => {
    try {
      if (planBootstrap(objects, flowControl).length > 0)
        await settle(call, objects, flowControl, signal);
      for (const name of due) {
        due.delete(name);
        await tell(name).catch((error: unknown) => {
          if (!(error instanceof ApiError && error.code === 404)) due.add(name);
          throw error;
        });
      }
    } catch {
      if (!signal.aborted) world.clock.after(retryMs, () => wake());
    }
    running = false;
    if (due.size > 0 && !signal.aborted) world.clock.after(retryMs, () => wake());
  };
  const tell = async (name: string): Promise<void> => {
    const schema = objects.get(FlowSchemas, name);
    if (!schema) return;
    const level = schema.spec.priorityLevelConfiguration?.name ?? '';
    const isThere = objects.get(PriorityLevelConfigurations, level) !== undefined;
    const condition = danglingOf(schema, isThere, world.clock.now());
    if (condition) await call(statusPatch(name, condition, signal));
  };
  const following = [
    objects.follow(FlowSchemas, (now) => wake(now?.metadata.name)),
    objects.follow(PriorityLevelConfigurations, (now, before) => {
      if (!now || !before)
        for (const { metadata } of objects.all(FlowSchemas)) due.add(metadata.name);
      wake();
    }),
  ];
  const end = (): void => following.forEach((one) => one[Symbol.dispose]());
  signal.addEventListener('abort', end, { once: true });
}

const statusPatch = (
  name: string,
  condition: FlowSchemaCondition,
  signal: AbortSignal,
): Parameters<ApiHandler>[0] => ({
  ...{ method: 'PATCH', user, agent, signal, query: { fieldManager, force: 'true' } },
  path: `/apis/${groupVersion(FlowSchemas)}/flowschemas/${name}/status`,
  patchType: 'application/apply-patch+yaml',
  body: {
    ...{ apiVersion: groupVersion(FlowSchemas), kind: 'FlowSchema', metadata: { name } },
    status: { conditions: [condition] },
  },
});

/** Plays cases on one server, whoever schedules there, and tells what came of them. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Sender } from '../differential/sender.ts';
import { until } from '../testing/wait.ts';
import type { Case, Step, Thing } from './case.ts';

type Json = any;

/** What is to be seen of a case that can be compared, the same however often it is looked at once all is at rest; undefined: not yet. */
export type Observe = (
  list: (path: string) => Promise<readonly Json[]>,
  one: Case,
  pods: readonly Json[],
) => Promise<unknown>;

const deadlineMs = 240_000;
/** What does not change for so long is taken for at rest. */
const restMs = 2500;
const lanes = 6;

const groups: Readonly<Record<string, readonly string[]>> = {
  '/api/v1': ['Namespace', 'Node', 'PersistentVolume'],
  '/api/v1/namespaces/NS': ['Pod', 'Service', 'PersistentVolumeClaim'],
  '/apis/apps/v1/namespaces/NS': ['ReplicaSet', 'StatefulSet'],
  '/apis/policy/v1/namespaces/NS': ['PodDisruptionBudget'],
  '/apis/scheduling.k8s.io/v1': ['PriorityClass'],
  '/apis/node.k8s.io/v1': ['RuntimeClass'],
  '/apis/storage.k8s.io/v1': ['StorageClass', 'CSINode', 'CSIDriver'],
  '/apis/resource.k8s.io/v1': ['ResourceSlice', 'DeviceClass'],
  '/apis/resource.k8s.io/v1/namespaces/NS': ['ResourceClaim', 'ResourceClaimTemplate'],
};
const places = new Map(
  Object.entries(groups).flatMap(([at, kinds]) => kinds.map((kind) => [kind, at])),
);
const plural = (kind: string): string =>
  kind.endsWith('s') ? `${kind.toLowerCase()}es` : `${kind.toLowerCase()}s`;
const pathOf = ({ kind, metadata }: Thing): string =>
  `${places.get(kind)!.replace('NS', String(metadata['namespace']))}/${plural(kind)}`;

/** What came of each step of each case, by the case's name. */
export async function play(
  url: string,
  cases: readonly Case[],
  observe: Observe,
): Promise<ReadonlyMap<string, readonly unknown[]>> {
  using sender = new Sender(url);
  for (const { id, nodes, namespaceLabels } of cases) {
    const metadata = { name: id, ...(namespaceLabels && { labels: namespaceLabels }) };
    await make(sender, { kind: 'Namespace', metadata });
    for (const node of nodes) await make(sender, node);
  }
  await until('service accounts', deadlineMs, async () => {
    for (const { id } of cases) {
      const path = `/api/v1/namespaces/${id}/serviceaccounts/default`;
      if ((await sender.send({ name: 'account', method: 'GET', path })).status !== 200)
        return false;
    }
    return true;
  });
  const results = new Map<string, readonly unknown[]>();
  const left = cases.filter(({ alone }) => !alone);
  const lane = async (): Promise<void> => {
    using own = new Sender(url);
    for (let next = left.shift(); next; next = left.shift())
      results.set(next.name, await playOne(own, next, observe));
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  left.push(...cases.filter(({ alone }) => alone));
  await lane();
  return results;
}

async function playOne(sender: Sender, one: Case, observe: Observe): Promise<readonly unknown[]> {
  const seen: unknown[] = [];
  try {
    for (const step of one.steps) {
      await take(sender, step);
      seen.push(await atRest(sender, one, step, observe));
    }
  } catch (error) {
    seen.push(error);
  }
  return seen;
}

const mergePatch = 'application/merge-patch+json';

async function take(
  sender: Sender,
  { make: made = [], change = [], remove = [] }: Step,
): Promise<void> {
  for (const thing of made) await make(sender, thing);
  for (const { of, to, part } of change) await patch(sender, of, to, part);
  for (const thing of remove) {
    const path = `${pathOf(thing)}/${thing.metadata.name}`;
    expectOk(await sender.send({ name: 'remove', method: 'DELETE', path }));
  }
}

async function patch(sender: Sender, of: Thing, body: object, part?: string): Promise<void> {
  const path = `${pathOf(of)}/${of.metadata.name}${part ? `/${part}` : ''}`;
  expectOk(
    await sender.send({ name: 'change', method: 'PATCH', path, body, contentType: mergePatch }),
  );
}

async function make(sender: Sender, thing: Thing): Promise<void> {
  const path = pathOf(thing);
  expectOk(await sender.send({ name: 'make', method: 'POST', path, body: thing }));
  const { status } = thing;
  if (status !== undefined) await patch(sender, thing, { status }, 'status');
  if (thing.kind !== 'Node') return;
  // A new node is tainted as one that is not ready; no kubelet comes to take that back.
  const { taints = null } = (thing['spec'] ?? {}) as Json;
  await patch(sender, thing, { spec: { taints } });
}

function expectOk({ status, body }: { readonly status: number; readonly body: unknown }): void {
  if (status >= 300) throw new Error(`${status}: ${JSON.stringify(body)}`);
}

/** What is there once every pod is decided on and nothing changes any more. */
async function atRest(
  sender: Sender,
  one: Case,
  { awaits = [] }: Step,
  observe: Observe,
): Promise<unknown> {
  const list = async (path: string): Promise<readonly Json[]> => {
    const answer = await sender.send({ name: 'list', method: 'GET', path });
    expectOk(answer);
    return (answer.body as Json).items;
  };
  const { id, name, gated = [] } = one;
  let before = '';
  let sinceMs = Date.now();
  return until(`${name} at rest`, deadlineMs, async () => {
    const pods = await list(`/api/v1/namespaces/${id}/pods`);
    const isDecided = (pod: Json): boolean =>
      pod.spec.nodeName ||
      (!awaits.includes(pod.metadata.name) &&
        (gated.includes(pod.metadata.name) || scheduled(pod)));
    const state = await observe(list, one, pods);
    const now = JSON.stringify(state);
    if (now !== before) sinceMs = Date.now();
    before = now;
    await sleep(300);
    const rests = state !== undefined && Date.now() - sinceMs > restMs;
    return rests && pods.every(isDecided) ? { state } : undefined;
  }).then(({ state }) => state);
}

/** The condition that tells whether a pod has its node. */
export const scheduled = ({ status }: Json): Json =>
  (status?.conditions ?? []).find(({ type }: Json) => type === 'PodScheduled');

export const byName = (a: Json, b: Json): number => (a.name < b.name ? -1 : 1);

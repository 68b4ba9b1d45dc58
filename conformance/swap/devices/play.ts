/** Plays cases on one server, whoever schedules there, and tells what came of them. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Sender } from '../../differential/sender.ts';
import { until } from '../../testing/wait.ts';
import type { DeviceCase, Step, Thing } from './case.ts';

type Case = DeviceCase & { readonly id: string };
type Json = any;

const deadlineMs = 120_000;
/** What does not change for so long is taken for at rest. */
const restMs = 2500;
const lanes = 6;

const places: Readonly<Record<string, string>> = {
  Namespace: '/api/v1/namespaces',
  Node: '/api/v1/nodes',
  Pod: '/api/v1/namespaces/NS/pods',
  ResourceSlice: '/apis/resource.k8s.io/v1/resourceslices',
  DeviceClass: '/apis/resource.k8s.io/v1/deviceclasses',
  ResourceClaim: '/apis/resource.k8s.io/v1/namespaces/NS/resourceclaims',
  ResourceClaimTemplate: '/apis/resource.k8s.io/v1/namespaces/NS/resourceclaimtemplates',
};
const pathOf = ({ kind, metadata }: Thing): string =>
  places[kind]!.replace('NS', String(metadata['namespace']));

/** What came of each step of each case, by the case's name. */
export async function play(
  url: string,
  cases: readonly Case[],
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
  const left = [...cases];
  const lane = async (): Promise<void> => {
    using own = new Sender(url);
    for (let next = left.shift(); next; next = left.shift())
      results.set(next.name, await playOne(own, next));
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return results;
}

async function playOne(sender: Sender, one: Case): Promise<readonly unknown[]> {
  const seen: unknown[] = [];
  for (const step of one.steps) {
    await take(sender, step);
    seen.push(await atRest(sender, one));
  }
  return seen;
}

async function take(
  sender: Sender,
  { make: made = [], change = [], remove = [] }: Step,
): Promise<void> {
  for (const thing of made) await make(sender, thing);
  for (const { of, to, status } of change) {
    const path = `${pathOf(of)}/${of.metadata.name}${status ? '/status' : ''}`;
    const contentType = 'application/merge-patch+json';
    expectOk(await sender.send({ name: 'change', method: 'PATCH', path, body: to, contentType }));
  }
  for (const thing of remove) {
    const path = `${pathOf(thing)}/${thing.metadata.name}`;
    expectOk(await sender.send({ name: 'remove', method: 'DELETE', path }));
  }
}

async function make(sender: Sender, thing: Thing): Promise<void> {
  const answer = await sender.send({
    name: 'make',
    method: 'POST',
    path: pathOf(thing),
    body: thing,
  });
  expectOk(answer);
  if (thing.kind !== 'Node' && thing['status'] === undefined) return;
  const path = `${pathOf(thing)}/${thing.metadata.name}/status`;
  const contentType = 'application/merge-patch+json';
  const body = { status: thing['status'] };
  expectOk(await sender.send({ name: 'status', method: 'PATCH', path, body, contentType }));
}

function expectOk({ status, body }: { readonly status: number; readonly body: unknown }): void {
  if (status >= 300) throw new Error(`${status}: ${JSON.stringify(body)}`);
}

async function list(sender: Sender, path: string): Promise<readonly Json[]> {
  const answer = await sender.send({ name: 'list', method: 'GET', path });
  expectOk(answer);
  return (answer.body as Json).items;
}

/** What is there once every pod is decided on and nothing changes any more. */
async function atRest(sender: Sender, { id, name, gated = [] }: Case): Promise<unknown> {
  let before = '';
  let sinceMs = Date.now();
  return until(`${name} at rest`, deadlineMs, async () => {
    const pods = await list(sender, `/api/v1/namespaces/${id}/pods`);
    const claims = await list(sender, `/apis/resource.k8s.io/v1/namespaces/${id}/resourceclaims`);
    const isDecided = (pod: Json): boolean =>
      gated.includes(pod.metadata.name) || pod.spec.nodeName || scheduled(pod);
    const state = stateOf(pods, claims);
    const now = JSON.stringify(state);
    if (now !== before) sinceMs = Date.now();
    before = now;
    await sleep(300);
    return pods.every(isDecided) && Date.now() - sinceMs > restMs ? { state } : undefined;
  }).then(({ state }) => state);
}

const scheduled = ({ status }: Json): Json =>
  (status?.conditions ?? []).find(({ type }: Json) => type === 'PodScheduled');

function stateOf(pods: readonly Json[], claims: readonly Json[]): unknown {
  const podNames = new Map(pods.map(({ metadata }) => [metadata.uid, metadata.name]));
  const claimNames = new Map(
    claims.map(({ metadata: { name, generateName } }) => [
      name,
      generateName ? `${generateName}*` : name,
    ]),
  );
  const byName = (a: Json, b: Json): number => (a.name < b.name ? -1 : 1);
  return {
    pods: pods
      .map((pod) => ({
        name: pod.metadata.name,
        node: pod.spec.nodeName,
        ...(pod.metadata.deletionTimestamp && { leaving: true }),
        said: scheduled(pod) && [scheduled(pod).reason, scheduled(pod).message],
        claims: pod.status?.resourceClaimStatuses?.map((each: Json) => [
          each.name,
          claimNames.get(each.resourceClaimName) ?? 'gone',
        ]),
        extended: pod.status?.extendedResourceClaimStatus?.requestMappings,
      }))
      .toSorted(byName),
    claims: claims
      .map(({ metadata, spec, status }) => ({
        name: claimNames.get(metadata.name),
        ...(metadata.deletionTimestamp && { leaving: true }),
        ...(metadata.generateName && { spec: spec.devices, annotations: metadata.annotations }),
        allocation: allocationOf(status?.allocation),
        for: status?.reservedFor?.map(({ uid }: Json) => podNames.get(uid) ?? 'gone'),
        devices: status?.devices?.map(({ device }: Json) => device),
      }))
      .toSorted(byName),
  };
}

function allocationOf(allocation: Json): unknown {
  if (!allocation) return undefined;
  const results = allocation.devices?.results?.map((result: Json) => ({
    ...result,
    ...(result.shareID && { shareID: 'some' }),
  }));
  return {
    ...allocation,
    ...(allocation.allocationTimestamp && { allocationTimestamp: 'some' }),
    devices: { ...allocation.devices, results },
  };
}

/** The collector beside a server in little: users make and delete by chance, name owners rightly and wrongly, and caches lag. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError, type KubeObject, Nodes, Pods, ReplicaSets, type Resource } from '@coxswain/api';
import type { OwnerReference } from '@coxswain/api/types/meta';
import { seededRandom } from '@coxswain/base';
import { collect, type Collecting, orphanDependents } from './collect.ts';
import { asked, type Asked, Graph } from './graph.ts';

const kinds: readonly Resource[] = [Pods, ReplicaSets, Nodes];
const apiVersionOf = ({ group, version }: Resource): string =>
  group ? `${group}/${version}` : version;
const keyOf = (kind: string, namespace: string | undefined, name: string): string =>
  `${kind}/${namespace ?? ''}/${name}`;
const keyOfObject = ({ kind, metadata }: KubeObject): string =>
  keyOf(kind!, metadata.namespace, metadata.name);
const without = (list: readonly string[] | undefined, ...gone: string[]): string[] =>
  (list ?? []).filter((each) => !gone.includes(each));

type Change = { readonly now?: KubeObject; readonly before?: KubeObject };

/** Everything of one life: the server, what the caches have of it, and the collector's work. */
class Life {
  readonly draw: () => number;
  readonly objects = new Map<string, KubeObject>();
  readonly cached = new Map<string, KubeObject>();
  readonly graph = new Graph();
  readonly work = new Set<string>();
  readonly #events = new Map<string, Change[]>(kinds.map(({ kind }) => [kind, []]));
  #revision = 0;
  #uids = 0;
  isQuiet = false;

  constructor(seed: number) {
    this.draw = seededRandom(seed);
  }

  pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.draw() * from.length)]!;
  }

  put(object: KubeObject): KubeObject {
    const key = keyOfObject(object);
    const before = this.objects.get(key);
    const { finalizers = [], deletionTimestamp } = object.metadata;
    if (deletionTimestamp && finalizers.length === 0) {
      this.drop(object);
      return object;
    }
    const metadata = { ...object.metadata, resourceVersion: String(++this.#revision) };
    const now = { ...object, metadata };
    this.objects.set(key, now);
    this.#events.get(object.kind!)!.push({ now, ...(before && { before }) });
    return now;
  }

  drop(object: KubeObject): void {
    const before = this.objects.get(keyOfObject(object))!;
    this.objects.delete(keyOfObject(object));
    this.#events.get(object.kind!)!.push({ before });
  }

  remove(object: KubeObject, propagation: string): void {
    const rest = without(object.metadata.finalizers, 'orphan', 'foregroundDeletion');
    const own = { Orphan: ['orphan'], Foreground: ['foregroundDeletion'] }[propagation] ?? [];
    const finalizers = object.metadata.deletionTimestamp
      ? object.metadata.finalizers
      : [...rest, ...own];
    const deletionTimestamp = object.metadata.deletionTimestamp ?? 'now';
    this.put({
      ...object,
      metadata: { ...object.metadata, finalizers, deletionTimestamp } as never,
    });
  }

  /** Whether an owner of that name is there. */
  owner({ kind, name, uid }: OwnerReference, of: KubeObject): KubeObject | undefined {
    const { namespaced } = kinds.find((each) => each.kind === kind)!;
    const found = this.objects.get(keyOf(kind, namespaced ? of.metadata.namespace : '', name));
    return found?.metadata.uid === uid ? found : undefined;
  }

  /** Something that a user does. */
  act(): void {
    const all = [...this.objects.values()];
    const some = this.pick(all);
    if (some && this.draw() < 0.3)
      return this.remove(some, this.pick(['Background', 'Background', 'Foreground', 'Orphan']));
    const resource = this.pick(kinds);
    const { kind } = resource;
    const name = this.pick(['a', 'b', 'c', 'd']);
    const namespace = resource.namespaced ? this.pick(['x', 'y']) : undefined;
    if (this.objects.has(keyOf(kind, namespace, name))) return;
    const ownerReferences = Array.from({ length: Math.floor(this.draw() * 3) }, () => {
      const owner = this.pick(all);
      if (!owner) return [];
      const isWrong = this.draw() < 0.25;
      const as = isWrong ? this.pick(kinds) : kinds.find((each) => each.kind === owner.kind)!;
      // What follows from a namespaced owner of something in none is nothing.
      if (as.namespaced && namespace === undefined) return [];
      const reference: OwnerReference = {
        ...{ apiVersion: apiVersionOf(as), kind: as.kind, uid: owner.metadata.uid! },
        name: isWrong ? this.pick(['a', 'b', 'zz']) : owner.metadata.name,
        blockOwnerDeletion: this.draw() < 0.5,
      };
      return [reference];
    }).flat();
    const metadata = { name, namespace, uid: `u${this.#uids++}`, ownerReferences };
    this.put({ kind, apiVersion: apiVersionOf(resource), metadata } as KubeObject);
  }

  /** A cache hears of one change. */
  hear(): boolean {
    const waiting = [...this.#events.values()].filter(({ length }) => length > 0);
    const { now, before } = this.pick(waiting)?.shift() ?? {};
    if (now) this.cached.set(keyOfObject(now), now);
    else if (before) this.cached.delete(keyOfObject(before));
    const asks = asked();
    if (now) this.graph.put(now, before, asks);
    else if (before) this.graph.drop(before.metadata.uid!, asks);
    this.ask(asks);
    return waiting.length > 0;
  }

  ask({ check, orphan }: Asked): void {
    for (const { identity } of check) this.work.add(`check ${identity.uid}`);
    for (const { identity } of orphan) this.work.add(`orphan ${identity.uid}`);
  }

  /** While a call is under way anything may happen. */
  meanwhile(): void {
    if (this.isQuiet) return;
    if (this.draw() < 0.2) this.act();
    if (this.draw() < 0.4) this.hear();
  }

  client(): Collecting['client'] {
    const found = (resource: Resource, name: string, namespace?: string): KubeObject => {
      this.meanwhile();
      const object = this.objects.get(keyOf(resource.kind, namespace, name));
      if (!object) throw new ApiError(404, 'NotFound', name);
      return object;
    };
    const check = ({ metadata }: KubeObject, wants: { uid?: string; resourceVersion?: string }) => {
      const isOther = (name: 'uid' | 'resourceVersion'): boolean =>
        wants[name] !== undefined && wants[name] !== metadata[name];
      if (isOther('uid') || isOther('resourceVersion')) throw new ApiError(409, 'Conflict', '');
    };
    return {
      get: async (resource: Resource, name: string, at: { namespace?: string }) =>
        found(resource, name, at.namespace),
      remove: async (resource: Resource, name: string, at: any) => {
        const object = found(resource, name, at.namespace);
        check(object, at);
        for (const reference of object.metadata.ownerReferences ?? []) {
          const owner = this.owner(reference, object);
          const waits = owner?.metadata.finalizers?.includes('foregroundDeletion');
          assert.ok(
            !owner || waits,
            `${keyOfObject(object)} has an owner, ${owner?.metadata.name}`,
          );
        }
        this.remove(object, at.propagation);
      },
      patch: async (resource: Resource, name: string, type: string, change: any, at: any) => {
        const object = found(resource, name, at.namespace);
        check(object, change.metadata);
        const { uid: _u, resourceVersion: _r, ...fields } = change.metadata;
        const { ownerReferences: had = [] } = object.metadata;
        if (type === 'strategic')
          fields.ownerReferences = had.filter(({ uid }) => uid !== fields.ownerReferences[0].uid);
        return this.put({ ...object, metadata: { ...object.metadata, ...fields } });
      },
    } as never;
  }
}

async function attempt(life: Life, key: string, collecting: Collecting): Promise<void> {
  const [what, uid = ''] = key.split(' ');
  const node = life.graph.get(uid);
  if (!node) return;
  try {
    await (what === 'orphan' ? orphanDependents(node, collecting) : collect(node, collecting));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    life.work.add(key);
  }
}

async function live(seed: number): Promise<number> {
  const life = new Life(seed);
  const nothing = new Map(kinds.map((each) => [each.kind, each]));
  const collecting = {
    ...{ client: life.client(), graph: life.graph, signal: new AbortController().signal },
    ...{ recorder: { record: () => {} }, reasons: { keep: () => {} } },
    world: { clock: { now: () => 0 } },
    resourceOf: (_apiVersion: string, kind: string) => nothing.get(kind),
    known: ({ identity: { kind, namespace, name } }: any) =>
      life.cached.get(keyOf(kind, namespace, name)),
    check: ({ identity }: any) => life.work.add(`check ${identity.uid}`),
    gone({ identity }: any) {
      const asks = asked();
      life.graph.drop(identity.uid, asks);
      life.ask(asks);
    },
  } as unknown as Collecting;
  const workOnce = async (): Promise<boolean> => {
    const key = life.pick([...life.work]);
    life.work.delete(key!);
    if (key) await attempt(life, key, collecting);
    return key !== undefined;
  };
  for (let step = 0; step < 120; step++) {
    life.act();
    for (let i = 0; i < 2; i++) life.hear();
    if (life.draw() < 0.7) await workOnce();
  }
  life.isQuiet = true;
  for (let step = 0; ; step++) {
    assert.ok(step < 5000, 'it comes to rest');
    const heard = life.hear();
    if (!(await workOnce()) && !heard) break;
  }
  for (const object of life.objects.values()) {
    const { ownerReferences: owners = [], deletionTimestamp } = object.metadata;
    const isOwned = owners.length === 0 || owners.some((each) => life.owner(each, object));
    assert.ok(isOwned, `${keyOfObject(object)} is left over`);
    assert.equal(deletionTimestamp, undefined, `${keyOfObject(object)} hangs`);
  }
  return life.objects.size;
}

const anOwnerIsSeenWhileLookedFor = 891;

test('who has an owner stays, who has none goes, whatever happens meanwhile', async () => {
  let left = 0;
  for (const seed of [...Array(200).keys(), anOwnerIsSeenWhileLookedFor])
    left += await live(seed).catch((error) => {
      throw new Error(`seed ${seed}`, { cause: error });
    });
  assert.ok(left > 200);
});

import {
  APIServices,
  CustomResourceDefinitions,
  ApiError,
  groupVersion,
  type KubeObject,
  type Resource,
} from '@coxswain/api';
import type { Changes } from '@coxswain/client';
import { KeyedQueue, type Loop, type LoopContext, type Outcome } from '@coxswain/control';
import { discover, type Served, takes } from '../discovery/discover.ts';
import { ended } from '../objects/ended.ts';
import { collect, type Collecting, orphanDependents, UnknownKind } from './collect.ts';
import { asked, type Asked, Graph, type Identity, type Node } from './graph.ts';

/** Ten times upstream's: what goes at once waits for the disk together. */
const workers = 200;
/** Events own nothing, and come in masses. */
const ignored = new Set(['events.', 'events.events.k8s.io']);

/** Deletes what only gone objects own, and carries out foreground and orphaning deletion. */
export const garbageCollector: Loop = {
  name: 'garbage-collector-controller',
  account: 'generic-garbage-collector',
  reads: [],
  rules: [
    {
      apiGroups: ['*'],
      resources: ['*'],
      verbs: ['delete', 'get', 'list', 'patch', 'update', 'watch'],
    },
  ],
  async run(context) {
    const { signal, world, informers } = context;
    const graph = new Graph();
    const watching = new Watching(context);
    const subscriptions = new DisposableStack();
    using _subscriptions = subscriptions;
    const collecting: Collecting = {
      ...context,
      graph,
      resourceOf: (apiVersion, kind) => watching.resourceOf(apiVersion, kind),
      known: ({ identity }, resource) => watching.known(identity, resource),
      check: (node) => queue.add(`check ${node.identity.uid}`),
      gone(node) {
        const work = asked();
        graph.drop(node.identity.uid, work);
        enqueue(work);
      },
    };
    await using queue = new KeyedQueue(
      world,
      'garbage_collector_attempt_to_delete',
      workers,
      (key) => world.work.track(attempt(key, collecting)),
    );
    const enqueue = ({ check, orphan }: Asked): void => {
      for (const node of check) collecting.check(node);
      for (const { identity } of orphan) queue.add(`orphan ${identity.uid}`);
    };
    const see = (changes: Changes<KubeObject>): void => {
      const work = asked();
      for (const { now, before } of changes)
        if (now && before && isNoNews(now, before)) continue;
        else if (now) graph.put(now, before, work);
        else graph.drop(before!.metadata.uid ?? '', work);
      enqueue(work);
    };
    const follow = (): Promise<void> => world.work.track(watching.follow(see, subscriptions));
    await follow();
    // What is served changes with these; nothing else needs to be asked.
    const again = (): void => {
      if (!signal.aborted) follow().catch((error) => world.log.error('discovery failed', error));
    };
    for (const resource of [CustomResourceDefinitions, APIServices]) {
      if (!watching.resourceOf(groupVersion(resource), resource.kind)) continue;
      const cache = informers.of(resource as Resource);
      await cache.whenSynced(signal);
      let first = true; // what is there now has been discovered
      subscriptions.use(
        cache.subscribe((changes) => {
          if (!first && changes.length > 0) again();
        }),
      );
      first = false;
    }
    await ended(signal);
  },
};

/** Nearly every change: one of an object that stays, with the owners that it had. */
function isNoNews({ metadata: now }: KubeObject, { metadata: before }: KubeObject): boolean {
  if (now.deletionTimestamp || now.uid !== before.uid) return false;
  const { ownerReferences: owners = [] } = now;
  const { ownerReferences: had = [] } = before;
  return (
    owners === had ||
    (owners.length === had.length &&
      owners.every((one, at) => {
        const other = had[at]!;
        const isSame = one.uid === other.uid && one.name === other.name && one.kind === other.kind;
        const blocks = one.blockOwnerDeletion === other.blockOwnerDeletion;
        return isSame && blocks && one.apiVersion === other.apiVersion;
      }))
  );
}

async function attempt(key: string, collecting: Collecting): Promise<Outcome> {
  const [what, uid = ''] = key.split(' ');
  const node: Node | undefined = collecting.graph.get(uid);
  if (!node) return { step: 'done' };
  try {
    await (what === 'orphan' ? orphanDependents(node, collecting) : collect(node, collecting));
    return { step: 'done' };
  } catch (error) {
    if (collecting.signal.aborted) return { step: 'done' };
    if (error instanceof ApiError || error instanceof UnknownKind) return { step: 'retry' };
    throw error;
  }
}

/** The resources that can be collected, and their watches. */
class Watching {
  readonly #context: LoopContext;
  readonly #kinds = new Map<string, Served>();
  readonly #watched = new Map<string, Disposable>();

  constructor(context: LoopContext) {
    this.#context = context;
  }

  resourceOf(apiVersion: string, kind: string): Resource | undefined {
    return this.#kinds.get(`${apiVersion}/${kind}`);
  }

  /** An object as its watch tells it; undefined where there is none. */
  known({ name, namespace }: Identity, resource: Resource): KubeObject | undefined {
    if (!this.#watched.has(idOf(resource))) return undefined;
    const cache = this.#context.informers.of(resource, { metadataOnly: true });
    return cache.get(name, namespace || undefined);
  }

  /** Asks what is served; watches what is new, stops what is gone. */
  async follow(
    see: (changes: Changes<KubeObject>) => void,
    subscriptions: DisposableStack,
  ): Promise<void> {
    const { client, informers, signal } = this.#context;
    const { resources, failures } = await discover(client, signal);
    const wanted = new Map(
      resources
        .filter(
          (each) =>
            takes(each, 'list', 'watch', 'delete') &&
            !ignored.has(`${each.resource}.${each.group}`),
        )
        .map((each) => [idOf(each), each]),
    );
    for (const each of resources) this.#kinds.set(`${groupVersion(each)}/${each.kind}`, each);
    for (const [id, resource] of wanted) {
      if (this.#watched.has(id)) continue;
      const cache = informers.of(resource as Resource, { metadataOnly: true });
      this.#watched.set(id, subscriptions.use(cache.subscribe(see)));
    }
    // A group that did not answer is still there.
    const unsure = new Set(failures.map(({ groupVersion }) => groupVersion));
    for (const [id, subscription] of this.#watched) {
      if (wanted.has(id) || unsure.has(id.slice(0, id.lastIndexOf('/')))) continue;
      subscription[Symbol.dispose]();
      this.#watched.delete(id);
    }
    await Promise.all(
      [...wanted.values()].map((resource) =>
        informers.of(resource as Resource, { metadataOnly: true }).whenSynced(signal),
      ),
    );
  }
}

const idOf = (resource: Resource): string => `${groupVersion(resource)}/${resource.resource}`;

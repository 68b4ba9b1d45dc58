import { Events } from '@coxswain/api';
import type { Event } from '@coxswain/api/types/core-v1';
import { messagesFor, render } from '@coxswain/why';
import { askWhy } from '../boot/ask-why.ts';
import { compose, type Composed } from './compose.ts';
import { fetchIn } from './fetch-call.ts';
import { NamedKinds, type ObjectOf } from './kinds.ts';
import { addNodes, setFault } from './nodes.ts';
import { noOutside } from './outside.ts';
import { applyAll, namespaceDefault } from './objects.ts';
import type { Cluster, KindName, NodesWanted, StartOptions } from './options.ts';
import { execIn, logsOf } from './pods.ts';
import { timeOf } from './time.ts';
import { waitFor } from './wait.ts';

/**
 * A whole cluster in this process. When this resolves, its nodes are Ready, its controllers are level with what there is, and
 * every namespace has its service account and its root certificate. `await using` ends it.
 */
export async function startCluster(options: StartOptions = {}): Promise<Cluster> {
  await using stack = new AsyncDisposableStack();
  const composed = await compose(options, stack);
  const lasting = new AsyncDisposableStack();
  const cluster = faceOf(composed, lasting);
  await cluster.addNodes(options.nodes ?? 1);
  await cluster.settle();
  if (options.clock === 'real') await readyBy(cluster);
  lasting.use(stack.move());
  insides.set(cluster, composed);
  return cluster;
}

/** Columns of what is told as text. */
const textWidth = 100;

const insides = new WeakMap<Cluster, Composed>();

/** What a cluster is made of, for the house's own tests and simulations. */
export const insideOf = (cluster: Cluster): Composed => insides.get(cluster)!;

/** By the machine's clock nothing comes to rest: what a cluster begins with is waited for. */
async function readyBy(cluster: Cluster): Promise<void> {
  await cluster.waitFor('ServiceAccount', 'default', () => true);
  await cluster.waitFor('ConfigMap', 'kube-root-ca.crt', () => true);
  await cluster.waitFor('Endpoints', 'kubernetes', () => true);
  for (const { metadata } of await cluster.list('Node'))
    await cluster.waitFor('Node', metadata.name, ({ spec }) => Boolean(spec?.podCIDR));
}

/** What a user of the cluster has of it. */
function faceOf(composed: Composed, lasting: AsyncDisposable): Cluster {
  const { world, server, client, programs, outside, signal } = composed;
  const kinds = new NamedKinds(server);
  const {
    last,
    programs: { areAny: isOpen },
  } = composed;
  const time = timeOf(world, { last, isOpen: isOpen || outside !== noOutside }, outside.passed);
  const { settle, advance } = time;
  const pods = { client, fleet: () => composed.fleet, signal };
  let nodesMade = 0;
  const list = async <K extends KindName>(
    kind: K,
    { labelSelector: labels, fieldSelector: fields, ...at }: Parameters<Cluster['list']>[1] = {},
  ): Promise<readonly ObjectOf<K>[]> => {
    const { items } = await client.list(kinds.resource(kind), { ...at, labels, fields, signal });
    return items as readonly ObjectOf<K>[];
  };
  return {
    ...{ settle, advance, list, client, signal, clock: world.clock },
    ...{ url: outside.url, kubeconfig: outside.kubeconfig },
    apply: (objects, at = {}) => applyAll(objects, at, { client, kinds, settle, signal }),
    async get<K extends KindName>(kind: K, name: string, { namespace = namespaceDefault } = {}) {
      return (await client.get(kinds.resource(kind), name, { namespace, signal })) as ObjectOf<K>;
    },
    delete: (kind, name, { namespace = namespaceDefault, graceSeconds } = {}) =>
      client.remove(kinds.resource(kind), name, { namespace, graceSeconds, signal }),
    async waitFor<K extends KindName>(
      kind: K,
      name: string,
      is: string | ((object: ObjectOf<K>) => boolean),
      at = {},
    ) {
      const parts = { client, kinds, time, now: () => world.clock.now(), signal };
      return (await waitFor(kind, name, is as never, at, parts)) as ObjectOf<K> | undefined;
    },
    async events({ about, ...at } = {}) {
      const [kind, name] = about?.split('/') ?? [];
      const found = (await client.list(Events, { ...at, signal })).items.filter(
        ({ involvedObject: object }) =>
          about === undefined || (object.kind === kind && object.name === name),
      );
      return found.toSorted((a, b) => lastOf(a) - lastOf(b));
    },
    async why(kind, name, { namespace = namespaceDefault } = {}) {
      const { group, resource } = kinds.resource(kind);
      const about = { kind: group ? `${resource}.${group}` : resource, namespace, name };
      const found = await askWhy(client, { about }, signal);
      const text = render(found, { messages: messagesFor({}), width: textWidth, colour: false });
      return { ...found, text };
    },
    logs: (pod, at = {}) => logsOf(pod, at, pods),
    exec: (pod, command, at = {}) => execIn(pod, command, at, pods),
    async addNodes(nodes: NodesWanted) {
      const names = await addNodes(nodes, nodesMade, { client, world, signal });
      nodesMade += names.length;
      return names;
    },
    fault: (kind, name, fault, { namespace = namespaceDefault } = {}) =>
      setFault(client, kind, name, fault, { namespace, signal }),
    fetch: (url, request) => fetchIn(programs.network, url, namespaceDefault, request),
    [Symbol.asyncDispose]: () => lasting[Symbol.asyncDispose](),
  };
}

const lastOf = ({ lastTimestamp, eventTime, metadata }: Event): number =>
  Date.parse(lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? '');

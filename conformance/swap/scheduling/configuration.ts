/** The configuration of either scheduler: profiles for cases that name them, and extenders for certain resources. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

type Json = any;

const pluginConfig = (name: string, args: object): object => ({ name, args });
const added = {
  requiredDuringSchedulingIgnoredDuringExecution: {
    nodeSelectorTerms: [{ matchExpressions: [{ key: 'pool', operator: 'In', values: ['added'] }] }],
  },
};
const resources = [
  { name: 'cpu', weight: 2 },
  { name: 'memory', weight: 1 },
];
const shape = [
  { utilization: 0, score: 2 },
  { utilization: 50, score: 10 },
  { utilization: 100, score: 0 },
];
const profile = (schedulerName: string, more: object = {}): object => ({ schedulerName, ...more });
const fitBy = (scoringStrategy: object): object => ({
  plugins: { score: { disabled: [{ name: 'NodeResourcesBalancedAllocation' }] } },
  pluginConfig: [pluginConfig('NodeResourcesFit', { scoringStrategy })],
});

const profiles: readonly object[] = [
  profile('default-scheduler'),
  profile('added', { pluginConfig: [pluginConfig('NodeAffinity', { addedAffinity: added })] }),
  profile('packing', fitBy({ type: 'MostAllocated', resources })),
  profile(
    'shaped',
    fitBy({ type: 'RequestedToCapacityRatio', resources, requestedToCapacityRatio: { shape } }),
  ),
  profile('peaceful', {
    plugins: {
      multiPoint: { disabled: [{ name: 'DefaultPreemption' }, { name: 'TaintToleration' }] },
    },
  }),
  profile('spreading', {
    pluginConfig: [
      pluginConfig('PodTopologySpread', {
        defaultingType: 'List',
        defaultConstraints: [
          { maxSkew: 1, topologyKey: 'given/zone', whenUnsatisfiable: 'DoNotSchedule' },
        ],
      }),
      pluginConfig('InterPodAffinity', { hardPodAffinityWeight: 0 }),
    ],
  }),
];

const extender = (url: string, resource: string, more: object): object => ({
  ...{ urlPrefix: url, managedResources: [{ name: `example.com/${resource}` }], httpTimeout: '5s' },
  ...more,
});

/** Its text; `extenders` is where they listen. */
export const configurationText = (kubeconfig: string, extenders: string): string =>
  JSON.stringify({
    apiVersion: 'kubescheduler.config.k8s.io/v1',
    kind: 'KubeSchedulerConfiguration',
    clientConnection: { kubeconfig, qps: 500, burst: 500 },
    leaderElection: { leaderElect: false },
    profiles,
    extenders: [
      extender(`${extenders}/asked`, 'asked', {
        ...{ filterVerb: 'filter', prioritizeVerb: 'prioritize', weight: 5 },
        ...{ preemptVerb: 'preempt', nodeCacheCapable: true },
      }),
      extender(`${extenders}/refused`, 'refused', { filterVerb: 'filter' }),
      extender(`${extenders}/broken`, 'broken', { filterVerb: 'filter' }),
      extender(`${extenders}/broken`, 'ignored', { filterVerb: 'filter', ignorable: true }),
    ],
  });

/** What each extender says: `asked` wants nodes called `a`, and spares the victims of others. */
const answers: Readonly<Record<string, (body: Json) => Json>> = {
  '/asked/filter': ({ NodeNames: names }) => ({ NodeNames: names }),
  '/asked/prioritize': ({ NodeNames: names }) =>
    names.map((Host: string) => ({ Host, Score: Host.endsWith('-a') ? 10 : 0 })),
  '/asked/preempt': ({ NodeNameToMetaVictims: victims }) => ({
    NodeNameToMetaVictims: Object.fromEntries(
      Object.entries(victims).filter(([name]) => name.endsWith('-b')),
    ),
  }),
  '/refused/filter': ({ Nodes: { items } }) => ({
    Nodes: { items: [] },
    FailedNodes: Object.fromEntries(
      items.map(({ metadata }: Json) => [metadata.name, 'the extender does not like it']),
    ),
  }),
};

/** Extenders that listen until they are disposed of. */
export async function extendersListening(): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const answer = answers[request.url!]?.(JSON.parse(Buffer.concat(pieces).toString()));
    response.writeHead(answer ? 200 : 500, { 'content-type': 'application/json' });
    response.end(answer ? JSON.stringify(answer) : '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

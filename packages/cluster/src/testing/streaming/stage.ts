import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Namespaces, Nodes, Pods } from '@coxswain/api';
import { type ApiServer, createApiServer, serviceStock } from '@coxswain/apiserver';
import { bootstrap, standardParts } from '@coxswain/apiserver/bootstrap';
import { builtInKinds } from '@coxswain/apiserver/kinds';
import { ensurePki, type Pki } from '@coxswain/apiserver/certificates';
import { connect } from '@coxswain/apiserver/connect';
import { connectWire } from '@coxswain/apiserver/connect/wire';
import type { Pod, PodSpec, PodStatus } from '@coxswain/api/types/core-v1';
import { type Dialer, systemWorld, type World } from '@coxswain/base';
import { httpCall, outgoing } from '@coxswain/base/wire';
import { type Client } from '@coxswain/client';
import { directClient } from '@coxswain/client/direct';
import type { ForwardIo, LogTarget, Runtime, RuntimeContainer, StreamIo } from '@coxswain/kubelet';
import {
  delegatedAuthentication,
  delegatedAuthorization,
  openKubeletServer,
  streamWire,
} from '@coxswain/kubelet/server';
import { openMemoryStorage } from '@coxswain/storage/memory';
import { openListener } from '../../boot/api-server.ts';
import { serverSettings } from '../../boot/server-settings.ts';
import { type FakeCri, openFakeCri } from './fake-cri.ts';

export type Program = (io: StreamIo, command: readonly string[]) => Promise<number>;

/** What the containers of the stage do. */
export interface Script {
  /** Through a streaming server of the runtime's, or in the kubelet itself. */
  at: 'url' | 'here';
  program: Program;
  forward: (port: number, io: ForwardIo) => Promise<void>;
  log: LogTarget;
  /** Where pods' addresses lead. */
  route: (url: URL) => URL;
  containerState: RuntimeContainer['state'];
}

/** An API server and a kubelet over TLS on the loopback, with one node, and a runtime that does what the script says. */
export interface Stage extends AsyncDisposable {
  readonly world: World;
  readonly server: ApiServer;
  readonly pki: Pki;
  readonly port: number;
  readonly kubeletPort: number;
  readonly client: Client;
  readonly listener: AsyncDisposable;
  readonly cri: FakeCri;
  readonly script: Script;
  readonly kubeconfig: string;
  readonly dir: string;
  pod(name: string, spec?: Partial<PodSpec>, status?: PodStatus): Promise<Pod>;
}

export const namespace = 'stage';

/** With a `runtime` the containers are that one's. */
export async function openStage(runtime?: Runtime): Promise<Stage> {
  const stack = new AsyncDisposableStack();
  const end = new AbortController();
  const dir = await mkdtemp(join(tmpdir(), 'cox-streaming-'));
  stack.defer(() => rm(dir, { recursive: true, force: true }));
  const world = systemWorld();
  const nodes = [{ name: 'n1', addresses: ['127.0.0.1'] }];
  const pki = ensurePki(join(dir, 'pki'), { names: ['127.0.0.1'], nodes }, world.clock);
  const script = quiet();
  const server = stack.use(await openServer(world, pki, script, stack, end.signal));
  const { listener, port } = await openListener(
    ...([server, pki, ['127.0.0.1'], 0, await serverSettings({})] as const),
  );
  let isListening = true;
  const closeOnce = async (): Promise<void> => {
    if (isListening) await listener[Symbol.asyncDispose]();
    isListening = false;
  };
  stack.defer(closeOnce);
  const user = { name: 'admin', groups: ['system:masters', 'system:authenticated'] };
  const client = directClient(server.handle, { user, agent: 'stage' });
  const wire = streamWire(world.clock);
  const cri = stack.use(await openFakeCri(wire));
  const kubelet = stack.use(
    await openKubeletServer({
      listen: { host: '127.0.0.1', port: 0 },
      tls: {
        certificate: pki.nodes.n1!.serving.certificate,
        key: pki.nodes.n1!.serving.key,
        clientAuthorities: pki.ca.certificate,
      },
      authenticate: delegatedAuthentication(client, world),
      authorize: delegatedAuthorization(client, 'n1', world),
      node: {
        ...{ world, wire, nodeName: 'n1', runtime: runtime ?? fakeRuntime(script, cri) },
        pods: () => [...server.objects.all(Pods)],
        configuration: () => ({ kind: 'KubeletConfiguration' }),
        systemLogs: join(dir, 'logs'),
        machine: undefined,
      },
      signal: end.signal,
    }),
  );
  const kubeletPort = kubelet.address.port;
  await addNode(client, kubeletPort, end.signal);
  const kubeconfig = join(dir, 'kubeconfig');
  await writeFile(kubeconfig, kubeconfigOf(pki, port));
  stack.defer(() => end.abort());
  return {
    ...{ world, server, pki, port, kubeletPort, client, cri, script, kubeconfig, dir },
    listener: { [Symbol.asyncDispose]: closeOnce },
    pod: (name, spec, status) => addPod(client, name, spec, status, end.signal),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

const quiet = (): Script => ({
  at: 'url',
  program: async () => 0,
  forward: async () => {},
  log: { lines: () => [], changed: async () => {} },
  route: (url) => url,
  containerState: 'running',
});

/** As the real one, but for the ways to pods, which the script knows. */
async function openServer(
  world: World,
  pki: Pki,
  script: Script,
  stack: AsyncDisposableStack,
  signal: AbortSignal,
): Promise<ApiServer> {
  const settings = await serverSettings({ 'disable-admission-plugins': 'ServiceAccount' });
  const authorities = { clientCa: pki.ca.certificate, frontProxyCa: pki.frontProxyCa.certificate };
  const { key, publicKey } = pki.serviceAccount;
  const server = createApiServer({
    ...{ world, storage: stack.use(openMemoryStorage(world)), kinds: builtInKinds },
    parts: standardParts({
      ...{ ...settings, ...authorities, world, enabled: settings.features, outgoing: outgoing() },
      serviceAccountKeys: { key, publicKeys: [publicKey] },
    }),
    stocks: [serviceStock([settings.serviceRange], settings.nodePorts)],
    enabled: settings.features,
  });
  const { certificate, key: ownKey } = pki.kubeletClient;
  const trust = { certificate, key: ownKey, authority: pki.ca.certificate };
  const toPods: Dialer = (call) => httpCall({ ...call, url: script.route(call.url) });
  const ways = connectWire(world.clock, () => trust);
  server.addStation(connect(server, { ...ways, dial: toPods }));
  await server.ready();
  const system = { serviceRanges: [settings.serviceRange] };
  await bootstrap(server.handle, server.objects, { ...system, enabled: settings.features }, signal);
  return server;
}

async function addNode(client: Client, port: number, signal: AbortSignal): Promise<void> {
  await client.create(Namespaces, { metadata: { name: namespace }, spec: {} } as never, { signal });
  const node = await client.create(Nodes, { metadata: { name: 'n1' } } as never, { signal });
  const status = {
    addresses: [
      { type: 'Hostname', address: 'nobody-knows' },
      { type: 'InternalIP', address: '127.0.0.1' },
    ],
    daemonEndpoints: { kubeletEndpoint: { Port: port } },
  };
  await client.update(Nodes, { ...node, status }, { signal, subresource: 'status' });
}

async function addPod(
  client: Client,
  name: string,
  spec: Partial<PodSpec> = {},
  status: PodStatus = {},
  signal: AbortSignal,
): Promise<Pod> {
  const pod = await client.create<Pod>(
    Pods,
    {
      metadata: { name, namespace },
      spec: { nodeName: 'n1', containers: [{ name: 'main', image: 'i' }], ...spec },
    },
    { signal },
  );
  const statuses = pod.spec!.containers.map((each) => ({
    ...{ name: each.name, image: 'i', imageID: 'i', ready: true, restartCount: 0 },
    containerID: `fake://${each.name}`,
    state: { running: {} },
  }));
  const full = { phase: 'Running', containerStatuses: statuses, ...status };
  return client.update<Pod>(Pods, { ...pod, status: full }, { signal, subresource: 'status' });
}

function fakeRuntime(script: Script, cri: FakeCri): Runtime {
  const container = (podUid: string): RuntimeContainer => ({
    ...{ id: 'main', sandboxId: 's', name: 'main', podUid, attempt: 0, createdAtMs: 0 },
    ...{ state: script.containerState, image: 'i', imageRef: 'i', labels: {}, annotations: {} },
  });
  const command = async (
    words: readonly string[],
    options: Parameters<Runtime['attach']>[1],
  ): ReturnType<Runtime['attach']> => {
    const serve = (io: StreamIo): Promise<number> => script.program(io, words);
    return script.at === 'here' ? { serve } : { url: cri.command(options, serve) };
  };
  const parts: Partial<Runtime> = {
    name: 'fake',
    containers: async (podUid = '') => [container(podUid)],
    containerStatus: async () => container(''),
    sandboxes: async (podUid = '') => [
      {
        ...{ id: 's', podName: 'p', podNamespace: namespace, podUid, attempt: 0, isReady: true },
        ...{ createdAtMs: 0, ips: [], labels: {}, annotations: {} },
      },
    ],
    exec: (_id, words, options) => command(words, options),
    attach: (_id, options) => command([], options),
    portForward: async (_id, ports) =>
      script.at === 'here'
        ? { forward: (port, io) => script.forward(port, io) }
        : { url: cri.ports(ports, (port, io) => script.forward(port, io)) },
    logs: () => script.log,
    usage: async () => [],
  };
  return parts as Runtime;
}

function kubeconfigOf({ ca, admin }: Pki, port: number): string {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'c',
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u', namespace } }],
    clusters: [
      {
        name: 'c',
        cluster: {
          server: `https://127.0.0.1:${port}`,
          'certificate-authority-data': base64(ca.certificate),
        },
      },
    ],
    users: [
      {
        name: 'u',
        user: {
          'client-certificate-data': base64(admin.certificate),
          'client-key-data': base64(admin.key),
        },
      },
    ],
  });
}

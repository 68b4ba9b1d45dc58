/** Images from registries: public, behind a pull secret, refused, missing, and under a name that has moved. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { CoreV1Api, type CoreV1Event, type V1Pod } from '@kubernetes/client-node';
import type { WalkCluster } from '../testing/cluster.ts';
import { mainContainer } from '../testing/pods.ts';
import { until } from '../testing/wait.ts';
import { walk } from '../testing/walk.ts';

const user = 'rower';
const password = 'starboard';
const credentials = Buffer.from(`${user}:${password}`).toString('base64');

interface Blob {
  readonly type: string;
  readonly bytes: Buffer;
  readonly digest: string;
}

const blob = (type: string, bytes: Buffer): Blob => ({
  ...{ type, bytes },
  digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
});
const json = (type: string, value: unknown): Blob => blob(type, Buffer.from(JSON.stringify(value)));
const described = ({ type, bytes, digest }: Blob): object => ({
  ...{ mediaType: type, size: bytes.length, digest },
});

/** An image with nothing in it: enough to be pulled, and to be refused by the runtime after. */
function emptyImage(): { readonly manifest: Blob; readonly blobs: readonly Blob[] } {
  const tar = Buffer.alloc(1024);
  const layer = blob('application/vnd.oci.image.layer.v1.tar+gzip', gzipSync(tar));
  const diff = `sha256:${createHash('sha256').update(tar).digest('hex')}`;
  const architecture = process.arch === 'arm64' ? 'arm64' : 'amd64';
  const config = json('application/vnd.oci.image.config.v1+json', {
    ...{ architecture, os: 'linux', config: { Cmd: ['/nothing'] } },
    rootfs: { type: 'layers', diff_ids: [diff] },
  });
  const manifest = json('application/vnd.oci.image.manifest.v1+json', {
    ...{ schemaVersion: 2, mediaType: 'application/vnd.oci.image.manifest.v1+json' },
    ...{ config: described(config), layers: [described(layer)] },
  });
  return { manifest, blobs: [manifest, config, layer] };
}

/** A registry over plain HTTP: `team/boat` is for everyone, `private/boat` for who knows the password. */
async function registry(address: string): Promise<Server> {
  const { manifest, blobs } = emptyImage();
  const server = createServer((request, response) => {
    const [, repository, kind, reference = ''] =
      /^\/v2\/(.+)\/(manifests|blobs)\/([^?]+)/.exec(request.url ?? '') ?? [];
    if (
      repository?.startsWith('private/') &&
      request.headers.authorization !== `Basic ${credentials}`
    )
      return response.writeHead(401, { 'www-authenticate': 'Basic realm="boats"' }).end();
    const found =
      kind === 'manifests' && reference === '1'
        ? manifest
        : blobs.find(({ digest }) => digest === reference);
    if (!found || !repository?.endsWith('/boat')) return response.writeHead(404).end();
    response.writeHead(200, {
      ...{ 'content-type': found.type, 'docker-content-digest': found.digest },
      'content-length': found.bytes.length,
    });
    return response.end(request.method === 'HEAD' ? undefined : found.bytes);
  }).listen(0, address);
  await once(server, 'listening');
  return server;
}

/** The machine's end of the bridge that the nodes are on. */
async function machineAddress(core: CoreV1Api): Promise<string> {
  const [node] = (await core.listNode()).items;
  const address = node!.status!.addresses!.find(({ type }) => type === 'InternalIP')!.address;
  return address.replace(/\.\d+$/, '.1');
}

const sayPlainHttp = async (cluster: WalkCluster, host: string): Promise<void> => {
  const folder = join(cluster.data, 'registries', host);
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, 'hosts.toml'),
    `server = "http://${host}"\n[host."http://${host}"]\n`,
  );
};

walk('pulls', { runtime: 'containerd' }, (story) => {
  story('from a registry of one’s own, with and without a secret', {}, async (scene) => {
    const { cluster, namespace, step } = scene;
    const core = cluster.api(CoreV1Api);
    const server = await registry(await machineAddress(core));
    const { address, port } = server.address() as AddressInfo;
    const host = `${address}:${port}`;
    try {
      await sayPlainHttp(cluster, host);
      await core.createNamespacedSecret({
        namespace,
        body: {
          metadata: { name: 'boats' },
          type: 'kubernetes.io/dockerconfigjson',
          stringData: {
            '.dockerconfigjson': JSON.stringify({ auths: { [host]: { auth: credentials } } }),
          },
        },
      });
      const pod = async (name: string, image: string, secret?: string): Promise<void> => {
        await core.createNamespacedPod({
          namespace,
          body: {
            metadata: { name },
            spec: {
              restartPolicy: 'Never',
              containers: [{ name: 'main', image }],
              ...(secret !== undefined && { imagePullSecrets: [{ name: secret }] }),
            },
          },
        });
      };
      const says = (name: string, reason: string, message: RegExp): Promise<unknown> =>
        until(`${name}: ${reason} ${message}`, 30_000, async () => {
          const fieldSelector = `involvedObject.name=${name},reason=${reason}`;
          const { items } = await core.listNamespacedEvent({ namespace, fieldSelector });
          return items.some((event: CoreV1Event) => message.test(event.message ?? ''));
        });
      await step('for everyone', async () => {
        await pod('open', `${host}/team/boat:1`);
        await says('open', 'Pulled', /^Successfully pulled image ".*\/team\/boat:1" in \d/);
      });
      await step('with the secret', async () => {
        await pod('known', `${host}/private/boat:1`, 'boats');
        await says('known', 'Pulled', /^Successfully pulled image ".*\/private\/boat:1" in \d/);
      });
      await step('without it: refused, and tried again later', async () => {
        await pod('unknown', `${host}/private/boat2/boat:1`);
        await says('unknown', 'Failed', /^Failed to pull image .*401 Unauthorized$/s);
        await says('unknown', 'BackOff', /^Back-off pulling image/);
      });
      await step('one that is not there', async () => {
        await pod('missing', `${host}/team/ship:1`);
        await says('missing', 'Failed', /^Failed to pull image .*not found$/s);
        const waits = (pods: readonly V1Pod[]): boolean =>
          mainContainer(pods[0]!)?.state?.waiting?.reason === 'ImagePullBackOff';
        await scene.watch<V1Pod>(
          'pods',
          { fields: 'metadata.name=missing' },
          'it says that it waits',
          (pods) => pods.length === 1 && waits(pods),
        );
      });
      await step('a registry that has moved is asked where it lives now', async () => {
        await pod('moved', 'k8s.gcr.io/no-such-image-of-coxswain:1');
        await says('moved', 'Failed', /registry\.k8s\.io\/no-such-image-of-coxswain:1/);
      });
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });
});

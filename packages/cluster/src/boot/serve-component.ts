import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { ApiError } from '@coxswain/api';
import type { ApiServer } from '@coxswain/apiserver';
import { ensurePki, type KeyPair, requestAuthority } from '@coxswain/apiserver/certificates';
import { createLog, formatLogLine, systemClock, systemWorld, type World } from '@coxswain/base';
import { type Client, createInformers, type Informers } from '@coxswain/client';
import { directClient } from '@coxswain/client/direct';
import { httpClient, loadKubeconfig } from '@coxswain/client/http';
import { createReasons, runUnits } from '@coxswain/control';
import { controllers, serverKeepers } from '@coxswain/controllers';
import { runDns, runProxy } from '@coxswain/network';
import { createVerdicts, runScheduler } from '@coxswain/scheduler';
import { Failure, type VerbContext } from '../command/verb.ts';
import { writeFileAtomic } from '../home/files.ts';
import { kubeconfigText } from '../kubeconfig/kubeconfig.ts';
import { tuneCollector } from '../system/collector.ts';
import { exec } from '../system/exec.ts';
import { coxswainVersion } from '../version.ts';
import { advertiseAddress } from './advertise-address.ts';
import { refuseWhy } from './answer-why.ts';
import { openApiServer, openListener } from './api-server.ts';
import { runCompaction } from './compaction.ts';
import { openStore } from './open-store.ts';
import { readPem } from './read-pem.ts';
import { extenderPost } from './extender-post.ts';
import * as identities from './identities.ts';
import { kubernetesAddress } from './service-range.ts';
import { readSchedulerConfiguration } from './scheduler-configuration.ts';
import { type ServerSettings, serverSettings } from './server-settings.ts';
import { runLoneKubelet } from './lone-kubelet.ts';
import { whyOf } from './serve-why.ts';

/** A certificate and its key, by their paths. */
export interface KeyFiles {
  readonly certificateFile: string;
  readonly keyFile: string;
}

/** What `cox serve COMPONENT` was told; absent flags are undefined. */
export interface ComponentOptions {
  readonly data: string | undefined;
  readonly kubeconfig: string | undefined;
  readonly listen: string;
  readonly port: number | undefined;
  /** Where a component alone answers why; 0 for any free one. */
  readonly whyPort: number;
  readonly nodeName: string | undefined;
  readonly nodeIp: string;
  readonly runtimeEndpoint: string | undefined;
  /** Pod addresses of a simulated node; those that its Node has when absent. */
  readonly podCidr: string | undefined;
  /** cgroup under which the kubelet keeps its pods. */
  readonly cgroupRoot: string | undefined;
  readonly clusterCidr: string;
  readonly clusterDns: string;
  readonly clusterDomain: string;
  /** Published to every namespace; the kubeconfig's authority when absent. */
  readonly rootCaFile: string | undefined;
  /** Authority that signs certificate requests; nothing signs them when absent. */
  readonly signing: KeyFiles | undefined;
  /** Who may vouch for the kubelet's callers; the kubeconfig's authority when absent. */
  readonly clientCaFile: string | undefined;
  /** What the kubelet shows; it makes a certificate for itself when absent. */
  readonly serving: KeyFiles | undefined;
  /** KubeSchedulerConfiguration of the scheduler. */
  readonly config: string | undefined;
  readonly serverFlags: Readonly<Record<string, string>>;
}

type Run = (options: ComponentOptions, context: VerbContext) => Promise<void>;

/** One component in the foreground: the same code as in the one process of `cox up`. */
export const componentRunners: Readonly<
  Record<'apiserver' | 'controllers' | 'scheduler' | 'kubelet' | 'proxy' | 'dns', Run>
> = {
  apiserver: serveApiServer,
  controllers: remote('controllers', async ({ client, informers, world, ca }, options, signal) => {
    const { rootCaFile, signing } = options;
    const units = controllers({
      clusterCidr: options.clusterCidr,
      rootCa: rootCaFile === undefined ? ca : await readPem('root-ca-file', rootCaFile),
      authority: signing && requestAuthority(await signingPair(signing)),
    });
    const reasons = createReasons();
    const context = { world, informers, reasons, clientOf: () => client };
    await using _why = await whyOf(options, { world, client, ca }, { reasons });
    await runUnits(units, context, signal);
  }),
  async scheduler(options, context) {
    const { config } = options;
    const configuration =
      config === undefined ? undefined : await readSchedulerConfiguration('config', config);
    const run = remote('scheduler', async ({ client, informers, world, ca }, _, signal) => {
      const verdicts = createVerdicts();
      // The scheduler keeps its own reasons in its verdicts; an empty list says that they are kept.
      const kept = { reasons: createReasons(), verdicts };
      await using _why = await whyOf(options, { world, client, ca }, kept);
      await runScheduler({
        ...{ world, client, informers, verdicts, signal },
        ...(configuration && { configuration, post: extenderPost }),
      });
    });
    await run(options, context);
  },
  proxy: remote('proxy', ({ informers, world }, { nodeName, clusterCidr }, signal) =>
    runProxy({
      world,
      informers,
      nodeName: nodeName ?? hostname().toLowerCase(),
      podRange: clusterCidr,
      runInNode: (program, args, input) =>
        exec(program, args, input === undefined ? {} : { input }),
      signal,
    }),
  ),
  dns: remote('dns', ({ client, informers, world }, options, signal) =>
    runDns({
      world,
      client,
      informers,
      address: options.listen,
      port: options.port ?? 53,
      domain: options.clusterDomain,
      clusterAddress: options.clusterDns,
      signal,
    }),
  ),
  kubelet: remote('kubelet', runLoneKubelet),
};

export interface Remote {
  readonly world: World;
  readonly client: Client;
  readonly informers: Informers;
  /** PEM of the authority that the kubeconfig trusts. */
  readonly ca: string | undefined;
}

async function signingPair({ certificateFile, keyFile }: KeyFiles): Promise<KeyPair> {
  return {
    certificate: await readPem('cluster-signing-cert-file', certificateFile),
    key: await readPem('cluster-signing-key-file', keyFile),
  };
}

/** A component that reaches its API server by a kubeconfig. */
function remote(
  name: string,
  run: (remote: Remote, options: ComponentOptions, signal: AbortSignal) => Promise<void>,
): Run {
  return async (options, { terminal, signal }) => {
    const world = systemWorld(terminalLog(terminal.err, name));
    const path = resolve(options.kubeconfig!);
    const target = await loadKubeconfig(path, { clock: world.clock }).catch((cause: Error) => {
      throw new Failure(`cannot use ${path}: ${cause.message}`, { cause });
    });
    using client = httpClient(target, { world, agent: `coxswain-${name}/${coxswainVersion}` });
    await using informers = createInformers(client, world);
    terminal.err(`${terminal.words(`${name}: serving ${target.url}`)}\n`);
    await run({ world, client, informers, ca: target.ca }, options, signal).catch(
      (cause: unknown) => {
        if (!(cause instanceof ApiError)) throw cause;
        throw new Failure(`${name}: ${target.url} refused it: ${cause.message}`, { cause });
      },
    );
  };
}

async function serveApiServer(
  options: ComponentOptions,
  { terminal, signal }: VerbContext,
): Promise<void> {
  const world = systemWorld(terminalLog(terminal.err, 'apiserver'));
  const data = resolve(options.data!);
  const settings = await serverSettings(options.serverFlags);
  const names = [
    hostname().toLowerCase(),
    options.listen,
    kubernetesAddress(settings.serviceRange),
  ];
  const pki = ensurePki(join(data, 'pki'), { names, nodes: [] }, world.clock);
  await using storage = await openStore(world, join(data, 'store'), 'sqlite', settings);
  tuneCollector();
  await using server = await openApiServer({
    ...{ world, storage, pki, settings, signal },
    kubeletAuthority: undefined, // kubelets may be anybody's
  });
  server.addStation(refuseWhy);
  const { listener, port } = await openListener(
    server,
    pki,
    [options.listen],
    options.port ?? 6443,
    settings,
  );
  await using _listener = listener;
  const url = `https://${options.listen}:${port}`;
  const { certificate, key } = pki.admin;
  const access = { name: 'coxswain', server: url, ca: pki.ca.certificate, certificate, key };
  await writeFileAtomic(join(data, 'kubeconfig'), kubeconfigText(access));
  const where = `apiserver: serving at ${url}; kubeconfig ${join(data, 'kubeconfig')}`;
  terminal.err(`${terminal.words(where)}\n`);
  await Promise.all([
    runCompaction(storage, world, settings.compactionMs, signal),
    keepKubernetesService(world, server, settings, port, signal),
  ]);
  if (!signal.aborted)
    await new Promise((end) => signal.addEventListener('abort', end, { once: true }));
}

/** As upstream's server, which tells the cluster where it is. */
async function keepKubernetesService(
  world: World,
  server: ApiServer,
  settings: ServerSettings,
  port: number,
  signal: AbortSignal,
): Promise<void> {
  const agent = `coxswain-apiserver/${coxswainVersion}`;
  const client = directClient(server.handle, { user: identities.loopback, agent });
  await using informers = createInformers(client, world);
  const keepers = serverKeepers({
    serviceIp: kubernetesAddress(settings.serviceRange),
    address: settings.advertiseAddress ?? advertiseAddress(),
    port,
  });
  const context = { world, informers, reasons: createReasons(), clientOf: () => client };
  await runUnits(keepers, context, signal);
}

const terminalLog = (write: (text: string) => void, name: string): World['log'] =>
  createLog(
    (line) => {
      if (line.level !== 'debug') write(`${formatLogLine(line)}\n`);
    },
    () => systemClock.now(),
    name,
  );

import { resolve } from 'node:path';
import { writeSync } from 'node:fs';
import { serverFlags, takeServerFlags } from '../boot/server-flags.ts';
import { count, text, UsageError } from '../command/flags.ts';
import { nearest } from '../command/nearest.ts';
import { Failure, verb, type Verb, type VerbContext } from '../command/verb.ts';
import { clusterPaths } from '../home/paths.ts';
import { readSettings } from '../home/settings.ts';
import { isRoot } from '../system/parts.ts';
import type { ComponentOptions, KeyFiles } from '../boot/serve-component.ts';

const components = ['apiserver', 'controllers', 'scheduler', 'kubelet', 'proxy', 'dns'] as const;
type Component = (typeof components)[number];

type Options =
  | { readonly component: 'cluster'; readonly data: string }
  | (ComponentOptions & { readonly component: Component });

export const serve: Verb = verb({
  name: 'serve',
  usage: `serve ${components.join('|')} [flags]`,
  summary: 'Run one component alone in the foreground, against any API server',
  details: `The API server keeps its data in --data DIR; every other component reaches an API server, ours or upstream's,
by --kubeconfig FILE. The last group of flags is kube-apiserver's own.`,
  flags: {
    data: text('DIR', 'Folder of the API server (store, keys, kubeconfig) or of the kubelet'),
    kubeconfig: text('FILE', 'How to reach the API server'),
    config: text('FILE', 'KubeSchedulerConfiguration of the scheduler', 'its defaults'),
    listen: text('ADDRESS', 'Address to listen on', '127.0.0.1'),
    port: count(
      'P',
      'Port of the API server, the name server or the kubelet; 0 takes any free one',
      { min: 0, max: 65535 },
      '6443, 53, 10250 (simulated: any)',
    ),
    'why-port': count(
      'P',
      'Port at which controllers, scheduler or kubelet answer cox why --at; 0 takes any free one',
      { min: 0, max: 65535 },
      '0',
    ),
    'node-name': text('NAME', 'Node that the kubelet or the proxy serves', 'the host name'),
    'node-ip': text('ADDRESS', 'Address of that node', '127.0.0.1'),
    'runtime-endpoint': text(
      'SOCKET',
      'Socket of the container runtime; without it containers are simulated',
    ),
    'pod-cidr': text('CIDR', 'Addresses of the pods of a simulated node', 'what its Node has'),
    'cgroup-root': text('PATH', 'cgroup under which the kubelet keeps its pods', '/'),
    'cluster-cidr': text('CIDR', 'Addresses of pods', '10.200.0.0/16'),
    'cluster-dns': text('ADDRESS', 'Address of the Service kube-dns', '10.96.0.10'),
    'cluster-domain': text('DOMAIN', 'Domain of the cluster', 'cluster.local'),
    'root-ca-file': text(
      'FILE',
      'Authority that the controllers publish to every namespace',
      "the kubeconfig's",
    ),
    'cluster-signing-cert-file': text('FILE', 'Authority that signs certificate requests', 'none'),
    'cluster-signing-key-file': text('FILE', 'Key of that authority', 'none'),
    ...serverFlags,
  },
  complete(given, [component = '', ...more]): Options {
    if (more.length > 0) throw new UsageError(`unexpected argument "${more[0]}"`);
    if (component === 'cluster') {
      if (given.data === undefined) throw new UsageError('serve cluster needs --data DIR');
      return { component, data: given.data };
    }
    const known = components.find((one) => one === component);
    if (!known) {
      const near = nearest(component, components);
      throw new UsageError(
        component
          ? `unknown component "${component}"${near ? `; did you mean "${near}"?` : ''}`
          : `which component? ${components.join(', ')}`,
      );
    }
    if (known === 'apiserver' && given.data === undefined)
      throw new UsageError('serve apiserver needs --data DIR');
    if (known !== 'apiserver' && given.kubeconfig === undefined)
      throw new UsageError(`serve ${known} needs --kubeconfig FILE`);
    return {
      component: known,
      data: given.data,
      kubeconfig: given.kubeconfig,
      config: given.config,
      listen: given.listen ?? '127.0.0.1',
      port: given.port,
      whyPort: given['why-port'] ?? 0,
      nodeName: given['node-name'],
      nodeIp: given['node-ip'] ?? '127.0.0.1',
      runtimeEndpoint: given['runtime-endpoint'],
      podCidr: given['pod-cidr'],
      cgroupRoot: given['cgroup-root'],
      clusterCidr: given['cluster-cidr'] ?? '10.200.0.0/16',
      clusterDns: given['cluster-dns'] ?? '10.96.0.10',
      clusterDomain: given['cluster-domain'] ?? 'cluster.local',
      rootCaFile: given['root-ca-file'],
      signing: keyFiles(given, 'cluster-signing-cert-file', 'cluster-signing-key-file'),
      clientCaFile: given['client-ca-file'],
      serving: keyFiles(given, 'tls-cert-file', 'tls-private-key-file'),
      serverFlags: takeServerFlags(given),
    };
  },
  async run(options, context) {
    if (options.component === 'cluster') return serveWhole(options.data, context);
    const { componentRunners } = await import('../boot/serve-component.ts');
    await componentRunners[options.component](options, context);
  },
});

/** What `cox up` starts: the whole cluster, telling of its start on the descriptor it was given. */
async function serveWhole(data: string, { env, signal }: VerbContext): Promise<void> {
  const paths = clusterPaths(resolve(data), isRoot());
  const settings = await readSettings(paths);
  if (!settings)
    throw new Failure(`there is no cluster in ${data}`, { advice: 'start one with: cox up' });
  const descriptor = Number(env['COX_REPORT'] ?? Number.NaN);
  const report = (news: object): void => {
    if (Number.isInteger(descriptor)) tell(descriptor, `${JSON.stringify(news)}\n`);
  };
  const { serveCluster } = await import('../boot/serve-cluster.ts');
  try {
    await serveCluster(paths, settings, { signal, report });
  } catch (error) {
    const failure = explained(error);
    const { message, advice } = failure;
    report({ type: 'failed', message, ...(advice !== undefined && { advice }) });
    throw failure;
  }
}

/** The failure with all its reasons in one sentence: the outermost alone may say too little. */
function explained(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const reasons: string[] = [];
  let isFull = false;
  for (let at = error; at instanceof Error; at = at.cause) {
    isFull ||= (at as NodeJS.ErrnoException).code === 'ENOSPC' || at.message.includes('ENOSPC');
    if (!reasons.some((reason) => reason.includes((at as Error).message))) reasons.push(at.message);
  }
  return new Failure(`${isFull ? 'the disk is full: ' : ''}${reasons.join(': ')}`, {
    cause: error,
    ...(isFull && { advice: 'free some space and run it again' }),
  });
}

/** Whoever started us may have gone away meanwhile: then nobody listens, and the cluster goes on. */
function tell(descriptor: number, line: string): void {
  try {
    writeSync(descriptor, line);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  }
}

function keyFiles<C extends string, K extends string>(
  given: { readonly [F in C | K]?: string },
  certificate: C,
  key: K,
): KeyFiles | undefined {
  const [certificateFile, keyFile] = [given[certificate], given[key]];
  if (certificateFile === undefined && keyFile === undefined) return undefined;
  if (certificateFile === undefined || keyFile === undefined)
    throw new UsageError(`--${certificate} and --${key} go together: one alone is of no use`);
  return { certificateFile, keyFile };
}

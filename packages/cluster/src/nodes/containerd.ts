import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { systemClock } from '@coxswain/base';
import { pauseReference } from '../images/index.ts';
import { readJson } from '../home/files.ts';
import { identify, isRunning, type ProcessId, stopProcess } from '../system/process.ts';
import { inNetns, linkNames } from './links.ts';

/** One node's container runtime: its folders, its socket, and where it listens. */
export interface ContainerdPlace {
  readonly id: string; // of the cluster
  readonly node: number;
  readonly address: string; // of the node: exec and attach streams are served there
  readonly root: string; // images and containers; survives a restart
  readonly state: string; // sockets and running tasks
  readonly cniConfig: string; // folder
  readonly registries: string; // folder: what a user says of registries, as HOST/hosts.toml
  readonly log: string;
}

export const containerdSocket = (place: ContainerdPlace): string => join(place.state, 'c.sock');
const pidFile = (place: ContainerdPlace): string => join(place.state, 'containerd.json');

const startTimeoutMs = 20_000;
const stopGraceMs = 5_000;

/**
 * The running containerd of a node: the one that an earlier process of ours left, else a new one, which
 * goes on when our process ends. Resolves when its socket answers.
 */
export async function ensureContainerd(place: ContainerdPlace): Promise<ProcessId> {
  const earlier = await readJson<ProcessId>(pidFile(place)).catch(() => undefined);
  if (earlier && (await isRunning(earlier))) return earlier;
  await mkdir(place.state, { recursive: true });
  await mkdir(place.root, { recursive: true });
  await mkdir(place.cniConfig, { recursive: true });
  await rm(containerdSocket(place), { force: true });
  const config = join(place.state, 'config.toml');
  await writeMirrors(place);
  await writeFile(config, configText(place));
  const process = await start(place, config);
  await writeFile(pidFile(place), JSON.stringify(process));
  return process;
}

export async function stopContainerd(place: ContainerdPlace): Promise<void> {
  const process = await readJson<ProcessId>(pidFile(place)).catch(() => undefined);
  if (process) await stopProcess(process, stopGraceMs);
}

/** Resolves when the containerd behind `place` has ended, however it was started. */
export async function containerdEnded(place: ContainerdPlace, signal: AbortSignal): Promise<void> {
  const socket = connect(containerdSocket(place));
  const stop = (): void => void socket.destroy();
  signal.addEventListener('abort', stop, { once: true });
  socket.on('error', () => {}); // an error closes it, and that is the news
  socket.resume();
  await new Promise<void>((resolve) => socket.once('close', () => resolve()));
  signal.removeEventListener('abort', stop);
}

async function start(place: ContainerdPlace, config: string): Promise<ProcessId> {
  const log = await open(place.log, 'a');
  const [program, args] = inNetns(linkNames(place.id).netns(place.node));
  const child = spawn(program, [...args, 'containerd', '--config', config], {
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    env: { ...globalThis.process.env, TMPDIR: place.state },
  });
  await log.close();
  const failed = once(child, 'error').then(([error]) => Promise.reject(error as Error));
  const ended = once(child, 'exit').then(([code]) =>
    Promise.reject(new Error(`containerd ended with code ${code}; its log is ${place.log}`)),
  );
  await Promise.race([failed, ended, answering(containerdSocket(place))]);
  failed.catch(() => {});
  ended.catch(() => {});
  child.unref();
  const process = await identify(child.pid!);
  if (!process) throw new Error(`containerd ended at once; its log is ${place.log}`);
  return process;
}

/** Waits until something listens on `socket`. */
async function answering(socket: string): Promise<void> {
  const deadline = systemClock.now() + startTimeoutMs;
  while (systemClock.now() < deadline) {
    const connected = await new Promise<boolean>((resolve) => {
      const probe = connect(socket, () => resolve(true)).on('error', () => resolve(false));
      probe.on('connect', () => probe.destroy());
    });
    if (connected) return;
    await systemClock.sleep(5);
  }
  throw new Error(`containerd did not answer on ${socket} within ${startTimeoutMs / 1000} s`);
}

/** Registries that have moved: what manifests still name is pulled from where it lives now. */
async function writeMirrors(place: ContainerdPlace): Promise<void> {
  const folder = join(place.state, 'registries', 'k8s.gcr.io');
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, 'hosts.toml'),
    'server = "https://registry.k8s.io"\n[host."https://registry.k8s.io"]\n  capabilities = ["pull", "resolve"]\n',
  );
}

/** Snapshotters and services of containerd that nothing here uses: left out, it starts faster and smaller. */
const unused = [
  ...['aufs', 'btrfs', 'devmapper', 'zfs'].map((name) => `io.containerd.snapshotter.v1.${name}`),
  'io.containerd.internal.v1.opt',
  'io.containerd.internal.v1.tracing',
  'io.containerd.tracing.processor.v1.otlp',
];

const configText = (place: ContainerdPlace): string => `version = 2
root = ${JSON.stringify(place.root)}
state = ${JSON.stringify(join(place.state, 'tasks'))}
disabled_plugins = ${JSON.stringify(unused)}
[grpc]
  address = ${JSON.stringify(containerdSocket(place))}
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = ${JSON.stringify(pauseReference)}
  stream_server_address = ${JSON.stringify(place.address)}
  stream_server_port = "0"
  # Without CAP_SYS_RESOURCE the kernel refuses scores below our own.
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  [plugins."io.containerd.grpc.v1.cri".containerd]
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = ${JSON.stringify(cniPlugins)}
    conf_dir = ${JSON.stringify(place.cniConfig)}
  [plugins."io.containerd.grpc.v1.cri".registry]
    # The user's word on a registry comes before ours.
    config_path = ${JSON.stringify(`${place.registries}:${join(place.state, 'registries')}`)}
`;

/** Where Debian's containernetworking-plugins lie. */
export const cniPlugins = '/usr/lib/cni';

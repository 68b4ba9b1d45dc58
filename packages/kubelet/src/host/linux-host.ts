import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pod, ResourceList, Volume, VolumeMount } from '@coxswain/api/types/core-v1';
import { uuid, type World } from '@coxswain/base';
import type { Client } from '@coxswain/client';
import {
  type ContainerPlace,
  MountError,
  type MountedVolume,
  type MountedVolumes,
  type PodDevices,
  type PodHost,
} from '../host.ts';
import { NodeDevices } from '../devices/pod-devices.ts';
import { parseResolvConf } from '../pods/dns.ts';
import { ContainerConfigError } from '../pods/environment.ts';
import { expand } from '../pods/expansion.ts';
import { hostNetworkHostsFile, hostsFile } from '../pods/hosts-file.ts';
import { type ContainerSpec, isHostNetwork, namespaceOf, uidOf } from '../pods/spec.ts';
import type { DnsConfig, LinuxContainerResources, Mount } from '../runtime-config.ts';
import type { RuntimeContainer } from '../runtime.ts';
import { pluginFor } from '../volumes/index.ts';
import type { VolumeSources } from '../volumes/plugin.ts';
import { resolveSubPath } from '../volumes/sub-path.ts';
import { makePodCgroup, podCgroup, removePodCgroup } from './cgroups.ts';
import { machineMounts, unmountBelow } from './mounts.ts';
import { ObjectWatches } from './object-watches.ts';
import { terminationMessage } from './termination-message.ts';
import { PodTokens } from './tokens.ts';

/** Where a node keeps what belongs to its pods. */
export interface LinuxHostOptions {
  readonly world: World;
  readonly client: Client;
  /** Pods' volumes and files: `/var/lib/kubelet` of this node. */
  readonly rootDir: string;
  /** Pods' logs: `/var/log/pods` of this node. */
  readonly podLogsDir: string;
  /** The node's own group in every hierarchy; undefined: the runtime's default. */
  readonly cgroupRoot: string | undefined;
  readonly nodeName: string;
  readonly hostIps: readonly string[];
  readonly allocatable: () => ResourceList;
  readonly resolvConf?: string | undefined;
  readonly signal: AbortSignal;
}

const propagations = {
  HostToContainer: 'PROPAGATION_HOST_TO_CONTAINER',
  Bidirectional: 'PROPAGATION_BIDIRECTIONAL',
} as const;

/** Pods on this Linux machine: folders, volumes, cgroups, hosts files, logs. */
export class LinuxHost implements PodHost {
  readonly dns: DnsConfig;
  readonly profileRoot: string;
  readonly objects: ObjectWatches;
  readonly #options: LinuxHostOptions;
  readonly #tokens: PodTokens;
  readonly #devices: NodeDevices;

  private constructor(options: LinuxHostOptions, dns: DnsConfig, devices: NodeDevices) {
    this.#devices = devices;
    const { client, world, signal } = options;
    this.dns = dns;
    this.profileRoot = join(options.rootDir, 'seccomp');
    this.objects = new ObjectWatches(client, world, signal);
    this.#options = options;
    this.#tokens = new PodTokens(client, world, signal);
    signal.addEventListener('abort', () => this.#tokens[Symbol.dispose](), { once: true });
  }

  static async open(options: LinuxHostOptions): Promise<LinuxHost> {
    await mkdir(join(options.rootDir, 'pods'), { recursive: true });
    await mkdir(options.podLogsDir, { recursive: true });
    const text = await readFile(options.resolvConf ?? '/etc/resolv.conf', 'utf8').catch(() => '');
    return new LinuxHost(options, parseResolvConf(text), await NodeDevices.open(options));
  }

  cgroupParent(pod: Pod): string | undefined {
    const { cgroupRoot } = this.#options;
    return cgroupRoot && podCgroup(cgroupRoot, pod);
  }

  logDirectory(pod: Pod): string {
    const name = `${namespaceOf(pod)}_${pod.metadata.name}_${uidOf(pod)}`;
    return join(this.#options.podLogsDir, name);
  }

  async prepare(pod: Pod, limits: LinuxContainerResources): Promise<void> {
    const cgroup = this.cgroupParent(pod);
    await Promise.all([
      mkdir(join(this.#podDir(uidOf(pod)), 'volumes'), { recursive: true }),
      mkdir(this.logDirectory(pod), { recursive: true }),
      cgroup && makePodCgroup(cgroup, limits),
    ]);
  }

  async mountVolumes(pod: Pod, wake: () => void, signal: AbortSignal): Promise<MountedVolumes> {
    const sources = this.#sources(pod, wake);
    const mounted = await Promise.all(
      (pod.spec!.volumes ?? []).map(async (volume) => {
        signal.throwIfAborted();
        return [volume.name, await this.#mount(pod, volume, sources)] as const;
      }),
    );
    return new Map(mounted);
  }

  prepareDevices(pod: Pod, signal: AbortSignal): Promise<PodDevices> {
    return this.#devices.prepare(pod, signal);
  }

  async containerMounts(
    pod: Pod,
    spec: ContainerSpec,
    place: ContainerPlace,
  ): Promise<readonly Mount[]> {
    const mounts: Mount[] = [];
    for (const mount of spec.volumeMounts ?? []) mounts.push(await volumeMount(mount, place));
    if (!mounts.some(({ containerPath }) => containerPath === '/etc/hosts'))
      mounts.push({ containerPath: '/etc/hosts', hostPath: await this.#writeHosts(pod, place) });
    const containerPath = spec.terminationMessagePath || '/dev/termination-log';
    const folder = join(this.#podDir(uidOf(pod)), 'containers', spec.name);
    await mkdir(folder, { recursive: true });
    const hostPath = join(folder, uuid(this.#options.world.random).slice(0, 8));
    await writeFile(hostPath, '');
    await chmod(hostPath, 0o666); // any user of the container may write its last words
    return [...mounts, { containerPath, hostPath }];
  }

  terminationMessage(container: RuntimeContainer): Promise<string> {
    return terminationMessage(container);
  }

  async unmountVolumes(podUid: string): Promise<void> {
    await this.#devices.release(podUid, this.#options.signal);
    this.objects.forget(podUid);
    this.#tokens.forget(podUid);
    const dir = this.#podDir(podUid);
    await unmountBelow(dir);
    await rm(join(dir, 'volumes'), { recursive: true, force: true });
    const { cgroupRoot } = this.#options;
    if (cgroupRoot) await removePodCgroup(cgroupRoot, podUid);
  }

  async remove(podUid: string): Promise<void> {
    const { podLogsDir } = this.#options;
    const logs = (await readdir(podLogsDir)).filter((name) => name.endsWith(`_${podUid}`));
    await Promise.all(
      [this.#podDir(podUid), ...logs.map((name) => join(podLogsDir, name))].map((path) =>
        rm(path, { recursive: true, force: true }),
      ),
    );
  }

  async removeLog({ logPath }: RuntimeContainer): Promise<void> {
    if (logPath) await rm(logPath, { force: true });
  }

  async podsLeft(): Promise<readonly string[]> {
    const { rootDir, podLogsDir } = this.#options;
    const logs = (await readdir(podLogsDir)).map((name) => name.split('_').at(-1)!);
    return [...new Set([...(await readdir(join(rootDir, 'pods'))), ...logs])];
  }

  #podDir(podUid: string): string {
    return join(this.#options.rootDir, 'pods', podUid);
  }

  async #mount(pod: Pod, volume: Volume, sources: VolumeSources): Promise<MountedVolume> {
    try {
      const [plugin, source] = pluginFor(volume);
      const folder = plugin.name.replace('/', '~');
      const dir = join(this.#podDir(uidOf(pod)), 'volumes', folder, volume.name);
      return await plugin.setUp({ source, volume, pod, dir, sources, mounts: machineMounts });
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      throw new MountError(volume.name, error.message, { cause: error });
    }
  }

  #sources(pod: Pod, wake: () => void): VolumeSources {
    const { world, nodeName, hostIps, allocatable } = this.#options;
    const uid = uidOf(pod);
    return {
      facts: { nodeName, hostIps, podIps: [], allocatable: allocatable() },
      nowMs: () => world.clock.now(),
      configMap: (namespace, name) => this.objects.configMapFor(uid, namespace, name, wake),
      secret: (namespace, name) => this.objects.secretFor(uid, namespace, name, wake),
      token: (of, audience, seconds) => this.#tokens.get(of, audience, seconds, wake),
    };
  }

  async #writeHosts(pod: Pod, { podIps, hostname, domain }: ContainerPlace): Promise<string> {
    const path = join(this.#podDir(uidOf(pod)), 'etc-hosts');
    const aliases = pod.spec!.hostAliases ?? [];
    const text = isHostNetwork(pod)
      ? hostNetworkHostsFile(await readFile('/etc/hosts', 'utf8'), aliases)
      : hostsFile(podIps, hostname, domain, aliases);
    await writeFile(path, text);
    await chmod(path, 0o644);
    return path;
  }
}

async function volumeMount(
  { name, mountPath, readOnly, subPath, subPathExpr, mountPropagation }: VolumeMount,
  { volumes, environment }: ContainerPlace,
): Promise<Mount> {
  const volume = volumes.get(name);
  if (!volume) throw new ContainerConfigError(`cannot find volume "${name}" to mount`);
  const known = new Map(environment.map(({ key, value }) => [key, value]));
  const inner = subPathExpr
    ? expand(subPathExpr, (variable) => {
        const value = known.get(variable);
        if (value === undefined)
          throw new ContainerConfigError(
            `missing value for "${variable}" in subPathExpr of mount ${mountPath}`,
          );
        return value;
      })
    : subPath;
  const hostPath = inner
    ? await resolveSubPath(volume.path, inner).catch((error: Error) => {
        const text = `failed to prepare subPath for volumeMount "${name}": ${error.message}`;
        throw new ContainerConfigError(text, { cause: error });
      })
    : volume.path;
  return {
    containerPath: mountPath.startsWith('/') ? mountPath : `/${mountPath}`,
    hostPath,
    readonly: readOnly === true || volume.readOnly,
    propagation:
      propagations[mountPropagation as keyof typeof propagations] ?? 'PROPAGATION_PRIVATE',
  };
}

import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ResourceClaims } from '@coxswain/api';
import type { Pod } from '@coxswain/api/types/core-v1';
import type { ResourceClaim } from '@coxswain/api/types/resource-v1';
import type { World } from '@coxswain/base';
import type { Client } from '@coxswain/client';
import { DeviceError, type PodDevices } from '../host.ts';
import { type ContainerSpec, namespaceOf, uidOf } from '../pods/spec.ts';
import { DriverRegistry } from './driver-registry.ts';
import type { Answers, ClaimName, PreparedDevice } from './driver-wire.ts';

interface NodeDevicesOptions {
  readonly world: World;
  readonly client: Client;
  readonly rootDir: string;
  readonly signal: AbortSignal;
}

/** A claim that drivers were asked to make ready: kept on disk, so that they are asked to take it back whatever happens. */
interface Held extends ClaimName {
  readonly drivers: readonly string[];
}

/** Has the drivers of this node make the devices of claims ready for pods, and take them back. */
export class NodeDevices {
  readonly #options: NodeDevicesOptions;
  readonly #drivers: DriverRegistry;
  /** By the claim's uid. */
  readonly #ready = new Map<string, readonly PreparedDevice[]>();

  private constructor(options: NodeDevicesOptions) {
    const { world, rootDir, signal } = options;
    this.#options = options;
    this.#drivers = new DriverRegistry(world, join(rootDir, 'plugins_registry'), signal);
  }

  static async open(options: NodeDevicesOptions): Promise<NodeDevices> {
    const devices = new NodeDevices(options);
    await devices.#drivers.open();
    return devices;
  }

  /** Throws DeviceError in upstream's words. */
  async prepare(pod: Pod, signal: AbortSignal): Promise<PodDevices> {
    const names = claimsOf(pod);
    if (names.size === 0) return () => [];
    try {
      const claims = new Map<string, ResourceClaim>();
      for (const { claim, isOwn } of names.values())
        claims.set(claim, await this.#fetch(pod, claim, isOwn, signal));
      const held = [...claims.values()].map(heldOf);
      for (const driver of held.flatMap(({ drivers }) => drivers)) this.#drivers.driver(driver);
      await this.#keep(uidOf(pod), held);
      const open = held.filter(({ uid }) => !this.#ready.has(uid));
      const found = new Map<string, PreparedDevice[]>(open.map(({ uid }) => [uid, []]));
      await this.#each(open, 'NodePrepareResources', signal, (uid, devices) =>
        found.get(uid)!.push(...devices),
      );
      for (const [uid, devices] of found) this.#ready.set(uid, devices);
      return (container) =>
        idsFor(pod, container, (claim) => this.#ready.get(claims.get(claim)?.metadata.uid ?? ''));
    } catch (error) {
      signal.throwIfAborted();
      const why = error instanceof Error ? error.message : String(error);
      throw new DeviceError(`prepare dynamic resources: ${why}`, { cause: error });
    }
  }

  /** Takes back what no other pod of this node uses. */
  async release(podUid: string, signal: AbortSignal): Promise<void> {
    const held = await this.#heldBy(podUid);
    if (held.length === 0) return;
    const pods = await readdir(join(this.#options.rootDir, 'pods')).catch(() => []);
    const others = await Promise.all(
      pods.filter((uid) => uid !== podUid).map((uid) => this.#heldBy(uid)),
    );
    const used = new Set(others.flat().map(({ uid }) => uid));
    const free = held.filter(({ uid }) => !used.has(uid));
    for (const { uid } of free) this.#ready.delete(uid);
    try {
      await this.#each(free, 'NodeUnprepareResources', signal, () => {});
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new DeviceError(`unprepare dynamic resources: ${why}`, { cause: error });
    }
    await rm(this.#fileOf(podUid), { force: true });
  }

  /** Asks every driver once for all of its claims. */
  async #each(
    held: readonly Held[],
    rpc: 'NodePrepareResources' | 'NodeUnprepareResources',
    signal: AbortSignal,
    ready: (uid: string, devices: readonly PreparedDevice[]) => void,
  ): Promise<void> {
    for (const name of new Set(held.flatMap(({ drivers }) => drivers))) {
      const { wire, version } = this.#drivers.driver(name);
      const claims = held.filter(({ drivers }) => drivers.includes(name));
      const sent = claims.map(({ namespace, uid, name: claim }) => ({
        namespace,
        uid,
        name: claim,
      }));
      const isStart = rpc === 'NodePrepareResources';
      const asked = isStart
        ? wire.prepare(version, sent, signal)
        : wire.unprepare(version, sent, signal);
      const answers = await asked.catch((cause: Error) => {
        throw new Error(`${rpc}: ${cause.message}`, { cause });
      });
      judge(rpc, sent, answers);
      for (const [uid, { devices = [] }] of Object.entries(answers.claims)) ready(uid, devices);
    }
  }

  async #fetch(
    pod: Pod,
    name: string,
    isOwn: boolean,
    signal: AbortSignal,
  ): Promise<ResourceClaim> {
    const { client } = this.#options;
    const namespace = namespaceOf(pod);
    const claim = await client
      .get(ResourceClaims, name, { namespace, signal })
      .catch((cause: Error) => {
        throw new Error(`fetch ResourceClaim ${name}: ${cause.message}`, { cause });
      });
    const { uid, ownerReferences = [] } = claim.metadata;
    if (isOwn && !ownerReferences.some((each) => each.controller && each.uid === uidOf(pod)))
      throw new Error(
        `ResourceClaim ${namespace}/${name} was not created for Pod ${namespace}/${pod.metadata.name} (Pod is not owner)`,
      );
    if (!claim.status?.reservedFor?.some((each) => each.uid === uidOf(pod)))
      throw new Error(
        `pod ${pod.metadata.name} (${uidOf(pod)}) is not allowed to use ResourceClaim ${name} (${uid})`,
      );
    return claim;
  }

  #fileOf(podUid: string): string {
    return join(this.#options.rootDir, 'pods', podUid, 'devices.json');
  }

  async #keep(podUid: string, held: readonly Held[]): Promise<void> {
    const file = this.#fileOf(podUid);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, JSON.stringify(held));
  }

  async #heldBy(podUid: string): Promise<readonly Held[]> {
    const text = await readFile(this.#fileOf(podUid), 'utf8').catch(() => '[]');
    return JSON.parse(text) as readonly Held[];
  }
}

interface Entry {
  readonly claim: string;
  /** Made for the pod from a template. */
  readonly isOwn: boolean;
}

const extendedEntry = '';

/** The claims of a pod by its entries; the one for extended resources has no entry. */
function claimsOf({ spec, status }: Pod): ReadonlyMap<string, Entry> {
  const claims = new Map<string, Entry>();
  for (const { name, resourceClaimName } of spec?.resourceClaims ?? []) {
    const made = status?.resourceClaimStatuses?.find((each) => each.name === name);
    const claim = resourceClaimName ?? made?.resourceClaimName;
    if (claim !== undefined) claims.set(name, { claim, isOwn: resourceClaimName === undefined });
  }
  const extended = status?.extendedResourceClaimStatus?.resourceClaimName;
  if (extended !== undefined) claims.set(extendedEntry, { claim: extended, isOwn: false });
  return claims;
}

function heldOf({ metadata, status }: ResourceClaim): Held {
  const { name, namespace = '', uid = '' } = metadata;
  const results = status?.allocation?.devices?.results;
  if (!results) throw new Error(`ResourceClaim ${name}: not allocated`);
  return { name, namespace, uid, drivers: [...new Set(results.map(({ driver }) => driver))] };
}

/** By what names the runtime knows the devices that a container may use. */
function idsFor(
  pod: Pod,
  { name, resources }: ContainerSpec,
  readyOf: (claim: string) => readonly PreparedDevice[] | undefined,
): readonly string[] {
  const claims = claimsOf(pod);
  const wanted = (resources?.claims ?? []).flatMap(({ name: entry, request = '' }) => {
    const claim = claims.get(entry)?.claim;
    return claim === undefined ? [] : [{ claim, request }];
  });
  const extended = pod.status?.extendedResourceClaimStatus;
  for (const { containerName, requestName } of extended?.requestMappings ?? [])
    if (containerName === name)
      wanted.push({ claim: extended!.resourceClaimName, request: requestName });
  return wanted.flatMap(({ claim, request }) =>
    (readyOf(claim) ?? []).flatMap(({ requestNames, cdiDeviceIds }) =>
      !request || requestNames.length === 0 || requestNames.includes(request) ? cdiDeviceIds : [],
    ),
  );
}

/** Every claim must have been answered, and well. */
function judge(rpc: string, sent: readonly ClaimName[], { claims }: Answers): void {
  for (const [uid, { error }] of Object.entries(claims)) {
    const claim = sent.find((each) => each.uid === uid);
    if (!claim) throw new Error(`${rpc} returned result for unknown claim UID ${uid}`);
    if (error) throw new Error(`${rpc} failed for ResourceClaim ${claim.name}: ${error}`);
  }
  const skipped = sent.length - Object.keys(claims).length;
  if (skipped !== 0) throw new Error(`${rpc} skipped ${skipped} ResourceClaims`);
}

/** From CRI's decoded messages to what the kubelet speaks. */
import type {
  ContainerUsage,
  FilesystemUsage,
  RuntimeContainer,
  RuntimeHealth,
  RuntimeImage,
  Sandbox,
} from '../runtime.ts';

/** A decoded message: every field is set, so missing sub-messages are the only absences. */
export type Message = Readonly<Record<string, any>>;

const toMs = (nanoseconds: number): number => Math.floor(nanoseconds / 1e6);
const numberOf = (value: Message | null): number | undefined =>
  value?.['value'] as number | undefined;
const present = <T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;

export function toSandbox(from: Message): Sandbox {
  const network = from['network'] as Message | null | undefined;
  const ips = network?.['ip']
    ? [
        network['ip'] as string,
        ...(network['additionalIps'] as Message[]).map(({ ip }) => ip as string),
      ]
    : [];
  return {
    id: from['id'],
    podName: from['metadata'].name,
    podNamespace: from['metadata'].namespace,
    podUid: from['metadata'].uid,
    attempt: from['metadata'].attempt,
    isReady: from['state'] === 'SANDBOX_READY',
    createdAtMs: toMs(from['createdAt']),
    ips,
    labels: from['labels'],
    annotations: from['annotations'],
  };
}

const states: Readonly<Record<string, RuntimeContainer['state']>> = {
  CONTAINER_CREATED: 'created',
  CONTAINER_RUNNING: 'running',
  CONTAINER_EXITED: 'exited',
  CONTAINER_UNKNOWN: 'unknown',
};

const podUidLabel = 'io.kubernetes.pod.uid';

/** From an entry of a list, without what only a status tells. */
export function toListedContainer(from: Message): RuntimeContainer {
  return {
    id: from['id'],
    sandboxId: from['podSandboxId'],
    name: from['metadata'].name,
    podUid: from['labels'][podUidLabel] ?? '',
    attempt: from['metadata'].attempt,
    state: states[from['state']] ?? 'unknown',
    createdAtMs: toMs(from['createdAt']),
    image: from['image']?.image ?? '',
    imageRef: from['imageRef'],
    labels: from['labels'],
    annotations: from['annotations'],
  };
}

export function toContainer(from: Message): RuntimeContainer {
  const user = from['user']?.linux as RuntimeContainer['user'] | undefined;
  return {
    ...toListedContainer({ ...from, podSandboxId: '' }),
    startedAtMs: toMs(from['startedAt']),
    finishedAtMs: toMs(from['finishedAt']),
    exitCode: from['exitCode'],
    reason: from['reason'],
    message: from['message'],
    logPath: from['logPath'],
    mounts: from['mounts'],
    ...(user && { user }),
  };
}

export function toImage(from: Message): RuntimeImage {
  const uid = numberOf(from['uid']);
  return {
    id: from['id'],
    repoTags: from['repoTags'],
    repoDigests: from['repoDigests'],
    sizeBytes: from['size'],
    isPinned: from['pinned'],
    ...(uid !== undefined && { uid }),
    ...(from['username'] && { username: from['username'] as string }),
  };
}

/** Upstream keeps the runtime's words in the node's Ready condition: `container runtime network not ready: ...`. */
export function toHealth(from: Message): RuntimeHealth {
  const conditions = (from['status']?.conditions ?? []) as readonly Message[];
  const find = (type: string): Message | undefined =>
    conditions.find((one) => one['type'] === type);
  const [runtime, network] = [find('RuntimeReady'), find('NetworkReady')];
  return {
    isRuntimeReady: runtime?.['status'] === true,
    isNetworkReady: network?.['status'] === true,
    runtimeMessage: runtime ? reasonText('RuntimeReady', runtime) : '',
    networkReason: network?.['reason'] ?? '',
    networkMessage: network?.['message'] ?? '',
  };
}

const reasonText = (type: string, from: Message): string =>
  `${type}=${from['status']} reason:${from['reason']} message:${from['message']}`;

export function toFilesystem(from: Message): FilesystemUsage {
  return {
    mountpoint: from['fsId']?.mountpoint ?? '',
    usedBytes: numberOf(from['usedBytes']) ?? 0,
    inodesUsed: numberOf(from['inodesUsed']) ?? 0,
  };
}

export function toUsage(from: Message): ContainerUsage {
  const { attributes, cpu, memory, writableLayer } = from;
  return {
    containerId: attributes.id,
    podUid: attributes.labels[podUidLabel] ?? '',
    name: attributes.metadata.name,
    timestampMs: toMs(cpu?.timestamp ?? memory?.timestamp ?? 0),
    ...present({
      cpuNanoseconds: numberOf(cpu?.usageCoreNanoSeconds ?? null),
      workingSetBytes: numberOf(memory?.workingSetBytes ?? null),
      rssBytes: numberOf(memory?.rssBytes ?? null),
      usageBytes: numberOf(memory?.usageBytes ?? null),
      writableBytes: numberOf(writableLayer?.usedBytes ?? null),
      writableInodes: numberOf(writableLayer?.inodesUsed ?? null),
    }),
  };
}

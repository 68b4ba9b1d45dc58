import type { World } from '@coxswain/base';
import type { Client, Recorder } from '@coxswain/client';
import type { Pod, ResourceList, Service } from '@coxswain/api/types/core-v1';
import type { NetworkChecks, PodHost } from './host.ts';
import type { ImagePuller } from './images/puller.ts';
import type { References } from './pods/environment.ts';
import type { Runtime } from './runtime.ts';
import { fieldPathOf } from './pods/spec.ts';

/** Keeps a reason about a pod: it takes the place of one of the same verdict about the same container. */
export type Note = (
  pod: Pod,
  verdict: string,
  facts: Readonly<Record<string, string | number>> & { readonly container: string },
) => void;

/** What every part of one node's kubelet is given. */
export interface KubeletContext {
  readonly world: World;
  readonly client: Client;
  readonly runtime: Runtime;
  readonly host: PodHost;
  readonly checks: NetworkChecks;
  readonly recorder: Recorder;
  /** Keeps why something was decided about a pod, for whoever asks. */
  readonly note?: Note | undefined;
  readonly images: ImagePuller;
  readonly references: References;
  readonly nodeName: string;
  readonly hostIps: readonly string[];
  readonly memoryBytes: number;
  readonly clusterDns: readonly string[];
  readonly clusterDomain: string;
  allocatable(): ResourceList;
  /** All Services, once they are known; what pods learn by environment variables. */
  services(signal: AbortSignal): Promise<readonly Service[]>;
}

/** Records an event about a pod, or with `container` about that container of it. */
export function recordPod(
  { recorder }: Pick<KubeletContext, 'recorder'>,
  pod: Pod,
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
  container?: string,
): void {
  const about = { ...pod, apiVersion: 'v1', kind: 'Pod' };
  const fieldPath = container === undefined ? undefined : fieldPathOf(pod, container);
  recorder.record({ about, type, reason, message, fieldPath });
}

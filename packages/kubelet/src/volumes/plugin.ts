import type { ConfigMap, Pod, Secret, Volume } from '@coxswain/api/types/core-v1';
import type { MountedVolume } from '../host.ts';
import type { NodeFacts } from '../pods/field-ref.ts';

/** What volumes are filled from. */
export interface VolumeSources {
  readonly facts: NodeFacts;
  nowMs(): number;
  configMap(namespace: string, name: string): Promise<ConfigMap | undefined>;
  secret(namespace: string, name: string): Promise<Secret | undefined>;
  /** A token bound to the pod, new when the last is near its end. */
  token(pod: Pod, audience: string, expirationSeconds: number): Promise<string>;
}

/** Mounts on this machine. */
export interface Mounts {
  tmpfs(dir: string, options: readonly string[]): Promise<void>;
}

export interface VolumeRequest<S> {
  readonly source: S;
  readonly volume: Volume;
  readonly pod: Pod;
  /** The volume's own folder; made by the plugin. */
  readonly dir: string;
  readonly sources: VolumeSources;
  readonly mounts: Mounts;
}

/** One kind of volume. `setUp` is repeated after a restart and whenever there is news, and must then change only what is new. */
export interface VolumePlugin<S = any> {
  /** Upstream's name: `kubernetes.io/configmap`. */
  readonly name: string;
  /** Undefined: this volume is not of this kind. */
  readonly source: (volume: Volume) => S | undefined;
  /** Throws an Error in upstream's words. */
  readonly setUp: (request: VolumeRequest<S>) => Promise<MountedVolume>;
}

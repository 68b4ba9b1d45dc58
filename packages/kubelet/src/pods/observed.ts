import type { RuntimeContainer, Sandbox } from '../runtime.ts';

/** What the runtime has of one pod, newest first. */
export interface PodRuntime {
  readonly sandboxes: readonly Sandbox[];
  readonly containers: readonly RuntimeContainer[];
}

export const nothingObserved: PodRuntime = { sandboxes: [], containers: [] };

/** What probes found of a running container; undefined where none has an answer yet. */
export interface ProbeVerdicts {
  readonly startup?: boolean | undefined;
  readonly liveness?: boolean | undefined;
  readonly readiness?: boolean | undefined;
}

/** By container id. */
export type Probed = ReadonlyMap<string, ProbeVerdicts>;

export const latest = (observed: PodRuntime, name: string): RuntimeContainer | undefined =>
  observed.containers.find((container) => container.name === name);

export const isAlive = ({ state }: RuntimeContainer): boolean =>
  state === 'running' || state === 'unknown';

/** The addresses of the pod: of its newest sandbox, while that is ready. */
export const podIpsOf = ({ sandboxes }: PodRuntime): readonly string[] =>
  sandboxes[0]?.isReady ? sandboxes[0].ips : [];

/** What of the sandbox is wrong, if it must be made (anew): none there, several, ended, or without an address. */
export function sandboxNeed(
  { sandboxes }: PodRuntime,
  isHostNetwork: boolean,
): { readonly attempt: number; readonly isChange: boolean } | undefined {
  const [newest] = sandboxes;
  if (!newest) return { attempt: 0, isChange: false };
  const isSound =
    newest.isReady &&
    sandboxes.filter(({ isReady }) => isReady).length === 1 &&
    (isHostNetwork || newest.ips.length > 0);
  return isSound ? undefined : { attempt: newest.attempt + 1, isChange: true };
}

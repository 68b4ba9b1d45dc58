import type { Pod } from '@coxswain/api/types/core-v1';
import type { KubeletContext } from '../context.ts';
import { latest, type PodRuntime, podIpsOf, type ProbeVerdicts } from '../pods/observed.ts';
import { type ContainerSpec, containersOf } from '../pods/spec.ts';
import { ContainerProber } from './container-prober.ts';

const hasProbe = (spec: ContainerSpec): boolean =>
  Boolean(spec.startupProbe ?? spec.livenessProbe ?? spec.readinessProbe);

/** All probes of one pod: each running app container and sidecar that has any. `changed` runs when a verdict turns. */
export class PodProber implements Disposable {
  readonly #context: KubeletContext;
  readonly #changed: () => void;
  readonly #probers = new Map<string, ContainerProber>();
  #isEnding = false;

  constructor(context: KubeletContext, changed: () => void) {
    this.#context = context;
    this.#changed = changed;
  }

  /** By container id. */
  get verdicts(): ReadonlyMap<string, ProbeVerdicts> {
    return new Map([...this.#probers].map(([id, prober]) => [id, prober.verdicts]));
  }

  /** Begins to probe what has come up, ends with what has gone. */
  follow(pod: Pod, observed: PodRuntime): void {
    const podIp = podIpsOf(observed)[0] ?? this.#context.hostIps[0] ?? '';
    const running = new Set<string>();
    for (const [kind, spec] of containersOf(pod)) {
      if (!hasProbe(spec) || kind === 'init' || kind === 'ephemeral') continue;
      const container = latest(observed, spec.name);
      if (container?.state !== 'running') continue;
      running.add(container.id);
      if (this.#isEnding || this.#probers.has(container.id)) continue;
      const of = { pod, spec, container, podIp };
      this.#probers.set(container.id, new ContainerProber(this.#context, of, this.#changed));
    }
    for (const id of this.#probers.keys()) if (!running.has(id)) this.stop(id);
  }

  stop(containerId: string): void {
    this.#probers.get(containerId)?.[Symbol.dispose]();
    this.#probers.delete(containerId);
  }

  /** The pod ends: nothing restarts any more. */
  leaveReadinessOnly(): void {
    this.#isEnding = true;
    for (const prober of this.#probers.values()) prober.leaveReadinessOnly();
  }

  [Symbol.dispose](): void {
    this.#isEnding = true;
    for (const id of this.#probers.keys()) this.stop(id);
  }
}

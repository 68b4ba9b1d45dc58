import type { PodHost } from '../host.ts';
import { type Runtime, type RuntimeContainer, RuntimeError, type Sandbox } from '../runtime.ts';
import type { PodRuntime } from './observed.ts';

/** Looks at what the runtime has of one pod. What has ended does not change, so it is asked about once. */
export class PodObserver {
  readonly #runtime: Runtime;
  readonly #host: PodHost;
  readonly #podUid: string;
  readonly #ended = new Map<string, RuntimeContainer>();
  readonly #addressed = new Map<string, Sandbox>();
  /** What ended containers left to say, by container id. */
  readonly terminationMessages: Map<string, string> = new Map();

  constructor(runtime: Runtime, host: PodHost, podUid: string) {
    this.#runtime = runtime;
    this.#host = host;
    this.#podUid = podUid;
  }

  async look(signal: AbortSignal): Promise<PodRuntime> {
    const [sandboxes, containers] = await Promise.all([
      this.#runtime.sandboxes(this.#podUid, signal),
      this.#runtime.containers(this.#podUid, signal),
    ]);
    const [newest, ...older] = sandboxes;
    const [addressed, statuses] = await Promise.all([
      newest ? this.#withAddress(newest, signal) : undefined,
      Promise.all(containers.map((container) => this.#status(container, signal))),
    ]);
    const found = statuses.filter((status) => status !== undefined);
    this.#forgetAllBut(new Set([...sandboxes, ...containers].map(({ id }) => id)));
    return { sandboxes: addressed ? [addressed, ...older] : older, containers: found };
  }

  async #withAddress(sandbox: Sandbox, signal: AbortSignal): Promise<Sandbox> {
    if (!sandbox.isReady) return sandbox;
    const known = this.#addressed.get(sandbox.id);
    if (known) return known;
    const status = await this.#runtime.sandboxStatus(sandbox.id, signal).catch(goneIsUndefined);
    if (!status) return { ...sandbox, isReady: false };
    if (status.isReady && status.ips.length > 0) this.#addressed.set(sandbox.id, status);
    return status;
  }

  async #status(
    container: RuntimeContainer,
    signal: AbortSignal,
  ): Promise<RuntimeContainer | undefined> {
    const known = this.#ended.get(container.id);
    if (known) return known;
    const found = await this.#runtime.containerStatus(container.id, signal).catch(goneIsUndefined);
    if (!found) return undefined;
    const status = { ...found, sandboxId: container.sandboxId };
    if (status.state === 'exited') {
      const message = await this.#host.terminationMessage(status);
      this.terminationMessages.set(status.id, message);
      this.#ended.set(status.id, status);
    }
    return status;
  }

  #forgetAllBut(ids: ReadonlySet<string>): void {
    for (const map of [this.#ended, this.#addressed, this.terminationMessages])
      for (const id of map.keys()) if (!ids.has(id)) map.delete(id);
  }
}

function goneIsUndefined(error: unknown): undefined {
  if (error instanceof RuntimeError && error.code === 'notFound') return undefined;
  throw error;
}

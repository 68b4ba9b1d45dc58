import type { World } from '@coxswain/base';
import type { ContainerConfig } from '../runtime-config.ts';
import type { LogLine, RuntimeContainer } from '../runtime.ts';
import type { Behaviour } from './behaviour.ts';
import type { Program } from './program.ts';

const linesMax = 1_000;

/** One container that only seems to run: it has states, times, an exit code and a log. */
export class SimulatedContainer {
  readonly config: ContainerConfig;
  readonly sandboxId: string;
  readonly #world: World;
  readonly #behaviour: Behaviour;
  readonly #ended: (id: string) => void;
  readonly #run: (container: SimulatedContainer) => Program | undefined;
  #program: Program | undefined;
  #now: RuntimeContainer;
  #timer: Disposable | undefined;
  readonly #lines: LogLine[] = [];
  readonly #waiting = new Set<() => void>();

  constructor(
    now: RuntimeContainer,
    config: ContainerConfig,
    behaviour: Behaviour,
    world: World,
    ended: (id: string) => void,
    run: (container: SimulatedContainer) => Program | undefined = () => undefined,
  ) {
    this.#run = run;
    this.#now = now;
    this.config = config;
    this.sandboxId = now.sandboxId;
    this.#behaviour = behaviour;
    this.#world = world;
    this.#ended = ended;
  }

  get status(): RuntimeContainer {
    return this.#now;
  }

  /** What really runs in it, if anything does. */
  get program(): Program | undefined {
    return this.#program;
  }

  get lines(): readonly LogLine[] {
    return this.#lines;
  }

  start(): void {
    this.#now = { ...this.#now, state: 'running', startedAtMs: this.#world.clock.now() };
    this.resume();
  }

  /** Goes on from when it was started. */
  resume(): void {
    this.#program = this.#run(this);
    if (this.#program) return;
    const { afterMs, exitCode, output, reason } = this.#behaviour;
    const { startedAtMs = 0 } = this.#now;
    for (const text of output) this.print('stdout', text);
    if (afterMs === Infinity) this.print('stdout', `${this.#now.image} is simulated`);
    else {
      const leftMs = startedAtMs + afterMs - this.#world.clock.now();
      this.#timer = this.#world.clock.after(leftMs, () => this.end(exitCode, reason));
    }
  }

  /** Ends it now, if it still runs. */
  end(exitCode: number, reason: string = exitCode === 0 ? 'Completed' : 'Error'): void {
    this.#timer?.[Symbol.dispose]();
    if (this.#now.state !== 'running') return;
    this.#program?.kill();
    this.#now = {
      ...this.#now,
      state: 'exited',
      finishedAtMs: this.#world.clock.now(),
      exitCode,
      reason,
    };
    this.#wake();
    this.#ended(this.#now.id);
  }

  print(stream: 'stdout' | 'stderr', text: string): void {
    const atMs = this.#world.clock.now();
    const time = new Date(atMs).toISOString().replace('Z', '000000Z');
    this.#lines.push({ atMs, time, stream, text, isPartial: false });
    if (this.#lines.length > linesMax) this.#lines.shift();
    this.#wake();
  }

  /** Resolves when there may be more to read, or when `signal` aborts. */
  changed(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted || this.#now.state === 'exited') return resolve();
      const done = (): void => {
        this.#waiting.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.#waiting.add(done);
      signal.addEventListener('abort', done, { once: true });
    });
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }
}

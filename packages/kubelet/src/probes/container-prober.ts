import type { Pod, Probe } from '@coxswain/api/types/core-v1';
import { type KubeletContext, recordPod } from '../context.ts';
import type { CheckResult } from '../host.ts';
import type { ProbeVerdicts } from '../pods/observed.ts';
import type { ContainerSpec } from '../pods/spec.ts';
import type { RuntimeContainer } from '../runtime.ts';
import { askProbe } from './ask.ts';
import { afterAnswer, initialState, type ProbeState, type ProbeType } from './probe-state.ts';

const triesMax = 3;
const titles = { startup: 'Startup', liveness: 'Liveness', readiness: 'Readiness' } as const;

/** Everything about one run of a container that probes need. */
export interface Probed {
  readonly pod: Pod;
  readonly spec: ContainerSpec;
  readonly container: RuntimeContainer;
  readonly podIp: string;
}

/** The probes of one running container: the startup probe alone first, then the others, each in its own period. */
export class ContainerProber implements Disposable {
  readonly #context: KubeletContext;
  readonly #of: Probed;
  readonly #changed: () => void;
  readonly #states = new Map<ProbeType, ProbeState>();
  readonly #timers = new Map<ProbeType, Disposable>();
  readonly #end = new AbortController();

  constructor(context: KubeletContext, of: Probed, changed: () => void) {
    this.#context = context;
    this.#of = of;
    this.#changed = changed;
    for (const type of ['startup', 'liveness', 'readiness'] as const)
      if (this.#probe(type)) this.#states.set(type, initialState(type));
    if (this.#probe('startup')) this.#schedule('startup', this.#firstDelayMs('startup'));
    else this.#startOthers(false);
  }

  get verdicts(): ProbeVerdicts {
    const verdictOf = (type: ProbeType): boolean | undefined => this.#states.get(type)?.verdict;
    return {
      startup: verdictOf('startup'),
      liveness: verdictOf('liveness'),
      readiness: verdictOf('readiness'),
    };
  }

  /** The pod ends: only its readiness still matters to others. */
  leaveReadinessOnly(): void {
    for (const type of ['startup', 'liveness'] as const) {
      this.#timers.get(type)?.[Symbol.dispose]();
      this.#timers.delete(type);
    }
  }

  [Symbol.dispose](): void {
    this.#end.abort();
    for (const timer of this.#timers.values()) timer[Symbol.dispose]();
    this.#timers.clear();
  }

  #probe(type: ProbeType): Probe | undefined {
    return this.#of.spec[`${type}Probe`];
  }

  /** Once it has started, readiness is asked at once. */
  #startOthers(isNow: boolean): void {
    for (const type of ['liveness', 'readiness'] as const)
      if (this.#probe(type))
        this.#schedule(type, isNow && type === 'readiness' ? 0 : this.#firstDelayMs(type));
  }

  #firstDelayMs(type: ProbeType): number {
    const startMs = this.#of.container.startedAtMs ?? 0;
    const delayMs = (this.#probe(type)!.initialDelaySeconds ?? 0) * 1000;
    return Math.max(0, startMs + delayMs - this.#context.world.clock.now());
  }

  #schedule(type: ProbeType, delayMs: number): void {
    const { clock, log } = this.#context.world;
    const fire = (): void => {
      this.#timers.delete(type);
      this.#ask(type).catch((error: unknown) => {
        if (!this.#end.signal.aborted) log.error('probe broke', error, { type });
      });
    };
    this.#timers.set(type, clock.after(delayMs, fire));
  }

  async #ask(type: ProbeType): Promise<void> {
    const probe = this.#probe(type)!;
    const { clock } = this.#context.world;
    const startedMs = clock.now();
    const answer = await this.#answer(type, probe);
    if (this.#end.signal.aborted) return;
    const periodMs = (probe.periodSeconds ?? 10) * 1000;
    const again = (): void => this.#schedule(type, Math.max(0, startedMs + periodMs - clock.now()));
    if (!answer) return again();
    const before = this.#states.get(type)!;
    const after = afterAnswer(before, answer.is !== 'failure', probe);
    this.#states.set(type, after);
    const isDecided =
      type === 'startup'
        ? after.verdict !== undefined
        : after.verdict === false && type === 'liveness';
    if (isDecided && after.verdict === false)
      this.#context.note?.(this.#of.pod, 'killed by a probe', {
        container: this.#of.spec.name,
        probe: type,
      });
    // A verdict to restart holds until the container is replaced; a start happens once.
    if (!isDecided) again();
    if (type === 'startup' && after.verdict) this.#startOthers(true);
    if (before.verdict !== after.verdict) this.#changed();
  }

  /** Undefined: it could not be asked, which says nothing about the container. */
  async #answer(type: ProbeType, probe: Probe): Promise<CheckResult | undefined> {
    const { pod, spec, container, podIp } = this.#of;
    const say = (reason: string, text: string): void =>
      recordPod(this.#context, pod, 'Warning', reason, `${titles[type]} probe ${text}`, spec.name);
    for (let tries = 1; ; tries++)
      try {
        const result = await askProbe(
          ...([probe, pod, spec, container.id, podIp, this.#context, this.#end.signal] as const),
        );
        if (this.#end.signal.aborted) return undefined; // its end is no failure of the container
        if (result.is === 'failure') {
          say('Unhealthy', `failed: ${result.output}`);
          const facts = { container: spec.name, output: result.output };
          this.#context.note?.(pod, `${type} probe fails`, facts);
        }
        if (result.is === 'warning') say('ProbeWarning', `warning: ${result.output}`);
        return result;
      } catch (error) {
        if (this.#end.signal.aborted) return undefined;
        if (tries < triesMax) continue;
        const text = error instanceof Error ? error.message : String(error);
        say('Unhealthy', `errored and resulted in unknown state: ${text}`);
        return undefined;
      }
  }
}

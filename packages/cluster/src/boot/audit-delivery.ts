import type { AuditEvent, AuditSink } from '@coxswain/apiserver/audit';
import type { Figure, World } from '@coxswain/base';

/** `blocking`: each event before its request goes on. `blocking-strict`: and no request that cannot be recorded. */
export type AuditMode = 'batch' | 'blocking' | 'blocking-strict';

export interface AuditDeliverySettings {
  /** By which metrics and logs name it: `log`, `webhook`. */
  readonly plugin: string;
  readonly mode: AuditMode;
  /** Events that wait at most, in batches. */
  readonly bufferMax: number;
  readonly batchMax: number;
  readonly waitMs: number;
  /** Batches a second, and how many may go at once after a rest; undefined: as many as there are. */
  readonly throttle: { readonly qps: number; readonly burst: number } | undefined;
  /** What is larger loses its objects, then all; undefined: nothing is too large. */
  readonly eventBytesMax: number | undefined;
}

/** Hands events over; throws when they could not be kept. */
export type Deliver = (events: readonly AuditEvent[]) => void | Promise<void>;

/** Brings events to where they are kept: each before its request goes on, or many at once behind it. */
export class AuditDelivery implements AsyncDisposable {
  readonly #settings: AuditDeliverySettings;
  readonly #world: World;
  readonly #deliver: Deliver;
  readonly #waiting: AuditEvent[] = [];
  readonly #end = new AbortController();
  readonly #errors: Figure;
  #timer: Disposable | undefined;
  #sending: Promise<void> = Promise.resolve();
  /** The moment until which all that may go is spoken for. */
  #spokenForMs = 0;

  constructor(settings: AuditDeliverySettings, world: World, deliver: Deliver) {
    this.#settings = settings;
    this.#world = world;
    this.#deliver = deliver;
    this.#errors = world.metrics.counter({
      ...{ name: 'apiserver_audit_error_total', labels: ['plugin'], stability: 'ALPHA' },
      help: 'Audit events that could not be kept.',
    });
  }

  readonly sink: AuditSink = (given) => {
    const { mode, bufferMax, batchMax, waitMs } = this.#settings;
    const event = this.#fitting(given);
    if (!event) return this.#lost('truncate', 1, new Error(tooLarge));
    if (mode !== 'batch') return this.#now(event);
    if (this.#waiting.length >= bufferMax)
      return this.#lost('buffered', 1, new Error('audit buffer queue blocked'));
    this.#waiting.push(event);
    if (this.#waiting.length >= batchMax) this.#flush();
    else this.#timer ??= this.#world.clock.after(waitMs, () => this.#flush());
  };

  /** Hands over what still waits, as fast as it can. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort(new Error('the audit is closed'));
    this.#flush();
    await this.#sending;
  }

  #fitting(event: AuditEvent): AuditEvent | undefined {
    const { eventBytesMax } = this.#settings;
    if (eventBytesMax === undefined || bytesOf(event) <= eventBytesMax) return event;
    if (event.level !== 'Request' && event.level !== 'RequestResponse') return undefined;
    const { requestObject: _q, responseObject: _s, ...rest } = event;
    const annotations = { ...event.annotations, 'audit.k8s.io/truncated': 'true' };
    const short = { ...rest, annotations };
    return bytesOf(short) <= eventBytesMax ? short : undefined;
  }

  /** In the strict mode a request that cannot be recorded is not served. */
  #now(event: AuditEvent): void | Promise<void> {
    const failed = (error: unknown): void => {
      this.#lost(this.#settings.plugin, 1, error);
      if (this.#settings.mode === 'blocking-strict' && event.stage === 'RequestReceived')
        throw error;
    };
    try {
      return this.#deliver([event])?.catch(failed);
    } catch (error) {
      failed(error);
    }
  }

  #flush(): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, this.#settings.batchMax);
      this.#sending = this.#sending
        .then(() => this.#turn())
        .then(() => this.#deliver(batch))
        .catch((error: unknown) => this.#lost(this.#settings.plugin, batch.length, error));
    }
  }

  /** Waits until another batch may go. */
  async #turn(): Promise<void> {
    const { throttle } = this.#settings;
    const { clock } = this.#world;
    if (!throttle || this.#end.signal.aborted) return;
    const everyMs = 1000 / throttle.qps;
    const nowMs = clock.now();
    this.#spokenForMs = Math.max(this.#spokenForMs, nowMs - everyMs * throttle.burst) + everyMs;
    if (this.#spokenForMs > nowMs)
      await clock.sleep(this.#spokenForMs - nowMs, this.#end.signal).catch(() => undefined);
  }

  #lost(plugin: string, events: number, error: unknown): void {
    this.#errors.add(events, plugin);
    this.#world.log.named('audit').error('audit events are lost', error, { plugin, events });
  }
}

const tooLarge = 'event is too large even after truncating';
const bytesOf = (event: AuditEvent): number => Buffer.byteLength(JSON.stringify(event)) + 1;

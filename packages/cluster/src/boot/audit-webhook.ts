import type { AuditEvent, AuditSink } from '@coxswain/apiserver/audit';
import type { Carrier, World } from '@coxswain/base';
import type { HttpTarget } from '@coxswain/client/http';

export interface AuditWebhookSettings {
  readonly target: HttpTarget;
  readonly mode: string;
  readonly bufferMax: number;
  readonly batchMax: number;
  readonly waitMs: number;
  readonly backoffMs: number;
}

/** Tries to hand over one batch, and how the pause grows between them, as upstream's webhooks do. */
const triesMax = 5;
const growth = 1.5;
const timeoutMs = 30_000;

/** Sends events as an EventList: each before its request goes on, or many at once behind it. */
export class AuditWebhook implements AsyncDisposable {
  readonly #settings: AuditWebhookSettings;
  readonly #world: World;
  readonly #carry: Carrier;
  readonly #waiting: AuditEvent[] = [];
  readonly #end = new AbortController();
  #timer: Disposable | undefined;
  #sending: Promise<void> = Promise.resolve();

  constructor(settings: AuditWebhookSettings, world: World, carry: Carrier) {
    this.#settings = settings;
    this.#world = world;
    this.#carry = carry;
  }

  readonly sink: AuditSink = (event) => {
    const { mode, bufferMax, batchMax, waitMs } = this.#settings;
    if (mode !== 'batch') return this.#block(event);
    if (this.#waiting.length >= bufferMax) return this.#lost(1);
    this.#waiting.push(event);
    if (this.#waiting.length >= batchMax) this.#flush();
    else this.#timer ??= this.#world.clock.after(waitMs, () => this.#flush());
  };

  /** Sends what still waits. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#flush();
    await this.#sending;
    this.#end.abort(new Error('the audit webhook is closed'));
  }

  /** In the strict mode a request that cannot be recorded is not served. */
  async #block(event: AuditEvent): Promise<void> {
    try {
      await this.#send([event]);
    } catch (error) {
      this.#lost(1, error);
      if (this.#settings.mode === 'blocking-strict' && event.stage === 'RequestReceived')
        throw error;
    }
  }

  #flush(): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, this.#settings.batchMax);
      this.#sending = this.#sending
        .then(() => this.#send(batch))
        .catch((error: unknown) => this.#lost(batch.length, error));
    }
  }

  #lost(events: number, error?: unknown): void {
    const log = this.#world.log.named('audit');
    if (error === undefined) log.warn('the audit buffer is full: events are dropped', { events });
    else log.error('audit events could not be handed over', error, { events });
  }

  async #send(items: readonly AuditEvent[]): Promise<void> {
    let pauseMs = this.#settings.backoffMs;
    for (let attempt = 1; ; attempt++)
      try {
        return await this.#once(items);
      } catch (error) {
        if (attempt >= triesMax || this.#end.signal.aborted) throw error;
        await this.#world.clock.sleep(pauseMs, this.#end.signal);
        pauseMs *= growth;
      }
  }

  async #once(items: readonly AuditEvent[]): Promise<void> {
    const { target } = this.#settings;
    const url = new URL(target.url);
    const list = { kind: 'EventList', apiVersion: 'audit.k8s.io/v1', metadata: {}, items };
    const token = await target.token?.();
    const answer = await this.#carry({
      ...{ url, method: 'POST', target: `${url.pathname}${url.search}` },
      headers: [
        ['Host', url.host],
        ['Content-Type', 'application/json'],
        ...(token ? [['Authorization', `Bearer ${token}`] as const] : []),
      ],
      trust: { ca: target.ca, cert: target.certificate, key: target.key },
      body: new TextEncoder().encode(JSON.stringify(list)),
      signal: AbortSignal.any([this.#end.signal, AbortSignal.timeout(timeoutMs)]),
    });
    for await (const _ of answer.body); // read to its end, so that the connection can be used again
    if (answer.status >= 300) throw new Error(`the audit webhook answered ${answer.status}`);
  }
}

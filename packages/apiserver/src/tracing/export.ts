import { uuid, type World } from '@coxswain/base';
import { OtlpWire } from './otlp-wire.ts';
import { type EndedSpan, keyValues, Tracer } from './span.ts';

/** `--tracing-config-file`. */
export interface TracingSettings {
  readonly endpoint: string;
  readonly perMillion: number;
}

/** OpenTelemetry's usual numbers. */
const waitingMax = 2048;
const batchMax = 512;
const everyMs = 5_000;
const timeoutMs = 30_000;

/** Traces that go to a collector in batches; what it does not take is lost, and requests never wait for it. */
export interface Tracing extends AsyncDisposable {
  readonly tracer: Tracer;
}

export function openTracing({ endpoint, perMillion }: TracingSettings, world: World): Tracing {
  const wire = new OtlpWire(endpoint, world);
  const log = world.log.named('tracing');
  const resource = {
    attributes: keyValues({
      'service.name': 'apiserver',
      'service.instance.id': `apiserver-${uuid(world.random)}`,
    }),
  };
  let waiting: EndedSpan[] = [];
  let timer: Disposable | undefined;
  let sending: Promise<void> | undefined;
  const send = async (): Promise<void> => {
    timer?.[Symbol.dispose]();
    timer = undefined;
    while (waiting.length > 0) {
      const batch = waiting.slice(0, batchMax);
      waiting = waiting.slice(batchMax);
      const request = { resource_spans: [{ resource, scope_spans: byScope(batch) }] };
      await wire.export(request, timeoutMs).catch((error: unknown) => {
        log.warn('spans were not taken', { count: batch.length, why: (error as Error).message });
      });
    }
  };
  const start = (): void => {
    sending ??= send().finally(() => (sending = undefined));
  };
  const ended = (span: EndedSpan): void => {
    if (waiting.length >= waitingMax) return;
    waiting.push(span);
    if (waiting.length >= batchMax) start();
    else timer ??= world.clock.after(everyMs, start);
  };
  return {
    tracer: new Tracer(world, perMillion, ended),
    async [Symbol.asyncDispose]() {
      await sending;
      await send();
      wire[Symbol.dispose]();
    },
  };
}

const byScope = (spans: readonly EndedSpan[]): readonly object[] =>
  Object.entries(Object.groupBy(spans, ({ scope }) => scope)).map(([name, those = []]) => ({
    scope: { name },
    spans: those.map(({ span }) => span),
  }));

import type { World } from '@coxswain/base';
import { samples, type TraceContext, traceParent } from './trace-context.ts';

export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** One piece of work within a trace. Those of traces that nobody keeps do not exist. */
export interface Span {
  /** What names it to servers that are asked for its sake. */
  readonly traceParent: string;
  child(name: string, attributes?: Attributes, scope?: string): Span;
  event(name: string, attributes?: Attributes): void;
  set(attributes: Attributes): void;
  /** Once; `isFailed` marks it as an error. */
  end(isFailed?: boolean): void;
}

/** A span that is over, as OTLP has it, and whose it is. */
export interface EndedSpan {
  readonly scope: string;
  readonly span: object;
}

/** Where the spans of helpers below a request are said to come from; upstream's name. */
const usualScope = 'k8s.io/component-base/tracing';
const kinds = { internal: 1, server: 2 } as const;
/** Set where it is known whether the parent is elsewhere, and where it is. */
const flags = { sampled: 0x1, isRemoteKnown: 0x100, isRemote: 0x200 };

interface Begun {
  readonly traceId: string;
  readonly parentId?: string;
  readonly name: string;
  readonly scope: string;
  readonly kind: keyof typeof kinds;
  readonly isParentRemote?: boolean;
  readonly state?: string;
  readonly link?: TraceContext | undefined;
}

/** Makes spans and hands over those that are over. */
export class Tracer {
  readonly #world: World;
  readonly #perMillion: number;
  readonly #ended: (span: EndedSpan) => void;

  constructor(world: World, perMillion: number, ended: (span: EndedSpan) => void) {
    this.#world = world;
    this.#perMillion = perMillion;
    this.#ended = ended;
  }

  /**
   * The span of a request; undefined when its trace is not kept. Who is trusted goes on with the caller's trace and its
   * choice; for anybody else a new one begins, with a link to the caller's.
   */
  request(
    name: string,
    scope: string,
    caller: TraceContext | undefined,
    isTrusted: boolean,
  ): Span | undefined {
    const begun = { name, scope, kind: 'server' } as const;
    if (caller && isTrusted) {
      const { traceId, spanId: parentId, state } = caller;
      return caller.isSampled
        ? this.#begin({ ...begun, traceId, parentId, state, isParentRemote: true }, {})
        : undefined;
    }
    const traceId = this.#hex(32);
    return samples(traceId, this.#perMillion)
      ? this.#begin({ ...begun, traceId, link: caller }, {})
      : undefined;
  }

  #begin(begun: Begun, first: Attributes): Span {
    const spanId = this.#hex(16);
    const startMs = this.#world.clock.now();
    const attributes: Record<string, Attributes[string]> = { ...first };
    const events: object[] = [];
    const { traceId } = begun;
    return {
      traceParent: traceParent(traceId, spanId),
      child: (name, of = {}, scope = usualScope) =>
        this.#begin({ name, scope, kind: 'internal', traceId, parentId: spanId }, of),
      event: (name, of = {}) =>
        void events.push({
          ...{ name, attributes: keyValues(of) },
          time_unix_nano: nanos(this.#world.clock.now()),
        }),
      set: (more) => void Object.assign(attributes, more),
      end: (isFailed = false) =>
        this.#ended({
          scope: begun.scope,
          span: {
            ...spanOf(begun, spanId),
            ...{ events, attributes: keyValues(attributes) },
            start_time_unix_nano: nanos(startMs),
            end_time_unix_nano: nanos(this.#world.clock.now()),
            ...(isFailed && { status: { code: 2 } }),
          },
        }),
    };
  }

  #hex(digits: number): string {
    let text = '';
    while (text.length < digits)
      text += Math.floor(this.#world.random() * 2 ** 32)
        .toString(16)
        .padStart(8, '0');
    return text;
  }
}

const spanOf = (
  { traceId, parentId, name, kind, state, link, isParentRemote }: Begun,
  spanId: string,
): object => ({
  trace_id: bytesOf(traceId),
  span_id: bytesOf(spanId),
  ...(parentId && { parent_span_id: bytesOf(parentId) }),
  ...(state && { trace_state: state }),
  ...{ name, kind: kinds[kind] },
  flags: flags.sampled | flags.isRemoteKnown | (isParentRemote ? flags.isRemote : 0),
  links: link
    ? [
        {
          ...{ trace_id: bytesOf(link.traceId), span_id: bytesOf(link.spanId) },
          ...{ trace_state: link.state, flags: flags.isRemoteKnown | flags.isRemote },
        },
      ]
    : [],
});

const bytesOf = (hex: string): Uint8Array => Uint8Array.fromHex(hex);

const nanos = (ms: number): string =>
  `${Math.floor(ms)}${String(Math.round((ms % 1) * 1e6)).padStart(6, '0')}`;

/** Attributes as OTLP has them. */
export const keyValues = (attributes: Attributes): readonly object[] =>
  Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value: valueOf(value) }],
  );

function valueOf(value: string | number | boolean): object {
  if (typeof value === 'string') return { string_value: value };
  return typeof value === 'number' ? { int_value: value } : { bool_value: value };
}

/** A span elsewhere, as `traceparent` and `tracestate` tell of it. */
export interface TraceContext {
  readonly traceId: string; // 32 hex digits
  readonly spanId: string; // 16
  readonly isSampled: boolean;
  readonly state: string;
}

const form = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** Of a request's headers; undefined where there is none, or one that W3C's rules do not allow. */
export function traceContextOf(
  headers: Readonly<Record<string, string | undefined>>,
): TraceContext | undefined {
  const found = form.exec(headers['traceparent']?.trim() ?? '');
  if (!found) return undefined;
  const [, version, traceId = '', spanId = '', flags = '0', more] = found;
  const isOfVersion = version === '00' ? more === undefined : version !== 'ff';
  if (!isOfVersion || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  const isSampled = (Number.parseInt(flags, 16) & 1) === 1;
  return { traceId, spanId, isSampled, state: headers['tracestate'] ?? '' };
}

export const traceParent = (traceId: string, spanId: string): string =>
  `00-${traceId}-${spanId}-01`;

/** Whether a trace without a parent is kept: by its id, so that all who see it decide alike. */
export function samples(traceId: string, perMillion: number): boolean {
  if (perMillion >= 1_000_000) return true;
  const bound = (BigInt(perMillion) << 63n) / 1_000_000n;
  return BigInt(`0x${traceId.slice(16)}`) >> 1n < bound;
}

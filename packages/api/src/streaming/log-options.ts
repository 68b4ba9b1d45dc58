import type { PodLogOptions } from '../generated/core-v1.ts';
import { badRequest, type FieldError } from '../status/index.ts';
import { parseInstant, TimeError } from '../time/index.ts';

/** Reads PodLogOptions from a query as upstream's conversion does. Throws 400 for what is no number or no time. */
export function logOptionsOf(query: URLSearchParams): PodLogOptions {
  const container = query.get('container');
  const sinceTime = query.get('sinceTime');
  if (sinceTime) checkTime(sinceTime);
  const stream = query.get('stream');
  return {
    ...(container && { container }),
    follow: flagOf(query, 'follow'),
    previous: flagOf(query, 'previous'),
    timestamps: flagOf(query, 'timestamps'),
    insecureSkipTLSVerifyBackend: flagOf(query, 'insecureSkipTLSVerifyBackend'),
    sinceSeconds: wholeOf(query, 'sinceSeconds'),
    ...(sinceTime && { sinceTime }),
    tailLines: wholeOf(query, 'tailLines'),
    limitBytes: wholeOf(query, 'limitBytes'),
    ...(stream !== null && { stream }),
  };
}

/** A boolean of a query: present without a value is true. */
export function flagOf(query: URLSearchParams, name: string): boolean {
  const value = query.get(name);
  return value !== null && value.toLowerCase() !== 'false' && value !== '0';
}

function wholeOf(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name);
  if (value === null) return undefined;
  if (!/^[+-]?\d+$/.test(value))
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`);
  return Number(value);
}

function checkTime(text: string): void {
  try {
    parseInstant(text);
  } catch (cause) {
    if (cause instanceof TimeError) throw badRequest(cause.message);
    throw cause;
  }
}

/** What is wrong with the options, in upstream's words. */
export function* logOptionErrors(options: PodLogOptions): Generator<FieldError, void> {
  const { tailLines, limitBytes, sinceSeconds, sinceTime, stream } = options;
  if (tailLines !== undefined && tailLines < 0)
    yield invalidValue('tailLines', tailLines, 'must be greater than or equal to 0');
  if (limitBytes !== undefined && limitBytes < 1)
    yield invalidValue('limitBytes', limitBytes, 'must be greater than 0');
  if (sinceSeconds !== undefined && sinceTime !== undefined)
    yield {
      type: 'FieldValueForbidden',
      field: '',
      detail: 'at most one of `sinceTime` or `sinceSeconds` may be specified',
    };
  else if (sinceSeconds !== undefined && sinceSeconds < 1)
    yield invalidValue('sinceSeconds', sinceSeconds, 'must be greater than 0');
  // PodLogsQuerySplitStreams is off by default.
  if (stream !== undefined)
    yield { type: 'FieldValueForbidden', field: 'stream', detail: 'may not be specified' };
}

const invalidValue = (field: string, value: number, detail: string): FieldError => ({
  type: 'FieldValueInvalid',
  ...{ field, value, detail },
});

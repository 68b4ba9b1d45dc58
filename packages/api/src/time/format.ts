import { parseInstant } from './parse.ts';
import type { Instant } from './parse.ts';

/** What was written last: most times that are written within a second are its own. */
let lastSecond = Number.NaN;
let lastText = '';
let lastMicros = Number.NaN;
let lastMicroText = '';

/** `2026-01-02T15:04:05Z`: how objects carry a Time. Fractions of a second are dropped. */
export function formatTime(ms: number): string {
  const second = Math.floor(ms / 1000);
  if (second === lastSecond) return lastText;
  // In one piece, as `join` makes it: an object with a text that is still two halves is written slowly as JSON.
  lastText = [new Date(ms).toISOString().slice(0, -5), 'Z'].join('');
  lastSecond = second;
  return lastText;
}

/** `2026-01-02T15:04:05.123456Z`: how objects carry a MicroTime. */
export function formatMicroTime(ms: number): string {
  const micros = Math.floor(ms * 1000);
  if (micros === lastMicros) return lastMicroText;
  const seconds = Math.floor(micros / 1_000_000);
  const nanos = (micros - seconds * 1_000_000) * 1000;
  lastMicroText = writeInstant({ seconds, nanos }, 'microTime');
  lastMicros = micros;
  return lastMicroText;
}

/** Milliseconds since the epoch of a Time or MicroTime as objects carry it. Throws TimeError. */
export function parseTime(text: string): number {
  const { seconds, nanos } = parseInstant(text);
  return seconds * 1000 + nanos / 1_000_000;
}

/** An instant in UTC, in the digits of the form. */
export function writeInstant({ seconds, nanos }: Instant, form: 'time' | 'microTime'): string {
  const head = new Date(seconds * 1000).toISOString().slice(0, -5);
  if (form === 'time') return [head, 'Z'].join('');
  return [head, '.', String(Math.floor(nanos / 1000)).padStart(6, '0'), 'Z'].join('');
}

const zero = '0001-01-01T00:00:00';
const plain =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{6})?Z$/;

/** The text upstream writes for a time it read; null for the zero time. Throws TimeError. */
export function canonicalTime(text: string, form: 'time' | 'microTime'): string | null {
  const match = plain.exec(text);
  const same = match !== null && (match[1] === undefined) === (form === 'time');
  const made = same ? text : writeInstant(parseInstant(text, form), form);
  return made.startsWith(zero) ? null : made;
}

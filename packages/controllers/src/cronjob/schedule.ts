import { localTime } from './zone.ts';

/** When a schedule is due: the first instant after `afterMs`; undefined when there is none within five years. */
export type Schedule = (afterMs: number) => number | undefined;

/** The values that one field allows; `all` when it was written as a star. */
interface Field {
  readonly values: ReadonlySet<number>;
  readonly all: boolean;
}

const months = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const days = 'sun mon tue wed thu fri sat'.split(' ');
const bounds = [
  { low: 0, high: 59, names: [] },
  { low: 0, high: 23, names: [] },
  { low: 1, high: 31, names: [] },
  { low: 1, high: 12, names: months },
  { low: 0, high: 6, names: days },
] as const;
const shorthands: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const yearsMax = 5;

/** Reads a schedule as the server accepts it. Throws an Error for any other text, or an unknown time zone. */
export function parseSchedule(text: string, timeZone: string | undefined): Schedule {
  const local = localTime(timeZone ?? 'UTC');
  if (text.startsWith('@every ')) return every(text.slice(7));
  const parts = (shorthands[text] ?? text).trim().split(/\s+/);
  if (parts.length !== bounds.length)
    throw new Error(`expected exactly 5 fields, found ${parts.length}: [${parts.join(' ')}]`);
  const [minute, hour, day, month, weekday] = parts.map(parseField) as [
    Field,
    Field,
    Field,
    Field,
    Field,
  ];
  // A day must fit both fields when one of them is a star, else either of them.
  const fitsDay = (at: ReturnType<typeof local>): boolean => {
    const [byMonth, byWeek] = [day.values.has(at.day), weekday.values.has(at.weekday)];
    return day.all || weekday.all ? byMonth && byWeek : byMonth || byWeek;
  };
  return (afterMs) => {
    const endMs = afterMs + (yearsMax * 366 + 1) * 24 * hourMs;
    let ms = (Math.floor(afterMs / minuteMs) + 1) * minuteMs;
    while (ms < endMs) {
      const at = local(ms);
      if (!month.values.has(at.month) || !fitsDay(at)) ms += toNextDay(at);
      else if (!hour.values.has(at.hour)) ms += hourMs - at.minute * minuteMs;
      else if (!minute.values.has(at.minute)) ms += minuteMs;
      else return ms;
    }
    return undefined;
  };
}

/** Up to shortly before the end of the local day, then hour by hour: clocks may be changed in the night. */
function toNextDay({ hour, minute }: { readonly hour: number; readonly minute: number }): number {
  const left = 24 * hourMs - hour * hourMs - minute * minuteMs;
  return left > 4 * hourMs ? left - 3 * hourMs : hourMs - minute * minuteMs;
}

function parseField(text: string, at: number): Field {
  const values = new Set<number>();
  let all = false;
  for (const part of text.split(',')) {
    const [range = '', step] = part.split('/');
    const every = Number(step ?? 1);
    const star = range === '*' || range === '?';
    const { low, high } = bounds[at]!;
    const [first, last] = star ? [low, high] : range.split('-').map((end) => valueOf(end, at));
    const end = last ?? (step === undefined ? first! : high);
    if (!(every >= 1)) throw new Error(`step of range should be a positive number: ${part}`);
    for (let value = first!; value <= end; value += every) values.add(value);
    all ||= star && every === 1;
  }
  return { values, all };
}

function valueOf(text: string, at: number): number {
  const { low, names } = bounds[at]!;
  const named = (names as readonly string[]).indexOf(text.toLowerCase());
  const value = named < 0 ? Number(text) : named + low;
  if (!Number.isInteger(value) || text === '')
    throw new Error(
      `failed to parse int from ${text}: strconv.Atoi: parsing "${text}": invalid syntax`,
    );
  return value;
}

const unitsMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  ms: 1,
  s: 1000,
  m: minuteMs,
  h: hourMs,
};

/** At whole seconds, at least one apart. */
function every(text: string): Schedule {
  const parts = [...text.matchAll(/([\d.]+)(ns|us|ms|s|m|h)/g)];
  if (parts.length === 0)
    throw new Error(`failed to parse duration @every ${text}: time: invalid duration "${text}"`);
  const sum = parts.reduce((total, [, count, unit]) => total + Number(count) * unitsMs[unit!]!, 0);
  const stepMs = Math.max(1000, Math.floor(sum / 1000) * 1000);
  return (afterMs) => Math.floor(afterMs / 1000) * 1000 + stepMs;
}

/** One field of a schedule: its bounds, and the names that stand for numbers in it. */
interface Bounds {
  readonly low: number;
  readonly high: number;
  readonly names: readonly string[];
}

const months = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const days = 'sun mon tue wed thu fri sat'.split(' ');
const fields: readonly Bounds[] = [
  { low: 0, high: 59, names: [] },
  { low: 0, high: 23, names: [] },
  { low: 1, high: 31, names: [] },
  { low: 1, high: 12, names: months },
  { low: 0, high: 6, names: days },
];
const shorthands = [
  '@yearly',
  '@annually',
  '@monthly',
  '@weekly',
  '@daily',
  '@midnight',
  '@hourly',
];

/** What is wrong with a cron schedule, in the words of the parser that upstream uses; undefined when it is good. */
export function scheduleWrong(schedule: string): string | undefined {
  const [, zone = '', inZone] = /^(?:TZ|CRON_TZ)=(\S*)\s+(.*)$/.exec(schedule) ?? [];
  if (inZone !== undefined)
    return zone === '' || isTimeZone(zone)
      ? scheduleWrong(inZone)
      : `provided bad location ${zone}: unknown time zone ${zone}`;
  if (schedule.startsWith('@')) return descriptorWrong(schedule);
  const parts = schedule.trim().split(/\s+/);
  if (parts.length !== fields.length)
    return `expected exactly ${fields.length} fields, found ${parts.length}: [${parts.join(' ')}]`;
  for (const [index, part] of parts.entries())
    for (const one of part.split(',')) {
      const wrong = rangeWrong(one, fields[index]!);
      if (wrong) return wrong;
    }
  return undefined;
}

function descriptorWrong(text: string): string | undefined {
  if (shorthands.includes(text)) return undefined;
  if (!text.startsWith('@every ')) return `unrecognized descriptor: ${text}`;
  return /^([\d.]+(ns|us|ms|s|m|h))+$/.test(text.slice(7))
    ? undefined
    : `failed to parse duration ${text}: time: invalid duration "${text.slice(7)}"`;
}

function rangeWrong(text: string, bounds: Bounds): string | undefined {
  const [range = '', step, ...more] = text.split('/');
  if (more.length) return `too many slashes: ${text}`;
  const ends =
    range === '*' || range === '?' ? [String(bounds.low), String(bounds.high)] : range.split('-');
  if (ends.length > 2) return `too many hyphens: ${text}`;
  const numbers = ends.map((end) => numberOf(end, bounds));
  const bad = numbers.findIndex((number) => number === undefined);
  if (bad >= 0)
    return `failed to parse int from ${ends[bad]}: strconv.Atoi: parsing "${ends[bad]}": invalid syntax`;
  if (step !== undefined && !/^\d+$/.test(step))
    return `failed to parse int from ${step}: strconv.Atoi: parsing "${step}": invalid syntax`;
  const [start = 0, end = step === undefined ? start : bounds.high] = numbers;
  if (start < bounds.low)
    return `beginning of range (${start}) below minimum (${bounds.low}): ${text}`;
  if (end > bounds.high) return `end of range (${end}) above maximum (${bounds.high}): ${text}`;
  if (start > end) return `beginning of range (${start}) beyond end of range (${end}): ${text}`;
  if (step !== undefined && Number(step) === 0)
    return `step of range should be a positive number: ${text}`;
  return undefined;
}

function numberOf(text: string, { low, names }: Bounds): number | undefined {
  const named = names.indexOf(text.toLowerCase());
  if (named >= 0) return named + low;
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

/** What is wrong with the name of a time zone; undefined when the system knows it. */
export function timeZoneWrong(name: string): string | undefined {
  if (name === '') return 'timeZone must be nil or non-empty string';
  if (name.toLowerCase() === 'local')
    return 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones';
  return isTimeZone(name) ? undefined : `unknown time zone ${name}`;
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

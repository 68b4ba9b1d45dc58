/** Why a text is no time, in the words of Go's `time.Parse`. */
export class TimeError extends Error {}

/** Go's names of the two layouts objects use. */
export const layouts = {
  time: '2006-01-02T15:04:05Z07:00',
  microTime: '2006-01-02T15:04:05.000000Z07:00',
} as const;

export type TimeForm = keyof typeof layouts;

/** An instant with all the digits that were given. */
export interface Instant {
  readonly seconds: number; // since the epoch
  readonly nanos: number; // 0 to 999,999,999
}

const stages: readonly (readonly [element: string, pattern: RegExp])[] = [
  ['2006', /^\d{4}/],
  ['-', /^-/],
  ['01', /^\d\d/],
  ['-', /^-/],
  ['02', /^\d\d/],
  ['T', /^T/],
  ['15', /^\d{1,2}/],
  [':', /^:/],
  ['04', /^\d\d/],
  [':', /^:/],
  ['05', /^\d\d/],
];
const zoneForm = /^(?:Z|([+-])(\d\d):(\d\d))/;
const limits = {
  '01': ['month', 1, 12],
  '15': ['hour', 0, 23],
  '04': ['minute', 0, 59],
  '05': ['second', 0, 59],
} as const;

/** Whole seconds in UTC, of a day that its month has in every year: nearly all times of objects. */
const usual =
  /^\d{4}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/;

/** Reads RFC 3339 as Go reads it by the layout of `form`. Throws TimeError. */
export function parseInstant(text: string, form: TimeForm = 'time'): Instant {
  if (form === 'time' && usual.test(text)) return { seconds: Date.parse(text) / 1000, nanos: 0 };
  const numbers: number[] = [];
  let rest = text;
  let outOfRange = '';
  const cannot = (element: string): TimeError =>
    new TimeError(
      `parsing time ${JSON.stringify(text)} as ${JSON.stringify(layouts[form])}: cannot parse ${JSON.stringify(rest)} as ${JSON.stringify(element)}`,
    );
  for (const [element, pattern] of stages) {
    const [found] = pattern.exec(rest) ?? [];
    if (found === undefined) throw cannot(element);
    rest = rest.slice(found.length);
    if (found.charCodeAt(0) > 57 || found.charCodeAt(0) < 48) continue;
    const number = Number(found);
    numbers.push(number);
    const limit = limits[element as keyof typeof limits];
    if (limit && (number < limit[1] || number > limit[2])) outOfRange ||= limit[0];
    if (outOfRange) break;
  }
  if (outOfRange) throw rangeError(text, outOfRange);
  const [fraction] = (form === 'time' ? /^(?:[.,]\d+)?/ : /^[.,]\d{6}/).exec(rest) ?? [];
  if (fraction === undefined) throw cannot('.000000');
  rest = rest.slice(fraction.length);
  const zone = zoneForm.exec(rest);
  if (!zone) throw cannot('Z07:00');
  const extra = rest.slice(zone[0].length);
  if (extra)
    throw new TimeError(
      `parsing time ${JSON.stringify(text)}: extra text: ${JSON.stringify(extra)}`,
    );
  const [year, month, day, hour, minute, second] = numbers as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (day < 1 || day > daysOf(year, month)) throw rangeError(text, 'day');
  const [, sign, hours, minutes] = zone;
  const offset = sign ? (Number(hours) * 3600 + Number(minutes) * 60) * (sign === '-' ? -1 : 1) : 0;
  return {
    seconds: epochDays(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset,
    nanos: fraction ? Number(fraction.slice(1, 10).padEnd(9, '0')) : 0,
  };
}

const rangeError = (text: string, what: string): TimeError =>
  new TimeError(`parsing time ${JSON.stringify(text)}: ${what} out of range`);

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

const daysOf = (year: number, month: number): number =>
  month === 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;

function epochDays(year: number, month: number, day: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getTime() / 86_400_000;
}

/** What a clock on the wall shows. */
export interface LocalTime {
  readonly month: number; // 1 is January
  readonly day: number;
  readonly weekday: number; // 0 is Sunday
  readonly hour: number;
  readonly minute: number;
}

/** Reads instants as clocks in `timeZone` show them. Throws for a zone that is not known. */
export function localTime(timeZone: string): (ms: number) => LocalTime {
  if (timeZone === 'UTC' || timeZone === 'Etc/UTC') return fieldsOf;
  const format = formatOf(timeZone);
  return (ms) => {
    const part: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(ms)) part[type] = Number(value);
    const { year, month, day, hour, minute } = part;
    return fieldsOf(Date.UTC(year!, month! - 1, day!, hour!, minute!));
  };
}

function fieldsOf(ms: number): LocalTime {
  const date = new Date(ms);
  return {
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    weekday: date.getUTCDay(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
  };
}

const formatOf = (timeZone: string): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });

const two = (value: number): string => String(value).padStart(2, '0');

/** The instant in RFC 3339 with the zone's offset. */
export function formatInZone(ms: number, timeZone: string): string {
  const part: Record<string, number> = {};
  for (const { type, value } of formatOf(timeZone).formatToParts(ms)) part[type] = Number(value);
  const { year, month, day, hour, minute } = part;
  const seconds = new Date(ms).getUTCSeconds();
  const wallMs = Date.UTC(year!, month! - 1, day!, hour!, minute!, seconds);
  const offset = Math.round((wallMs - Math.floor(ms / 1000) * 1000) / 60_000);
  const wall = new Date(wallMs).toISOString().slice(0, 19);
  if (offset === 0) return `${wall}Z`;
  const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
  return `${wall}${offset < 0 ? '-' : '+'}${two(hours)}:${two(minutes)}`;
}

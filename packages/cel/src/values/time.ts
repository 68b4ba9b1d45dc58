import { CelError, Duration, Timestamp } from './value.ts';

const units: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1000n,
  µs: 1000n,
  μs: 1000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};
const second = units['s']!;
const fits = (nanos: bigint): boolean => BigInt.asIntN(64, nanos) === nanos;

/** Reads Go's text for a span, `1h30m5.5s`. */
export function parseDuration(text: string): Duration {
  const invalid = (): never => {
    throw new CelError(`time: invalid duration ${JSON.stringify(text)}`);
  };
  const [, sign, rest] = /^([+-]?)(.*)$/s.exec(text)!;
  if (rest === '0') return new Duration(0n);
  if (!rest) return invalid();
  let nanos = 0n;
  let read = 0;
  for (const [part, whole, fraction, unit] of rest.matchAll(/(\d*)(?:\.(\d*))?([a-zµμ]+)/gy)) {
    read += part.length;
    if (!whole && !fraction) return invalid();
    const scale = Object.hasOwn(units, unit!) ? units[unit!] : undefined;
    if (scale === undefined)
      throw new CelError(
        `time: unknown unit ${JSON.stringify(unit)} in duration ${JSON.stringify(text)}`,
      );
    const digits = fraction ?? '';
    nanos +=
      BigInt(whole || '0') * scale + (BigInt(digits || '0') * scale) / 10n ** BigInt(digits.length);
  }
  if (read !== rest.length || !fits(nanos)) {
    if (/\d$/.test(rest) && read <= rest.length)
      throw new CelError(`time: missing unit in duration ${JSON.stringify(text)}`);
    return invalid();
  }
  return new Duration(sign === '-' ? -nanos : nanos);
}

/** In seconds with as much fraction as it has, as `string(duration)` writes it. */
export function writeDuration({ nanos }: Duration): string {
  const size = nanos < 0n ? -nanos : nanos;
  const fraction = (size % second).toString().padStart(9, '0').replace(/0+$/, '');
  return `${nanos < 0n ? '-' : ''}${size / second}${fraction && `.${fraction}`}s`;
}

const rfc3339 =
  /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

const earliest = -62_135_596_800n * second;
const latest = 253_402_300_799n * second + (second - 1n);

/** An instant within the years 1 to 9999. */
export function instant(nanos: bigint): Timestamp {
  if (nanos < earliest || nanos > latest) throw new CelError('timestamp overflow');
  return new Timestamp(nanos);
}

/** Reads RFC 3339; also the bare date of OpenAPI's format `date`. */
export function parseTimestamp(text: string): Timestamp {
  const match = rfc3339.exec(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text);
  const invalid = (): never => {
    throw new CelError(
      `parsing time ${JSON.stringify(text)} as "2006-01-02T15:04:05Z07:00": cannot parse ${JSON.stringify(text)} as "2006"`,
    );
  };
  if (!match) return invalid();
  const [, year, month, day, hour, minute, sec, fraction, sign, zoneHour, zoneMinute] = match;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  date.setUTCHours(Number(hour), Number(minute), Number(sec));
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day))
    return invalid();
  if (Number(hour) > 23 || Number(minute) > 59 || Number(sec) > 59) return invalid();
  const shift = (Number(zoneHour ?? 0) * 60 + Number(zoneMinute ?? 0)) * (sign === '-' ? -1 : 1);
  const seconds = BigInt(date.getTime() / 1000 - shift * 60);
  return instant(seconds * second + BigInt((fraction ?? '').slice(0, 9).padEnd(9, '0')));
}

/** In UTC, with as much fraction as it has. */
export function writeTimestamp({ nanos }: Timestamp): string {
  const part = ((nanos % second) + second) % second;
  const seconds = (nanos - part) / second;
  const text = new Date(Number(seconds) * 1000).toISOString().replace(/\.\d+Z$/, '');
  const fraction = part.toString().padStart(9, '0').replace(/0+$/, '');
  return `${text.replace(/^\+\d\d/, '')}${fraction && `.${fraction}`}Z`;
}

/** Year, month and the like of an instant, in a zone (`UTC`, `+02:00`, `Europe/Berlin`). */
export function calendar({ nanos }: Timestamp, zone = 'UTC'): Date {
  const ms = Number(nanos / 1_000_000n) - (nanos % 1_000_000n < 0n ? 1 : 0);
  const fixed = /^([+-])?(\d\d?):(\d\d)$/.exec(zone);
  if (fixed) {
    const [, sign, hours, minutes] = fixed;
    const shift = (Number(hours) * 60 + Number(minutes)) * 60_000;
    return new Date(ms + (sign === '-' ? -shift : shift));
  }
  if (zone === 'UTC' || zone === '') return new Date(ms);
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    const found = new Map(
      format.formatToParts(new Date(ms)).map(({ type, value }) => [type, Number(value)]),
    );
    const of = (type: Intl.DateTimeFormatPartTypes): number => found.get(type)!;
    const local = Date.UTC(
      of('year'),
      of('month') - 1,
      of('day'),
      of('hour'),
      of('minute'),
      of('second'),
    );
    return new Date(local + (((ms % 1000) + 1000) % 1000));
  } catch (cause) {
    throw new CelError(`unknown time zone ${zone}`, { cause });
  }
}

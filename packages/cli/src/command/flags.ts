import type { Session } from '../session/session.ts';

/** One flag of a command, with what it is worth when nobody gives it. Names, defaults and errors are kubectl's. */
export interface Flag<T = unknown> {
  /** The word that help prints for the value. */
  readonly type: string;
  readonly value: T;
  readonly help: string;
  readonly short?: string;
  /** What the flag is worth without a value; flags that have one take values by `=` only. */
  readonly bare?: string;
  readonly isHidden?: true;
  /** What to use instead, told to whoever gives it. */
  readonly deprecated?: string;
  /** Tells of an older spelling of the value, before the command runs. */
  readonly warn?: (value: T, session: Session) => void;
  /** A line without it is refused. */
  readonly isRequired?: true;
  /** The value of one more occurrence; `before` is what earlier ones gave. Throws Go's words for bad values. */
  readonly read: (text: string, before: T | undefined) => T;
}

export type Flags = Readonly<Record<string, Flag<any>>>;

/** The values of flags, defaults included, and which of them somebody gave. */
export interface Given<F extends Flags = Flags> {
  readonly flags: { readonly [K in keyof F]: F[K] extends Flag<infer T> ? T : never };
  readonly changed: ReadonlySet<string>;
}

type More<T = any> = Pick<
  Flag<T>,
  'short' | 'bare' | 'isHidden' | 'isRequired' | 'deprecated' | 'warn'
>;

export const text = (value: string, help: string, more: More = {}): Flag<string> => ({
  ...{ type: 'string', value, help, ...more },
  read: (given) => given,
});

export const bool = (value: boolean, help: string, more: More = {}): Flag<boolean> => ({
  ...{ type: 'bool', value, help, bare: 'true', ...more },
  read: boolOf,
});

export const int = (
  value: number,
  help: string,
  more: More & { type?: string } = {},
): Flag<number> => ({
  ...{ type: 'int', value, help, ...more },
  read: more.type === 'int32' || more.type === 'Level' ? int32Of : intOf,
});

export const duration = (value: string, help: string, more: More = {}): Flag<number> => ({
  ...{ type: 'duration', value: durationMs(value), help, ...more },
  read: durationMs,
});

/** Each occurrence is one item. */
export const texts = (help: string, more: More = {}): Flag<readonly string[]> => ({
  ...{ type: 'stringArray', value: [], help, ...more },
  read: (given, before) => [...(before ?? []), given],
});

/** Occurrences and comma separated items. */
export const list = (
  help: string,
  more: More & { value?: readonly string[] } = {},
): Flag<readonly string[]> => ({
  ...{ type: 'strings', value: [], help, ...more },
  read: (given, before) => [...(before ?? []), ...commaSeparated(given)],
});

/** A line of CSV, quotes included. */
export function commaSeparated(line: string): readonly string[] {
  if (line === '') return [];
  if (!line.includes('"')) return line.split(',');
  const items: string[] = [];
  for (const [, quoted, plain] of line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g))
    items.push(quoted === undefined ? plain! : quoted.replaceAll('""', '"'));
  return items;
}

const bools: Readonly<Record<string, boolean>> = {
  ...{ 1: true, t: true, T: true, TRUE: true, true: true, True: true },
  ...{ 0: false, f: false, F: false, FALSE: false, false: false, False: false },
};

export function boolOf(given: string): boolean {
  const found = bools[given];
  if (found === undefined)
    throw new Error(`strconv.ParseBool: parsing ${quoted(given)}: invalid syntax`);
  return found;
}

export function intOf(given: string): number {
  if (!/^[+-]?(\d+|0[xX][\da-fA-F]+)$/.test(given))
    throw new Error(`strconv.ParseInt: parsing ${quoted(given)}: invalid syntax`);
  const number = given.startsWith('-') ? -Number(given.slice(1)) : Number(given);
  if (!Number.isSafeInteger(number)) throw outOfRange(given);
  return number;
}

function int32Of(given: string): number {
  const number = intOf(given);
  if (number !== (number | 0)) throw outOfRange(given);
  return number;
}

const outOfRange = (given: string): Error =>
  new Error(`strconv.ParseInt: parsing ${quoted(given)}: value out of range`);

const unitMs: Readonly<Record<string, number>> = {
  ...{ h: 3_600_000, m: 60_000, s: 1000, ms: 1 },
  ...{ us: 1e-3, µs: 1e-3, ns: 1e-6 },
};

/** Milliseconds of a Go duration. */
export function durationMs(given: string): number {
  const bare = given.replace(/^[+-]/, '');
  if (bare === '0') return 0;
  const parts = [...bare.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h)?/g)];
  if (bare === '' || parts.map(([part]) => part).join('') !== bare)
    throw new Error(`time: invalid duration ${quoted(given)}`);
  const ms = parts.reduce((sum, [, amount, unit]) => {
    if (!unit) throw new Error(`time: missing unit in duration ${quoted(given)}`);
    return sum + Number(amount) * unitMs[unit]!;
  }, 0);
  return given.startsWith('-') ? -ms : ms;
}

/** A duration as Go prints it: `1h0m0s`, `1.5s`. */
export function goDuration(ms: number): string {
  const seconds = ms / 1000;
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const rest = `${Number((seconds % 60).toFixed(3))}s`;
  return `${hours > 0 ? `${hours}h` : ''}${hours > 0 || minutes > 0 ? `${minutes}m` : ''}${rest}`;
}

/** A text as Go's %q prints it. */
export const quoted = (given: string): string => JSON.stringify(given);

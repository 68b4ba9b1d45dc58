import { nearest } from './nearest.ts';

/** Wrong usage: exit code 2, with the sentence on standard error. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** One flag of a verb. `parse` throws UsageError-worthy words: what is wrong with the value. */
export interface Flag<T> {
  readonly help: string;
  readonly value?: string; // how help names the value; absent: a switch
  readonly fallback?: string; // how help names the default
  readonly join?: string; // may be given several times: what stands between the values
  readonly parse: (text: string) => T;
}

export type Flags = Readonly<Record<string, Flag<unknown>>>;
export type Given<F extends Flags> = {
  readonly [K in keyof F]?: F[K] extends Flag<infer T> ? T : never;
};

export const text = (value: string, help: string, fallback?: string): Flag<string> => ({
  help,
  value,
  ...(fallback !== undefined && { fallback }),
  parse(given) {
    if (given === '') throw new Error('must not be empty');
    return given;
  },
});

export const toggle = (help: string): Flag<boolean> => ({
  help,
  parse(given) {
    if (given === '' || given === 'true') return true;
    if (given === 'false') return false;
    throw new Error('must be true or false');
  },
});

export const count = (
  value: string,
  help: string,
  limits: { readonly min: number; readonly max: number },
  fallback?: string,
): Flag<number> => ({
  help,
  value,
  ...(fallback !== undefined && { fallback }),
  parse(given) {
    const number = Number(given);
    if (!/^\d+$/.test(given) || number < limits.min || number > limits.max)
      throw new Error(`must be a whole number from ${limits.min} to ${limits.max}`);
    return number;
  },
});

export const choice = <const C extends string>(
  choices: readonly C[],
  help: string,
  fallback?: C,
): Flag<C> => ({
  help,
  value: choices.join('|'),
  ...(fallback !== undefined && { fallback }),
  parse(given) {
    const found = choices.find((one) => one === given);
    if (found) return found;
    const near = nearest(given, choices);
    throw new Error(
      `must be one of ${choices.join(', ')}${near ? ` (did you mean ${near}?)` : ''}`,
    );
  },
});

export interface ParsedLine<F extends Flags> {
  readonly given: Given<F>;
  readonly args: readonly string[];
}

/** Reads flags in any order among the arguments; `--name value`, `--name=value`, `--switch`, `--` ends them. */
export function parseFlags<F extends Flags>(argv: readonly string[], flags: F): ParsedLine<F> {
  const given: Record<string, unknown> = {};
  const args: string[] = [];
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at]!;
    if (word === '--') {
      args.push(...argv.slice(at + 1));
      break;
    }
    if (!word.startsWith('-') || word === '-') {
      args.push(word);
      continue;
    }
    const [name, inline] = splitFlag(word);
    const flag = flags[name];
    if (!flag) throw new UsageError(unknownFlag(word, name, Object.keys(flags)));
    const needsValue = flag.value !== undefined && inline === undefined;
    if (needsValue && at + 1 >= argv.length)
      throw new UsageError(`flag needs a value: ${dashed(name)}`);
    const value = needsValue ? argv[++at]! : (inline ?? '');
    try {
      const before = flag.join === undefined ? undefined : given[name];
      const parsed = flag.parse(value);
      given[name] =
        before === undefined ? parsed : `${before as string}${flag.join}${parsed as string}`;
    } catch (error) {
      throw new UsageError(
        `invalid value "${value}" for ${dashed(name)}: ${(error as Error).message}`,
        {
          cause: error,
        },
      );
    }
  }
  return { given: given as Given<F>, args };
}

/** As people write it: `-o`, `--name`. */
export const dashed = (name: string): string => (name.length === 1 ? `-${name}` : `--${name}`);

/** The name in `--name` or `-n`, and what stands behind its equals sign. */
export function splitFlag(word: string): [name: string, inline: string | undefined] {
  const bare = word.replace(/^--?/, '');
  const equals = bare.indexOf('=');
  return equals < 0 ? [bare, undefined] : [bare.slice(0, equals), bare.slice(equals + 1)];
}

function unknownFlag(word: string, name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  return `unknown flag: ${word.split('=')[0]}${near ? ` (did you mean --${near}?)` : ''}`;
}

import { type Flag, type Flags, type Given, quoted } from './flags.ts';

/** Wrong flags, in pflag's words. */
export class FlagError extends Error {
  override readonly name = 'FlagError';
}

export interface ParsedLine<F extends Flags = Flags> extends Given<F> {
  readonly args: readonly string[];
  /** How many arguments stand before `--`; -1 without it. */
  readonly dash: number;
}

class Reader {
  readonly values: Record<string, unknown> = {};
  readonly changed = new Set<string>();
  readonly #flags: Flags;
  readonly #shorts: ReadonlyMap<string, string>;

  constructor(flags: Flags) {
    this.#flags = flags;
    this.#shorts = new Map(
      Object.entries(flags).flatMap(([name, { short }]) => (short ? [[short, name]] : [])),
    );
    for (const [name, flag] of Object.entries(flags)) this.values[name] = flag.value;
  }

  /** Reads `--name`, `--name=value` or `--name value`; gives how many further words it took. */
  long(word: string, next: string | undefined): number {
    const body = word.slice(2);
    if (body === '' || body.startsWith('-') || body.startsWith('='))
      throw new FlagError(`bad flag syntax: ${word}`);
    const equals = body.indexOf('=');
    const name = equals < 0 ? body : body.slice(0, equals);
    const flag = this.#flags[name];
    if (!flag) throw new FlagError(`unknown flag: --${name}`);
    if (equals >= 0) return this.#set(name, flag, body.slice(equals + 1));
    if (flag.bare !== undefined) return this.#set(name, flag, flag.bare);
    if (next === undefined) throw new FlagError(`flag needs an argument: --${name}`);
    this.#set(name, flag, next);
    return 1;
  }

  /** Reads `-a`, `-ab`, `-n value`, `-nvalue`, `-n=value`. */
  short(word: string, next: string | undefined): number {
    for (let rest = word.slice(1); rest !== ''; rest = rest.slice(1)) {
      const letter = rest[0]!;
      const name = this.#shorts.get(letter);
      const flag = name === undefined ? undefined : this.#flags[name];
      if (!flag) throw new FlagError(`unknown shorthand flag: '${letter}' in -${rest}`);
      if (rest.length > 2 && rest[1] === '=') return this.#set(name!, flag, rest.slice(2));
      if (flag.bare !== undefined) {
        this.#set(name!, flag, flag.bare);
        continue;
      }
      if (rest.length > 1) return this.#set(name!, flag, rest.slice(1));
      if (next === undefined)
        throw new FlagError(`flag needs an argument: '${letter}' in -${rest}`);
      this.#set(name!, flag, next);
      return 1;
    }
    return 0;
  }

  #set(name: string, flag: Flag, given: string): 0 {
    const before = this.changed.has(name) ? this.values[name] : undefined;
    try {
      this.values[name] = flag.read(given, before);
    } catch (cause) {
      const shown = flag.short ? `-${flag.short}, --${name}` : `--${name}`;
      throw new FlagError(
        `invalid argument ${quoted(given)} for ${quoted(shown)} flag: ${(cause as Error).message}`,
        { cause },
      );
    }
    this.changed.add(name);
    return 0;
  }
}

/** Reads flags among the arguments as pflag does; `--` ends them. */
export function parseLine<F extends Flags>(words: readonly string[], flags: F): ParsedLine<F> {
  const reader = new Reader(flags);
  const args: string[] = [];
  let dash = -1;
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    if (word === '--') {
      dash = args.length;
      args.push(...words.slice(at + 1));
      break;
    }
    if (!word.startsWith('-') || word === '-') args.push(word);
    else if (word.startsWith('--')) at += reader.long(word, words[at + 1]);
    else at += reader.short(word, words[at + 1]);
  }
  return { flags: reader.values as Given<F>['flags'], changed: reader.changed, args, dash };
}

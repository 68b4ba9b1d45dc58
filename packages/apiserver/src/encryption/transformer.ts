/** At once, or when somebody outside has answered. */
export type Soon<T> = T | Promise<T>;

/** One way to keep a value: what it writes begins with `prefix`, by which it knows its own. */
export interface Transformer {
  readonly prefix: string; // 'k8s:enc:aesgcm:v1:key1:'; empty for plain values
  readonly seal: (value: Uint8Array, key: string) => Uint8Array;
  readonly open: (stored: Uint8Array, key: string) => Soon<Uint8Array>;
  /** Whether it would write `stored`, one of its own, otherwise now. */
  readonly isOutdated?: (stored: Uint8Array) => boolean;
}

/** A value, and whether it would be written otherwise now. */
export interface Opened {
  readonly value: Uint8Array;
  readonly isStale: boolean;
}

const mark = Buffer.from('k8s:enc:');

/** Whether any way of encryption wrote these bytes. */
export const isSealed = (stored: Uint8Array): boolean =>
  stored.length >= mark.length && mark.equals(stored.subarray(0, mark.length));

/** How upstream calls the ways that have several keys, in the message for a key that is not among them. */
const families = { aescbc: 'AES', aesgcm: 'AES', secretbox: 'Secretbox' } as const;

interface Way {
  readonly way: Transformer;
  readonly prefix: Buffer;
  /** What the values of all its keys begin with, and what is said when none of them fits. */
  readonly family: Buffer | undefined;
  readonly noKey: string;
}

function wayOf(way: Transformer): Way {
  const found = /^(k8s:enc:(aescbc|aesgcm|secretbox):v1:)/.exec(way.prefix);
  const name = found && families[found[2] as keyof typeof families];
  return {
    way,
    prefix: Buffer.from(way.prefix),
    family: found ? Buffer.from(found[1]!) : undefined,
    noKey: `no matching key was found for the provided ${name} transformer`,
  };
}

const begins = (stored: Uint8Array, prefix: Buffer): boolean =>
  prefix.equals(stored.subarray(0, prefix.length));

/** The ways of one group of resources: the first writes, all read. */
export class Chain {
  readonly #ways: readonly Way[];

  constructor(ways: readonly Transformer[]) {
    this.#ways = ways.map(wayOf);
  }

  seal(value: Uint8Array, key: string): Uint8Array {
    const { way, prefix } = this.#ways[0]!;
    return prefix.length === 0 ? value : Buffer.concat([prefix, way.seal(value, key)]);
  }

  /** Throws, or rejects, with upstream's words for what nobody can read. */
  open(stored: Uint8Array, key: string): Soon<Opened> {
    return this.#openFrom(0, stored, key, []);
  }

  #openFrom(
    first: number,
    stored: Uint8Array,
    key: string,
    errors: readonly string[],
  ): Soon<Opened> {
    for (let at = first; at < this.#ways.length; at++) {
      const { way, prefix } = this.#ways[at]!;
      if (prefix.length === 0) {
        if (!isSealed(stored)) return { value: stored, isStale: at > 0 };
        continue;
      }
      if (!begins(stored, prefix)) continue;
      const sealed = stored.subarray(prefix.length);
      const opened = (value: Uint8Array): Opened => ({
        value,
        isStale: at > 0 || way.isOutdated?.(sealed) === true,
      });
      const failed = (error: unknown): Soon<Opened> =>
        this.#openFrom(at + 1, stored, key, [...errors, (error as Error).message]);
      try {
        const value = way.open(sealed, key);
        return value instanceof Promise ? value.then(opened, failed) : opened(value);
      } catch (error) {
        return failed(error);
      }
    }
    throw new Error(this.#refusal(stored, errors));
  }

  #refusal(stored: Uint8Array, failures: readonly string[]): string {
    const fitting = this.#ways.filter(({ family }) => family && begins(stored, family));
    const errors = new Set([
      ...failures,
      ...(failures.length === 0 ? fitting.map(({ noKey }) => noKey) : []),
    ]);
    if (errors.size === 0) return 'no matching prefix found';
    return errors.size === 1 ? [...errors][0]! : `[${[...errors].join(', ')}]`;
  }
}

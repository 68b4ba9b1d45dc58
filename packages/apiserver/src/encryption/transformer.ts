/** One way to keep a value: what it writes begins with `prefix`, by which it knows its own. */
export interface Transformer {
  readonly prefix: string; // 'k8s:enc:aesgcm:v1:key1:'; empty for plain values
  readonly seal: (value: Uint8Array, key: string) => Uint8Array;
  readonly open: (stored: Uint8Array, key: string) => Uint8Array;
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

/** The ways of one group of resources: the first writes, all read. */
export class Chain {
  readonly #ways: readonly { readonly way: Transformer; readonly prefix: Buffer }[];

  constructor(ways: readonly Transformer[]) {
    this.#ways = ways.map((way) => ({ way, prefix: Buffer.from(way.prefix) }));
  }

  seal(value: Uint8Array, key: string): Uint8Array {
    const { way, prefix } = this.#ways[0]!;
    return prefix.length === 0 ? value : Buffer.concat([prefix, way.seal(value, key)]);
  }

  /** Throws with upstream's words for what nobody can read. */
  open(stored: Uint8Array, key: string): Opened {
    const errors: string[] = [];
    for (const [at, { way, prefix }] of this.#ways.entries()) {
      if (prefix.length === 0) {
        if (!isSealed(stored)) return { value: stored, isStale: at > 0 };
        continue;
      }
      if (!prefix.equals(stored.subarray(0, prefix.length))) continue;
      try {
        return { value: way.open(stored.subarray(prefix.length), key), isStale: at > 0 };
      } catch (error) {
        errors.push((error as Error).message);
      }
    }
    const why = errors.length ? errors.join(', ') : 'no matching prefix found';
    throw new Error(`unable to transform key ${JSON.stringify(key)}: ${why}`);
  }
}

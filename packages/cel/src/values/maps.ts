import type { MapValue, Value } from './value.ts';
import { CelError, typeName, Uint } from './value.ts';

/** What stands for a key: numbers that are equal are one key; undefined for what is no key. */
function slot(key: Value): string | undefined {
  if (typeof key === 'string') return `s${key}`;
  if (typeof key === 'boolean') return `b${key}`;
  if (typeof key === 'bigint') return `n${key}`;
  if (key instanceof Uint) return `n${key.value}`;
  if (typeof key === 'number') return Number.isInteger(key) ? `n${BigInt(key)}` : `n${key}`;
  return undefined;
}

/** A map that an expression has made. */
export class PairMap implements MapValue {
  readonly kind = 'map';
  readonly #pairs = new Map<string, readonly [key: Value, value: Value]>();

  constructor(pairs: Iterable<readonly [key: Value, value: Value]> = []) {
    for (const [key, value] of pairs) this.#insert(key, value);
  }

  #insert(key: Value, value: Value): void {
    const at = slot(key);
    if (at === undefined) throw new CelError(`unsupported key type: ${typeName(key)}`);
    if (this.#pairs.has(at)) throw new CelError('Failed with repeated key');
    this.#pairs.set(at, [key, value]);
  }

  get size(): number {
    return this.#pairs.size;
  }

  get(key: Value): Value | undefined {
    const at = slot(key);
    return at === undefined ? undefined : this.#pairs.get(at)?.[1];
  }

  keys(): readonly Value[] {
    return [...this.#pairs.values()].map(([key]) => key);
  }

  /** Another map with more pairs; a key that is there is an error. */
  with(pairs: Iterable<readonly [Value, Value]>): PairMap {
    const next = new PairMap(this.#pairs.values());
    for (const [key, value] of pairs) {
      if (next.get(key) !== undefined)
        throw new CelError(`insert failed: key ${String(key)} already exists`);
      next.#insert(key, value);
    }
    return next;
  }
}

/** An object of JSON; what stands in it is read when it is looked at. */
export class RecordMap implements MapValue {
  readonly kind = 'map';
  readonly source: Readonly<Record<string, unknown>>;
  readonly typeName?: string;
  readonly #read: (key: string) => Value | undefined;
  readonly #keys: () => readonly string[];
  readonly #seen = new Map<string, Value | undefined>();

  constructor(
    source: Readonly<Record<string, unknown>>,
    read: (key: string) => Value | undefined,
    keys: () => readonly string[],
    typeName_?: string,
  ) {
    this.source = source;
    this.#read = read;
    this.#keys = keys;
    if (typeName_ !== undefined) this.typeName = typeName_;
  }

  get size(): number {
    return this.#keys().length;
  }

  get(key: Value): Value | undefined {
    if (typeof key !== 'string') return undefined;
    if (!this.#seen.has(key)) this.#seen.set(key, this.#read(key));
    return this.#seen.get(key);
  }

  keys(): readonly Value[] {
    return this.#keys();
  }
}

import type { Entry } from '../storage.ts';
import { type KeyValue, numberOf } from './messages.ts';

/** How values stand in etcd. Both directions are pure. */
export interface ValueForm {
  readonly encode: (value: Uint8Array) => Uint8Array;
  readonly decode: (stored: Uint8Array) => Uint8Array;
}

/** Values stand in etcd as they are. */
export const plainForm: ValueForm = { encode: (value) => value, decode: (stored) => stored };

/** Where the keys that begin with `ours` stand in etcd. */
export interface Place {
  readonly ours: string;
  readonly etcd: string;
}

/** Everything that only Coxswain reads stands under it. */
const ownRoot = '/coxswain.dev';

/** Keys between the store's names and etcd's. */
export class Keys {
  readonly #place: Place;
  constructor(place: Place) {
    this.#place = place;
  }

  /** `key` as etcd has it. */
  of(key: string): string {
    const { ours, etcd } = this.#place;
    if (!key.startsWith(ours)) throw new RangeError(`${key} lies outside of ${ours}`);
    return etcd + key.slice(ours.length);
  }

  /** The store's name of a key of etcd; undefined when it is no key of this store. */
  read(bytes: Uint8Array): string | undefined {
    const name = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
    const { ours, etcd } = this.#place;
    return name.startsWith(etcd) ? ours + name.slice(etcd.length) : undefined;
  }

  /** The range of all keys that begin with `prefix`, from `from` on. */
  range(prefix: string, from = ''): { readonly key: Buffer; readonly rangeEnd: Buffer } {
    const { ours, etcd } = this.#place;
    const name = prefix.length < ours.length && ours.startsWith(prefix) ? etcd : this.of(prefix);
    const start = from > prefix ? this.of(from) : name;
    return { key: Buffer.from(start), rangeEnd: endOf(name) };
  }

  /** Where what is told about `key` begins. */
  records(key: string): string {
    return `${ownRoot}${this.of(key)}\0`;
  }

  /** Where everything that is told about keys of this store begins. */
  get allRecords(): string {
    return ownRoot + this.#place.etcd;
  }

  /** The key that a record tells about. */
  ofRecord(name: string): string {
    const etcd = name.slice(ownRoot.length, name.lastIndexOf('\0'));
    return this.#place.ours + etcd.slice(this.#place.etcd.length);
  }
}

/** The first key behind all that begin with `prefix`. */
export function endOf(prefix: string): Buffer {
  const end = Buffer.from(prefix);
  for (let i = end.length - 1; i >= 0; i--)
    if (end[i]! < 0xff) {
      end[i]!++;
      return end.subarray(0, i + 1);
    }
  return Buffer.from([0]);
}

/** An entry whose value is decoded when someone looks. */
export class LazyEntry implements Entry {
  readonly key: string;
  readonly revision: number;
  readonly created: number;
  readonly #form: ValueForm;
  #stored: Uint8Array | undefined;
  #value: Uint8Array | undefined;

  /** `known` is the decoded value, where it is at hand. */
  constructor(
    key: string,
    { modRevision, createRevision, value }: KeyValue,
    form: ValueForm,
    known?: Uint8Array,
  ) {
    this.key = key;
    this.#value = known;
    this.revision = numberOf(modRevision);
    this.created = numberOf(createRevision);
    this.#form = form;
    this.#stored = value;
  }

  get value(): Uint8Array {
    if (!this.#value) {
      this.#value = this.#form.decode(this.#stored!);
      this.#stored = undefined;
    }
    return this.#value;
  }
}

import { DecodeError } from '../json/index.ts';

const utf8 = new TextDecoder();
const loopMax = 24;
/** Bytes of a varint that a number holds exactly. */
const exactMax = 7;

const cutShort = (): DecodeError => new DecodeError('unexpected EOF');

/** Reads a message from its start. */
export class Reader {
  readonly #bytes: Uint8Array;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get length(): number {
    return this.#bytes.length;
  }

  /** A whole number, signed where it takes ten bytes; those beyond 2^53 lose their low bits. */
  varint(): number {
    const bytes = this.#bytes;
    let value = 0;
    let scale = 1;
    for (let count = 0; count < exactMax; count++) {
      const byte = bytes[this.at++];
      if (byte === undefined) throw cutShort();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
    return this.#longVarint(value);
  }

  #longVarint(low: number): number {
    let value = BigInt(low);
    for (let count = exactMax; count < 10; count++) {
      const byte = this.#bytes[this.at++];
      if (byte === undefined) throw cutShort();
      value += BigInt(byte & 127) << BigInt(count * 7);
      if (byte < 128) return Number(BigInt.asIntN(64, value));
    }
    throw new DecodeError('proto: integer overflow');
  }

  double(): number {
    const view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset + this.at, 8);
    this.at += 8;
    return view.getFloat64(0, true);
  }

  /** Where the length-delimited value that starts here ends. */
  end(): number {
    const length = this.varint();
    const end = this.at + length;
    if (length < 0 || end > this.#bytes.length) throw cutShort();
    return end;
  }

  /** The bytes up to `end`, not copied. */
  slice(end: number): Uint8Array {
    const part = this.#bytes.subarray(this.at, end);
    this.at = end;
    return part;
  }

  text(): string {
    const end = this.end();
    const bytes = this.#bytes;
    if (end - this.at > loopMax) return utf8.decode(this.slice(end));
    let text = '';
    for (let at = this.at; at < end; at++) {
      const code = bytes[at]!;
      if (code > 127) return utf8.decode(this.slice(end));
      text += String.fromCharCode(code);
    }
    this.at = end;
    return text;
  }

  /** Passes over a value of an unknown field. */
  skip(wire: number): void {
    if (wire === 0) this.varint();
    else if (wire === 1) this.at += 8;
    else if (wire === 2) this.at = this.end();
    else if (wire === 5) this.at += 4;
    else throw new DecodeError(`proto: illegal wireType ${wire}`);
    if (this.at > this.#bytes.length) throw cutShort();
  }
}

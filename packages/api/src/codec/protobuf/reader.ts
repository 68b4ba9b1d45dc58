import { DecodeError } from '../json/index.ts';

const utf8 = new TextDecoder();
const loopMax = 24;

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

  /** A whole number; those beyond 2^53 lose their low bits. */
  varint(): number {
    const bytes = this.#bytes;
    let value = 0;
    let scale = 1;
    for (let count = 0; count < 10; count++) {
      const byte = bytes[this.at++];
      if (byte === undefined) throw cutShort();
      if (count === 9) {
        // Ten bytes: the sign of a 64-bit number.
        return value - scale;
      }
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
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

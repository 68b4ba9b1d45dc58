const utf8 = new TextEncoder();
const startSize = 1 << 14;
const keepMax = 1 << 20;
const loopMax = 48;

/**
 * Writes a message from its end to its start, as gogo does: lengths are known when they are written.
 * One buffer serves all messages; `take` copies what was written.
 */
export class Writer {
  #bytes: Uint8Array = new Uint8Array(startSize);
  #at: number = startSize;

  /** Bytes written so far, for the length of a message that starts here. */
  get written(): number {
    return this.#bytes.length - this.#at;
  }

  #reserve(size: number): void {
    if (this.#at >= size) return;
    const used = this.written;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, used + size));
    grown.set(this.#bytes.subarray(this.#at), grown.length - used);
    this.#at = grown.length - used;
    this.#bytes = grown;
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[--this.#at] = value;
  }

  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#at -= bytes.length;
    this.#bytes.set(bytes, this.#at);
  }

  /** A whole number, negative ones in ten bytes. */
  varint(value: number): void {
    if (value < 0 || value > Number.MAX_SAFE_INTEGER) return this.#bigVarint(value);
    this.#reserve(10);
    let size = 1;
    for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) size++;
    this.#at -= size;
    let at = this.#at;
    let rest = value;
    for (; rest > 0x7f_ff_ff_ff; rest = Math.floor(rest / 128))
      this.#bytes[at++] = (rest % 128) | 128;
    for (; rest >= 128; rest >>>= 7) this.#bytes[at++] = (rest & 127) | 128;
    this.#bytes[at] = rest;
  }

  #bigVarint(value: number): void {
    const bytes: number[] = [];
    let rest = BigInt.asUintN(64, BigInt(value));
    for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
    bytes.push(Number(rest));
    this.raw(Uint8Array.from(bytes));
  }

  double(value: number): void {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setFloat64(0, value, true);
    this.raw(bytes);
  }

  /** UTF-8 with its length before it. */
  text(value: string): void {
    const { length } = value;
    this.#reserve(length + 10);
    if (!this.#ascii(value, length)) {
      const bytes = utf8.encode(value);
      this.raw(bytes);
      return this.varint(bytes.length);
    }
    this.varint(length);
  }

  #ascii(value: string, length: number): boolean {
    const start = this.#at - length;
    if (length <= loopMax) {
      for (let index = 0; index < length; index++) {
        const code = value.charCodeAt(index);
        if (code > 127) return false;
        this.#bytes[start + index] = code;
      }
    } else {
      const { read, written } = utf8.encodeInto(value, this.#bytes.subarray(start, this.#at));
      if (read !== length || written !== length) return false;
    }
    this.#at = start;
    return true;
  }

  /** What was written; the writer is empty afterwards. */
  take(): Uint8Array<ArrayBuffer> {
    const made = this.#bytes.slice(this.#at) as Uint8Array<ArrayBuffer>;
    if (this.#bytes.length > keepMax) this.#bytes = new Uint8Array(startSize);
    this.#at = this.#bytes.length;
    return made;
  }

  /** Drops what a failed encoding left. */
  clear(): void {
    this.#at = this.#bytes.length;
  }
}

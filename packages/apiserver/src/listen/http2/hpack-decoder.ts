/** Headers as they come: HPACK (RFC 7541) with a table that grows by what the peer repeats. */
import { ConnectionError, errorCode } from './frames.ts';
import { huffmanDecoded } from './huffman.ts';
import { staticTable } from './static-table.ts';

/** What a header is to a request: judged once, however often it is repeated. */
export type Standing = 'pseudo' | 'plain' | 'malformed';

export interface Field {
  readonly name: string;
  readonly value: string; // each octet a character
  readonly standing: Standing;
}

/** Most bytes of the table, as both sides assume where nothing else is said. */
const tableBytesMax = 4096;
const fieldOverhead = 32;
const integerMax = 2 ** 24;

/** What belongs to one connection of HTTP/1.1 has no place here. */
const ofConnections = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade'],
]);
const token = /^[-!#$%&'*+.^_`|~0-9a-z]+$/;
// oxlint-disable-next-line no-control-regex -- these are what may not be
const unfit = /[\0\r\n]|^[ \t]|[ \t]$/;

function standingOf(name: string, value: string): Standing {
  if (unfit.test(value)) return 'malformed';
  if (name.startsWith(':')) return 'pseudo';
  if (!token.test(name) || ofConnections.has(name)) return 'malformed';
  return name === 'te' && value !== 'trailers' ? 'malformed' : 'plain';
}

const fieldOf = (name: string, value: string): Field => ({
  name,
  value,
  standing: standingOf(name, value),
});
const known: readonly Field[] = staticTable.map(([name, value]) => fieldOf(name, value));

const broken = (message: string): ConnectionError =>
  new ConnectionError(errorCode.compression, message);
const sizeOf = ({ name, value }: Field): number => name.length + value.length + fieldOverhead;

/** Of one connection: what it decodes depends on all that came before. */
export class HpackDecoder {
  #table: Field[] = []; // oldest first
  #start = 0;
  #bytes = 0;
  #bytesMax = tableBytesMax;
  #block: Buffer = Buffer.alloc(0);
  #at = 0;

  /** The fields of one whole block of headers. */
  decode(block: Buffer): Field[] {
    this.#block = block;
    this.#at = 0;
    const fields: Field[] = [];
    while (this.#at < block.length) {
      const first = block[this.#at]!;
      if (first & 0x80) fields.push(this.#field(this.#integer(0x7f)));
      else if (first & 0x40) fields.push(this.#add(this.#literal(0x3f)));
      else if (first & 0x20) {
        if (fields.length > 0) throw broken('a table changes its size in the middle');
        this.#resize(this.#integer(0x1f));
      } else fields.push(this.#literal(0x0f));
    }
    return fields;
  }

  #literal(mask: number): Field {
    const index = this.#integer(mask);
    const name = index === 0 ? this.#text() : this.#field(index).name;
    return fieldOf(name, this.#text());
  }

  #field(index: number): Field {
    const field =
      index <= known.length
        ? known[index - 1]
        : index <= known.length + this.#table.length - this.#start
          ? this.#table[this.#table.length - (index - known.length)]
          : undefined;
    if (!field) throw broken('a header names none of the table');
    return field;
  }

  #add(field: Field): Field {
    this.#table.push(field);
    this.#bytes += sizeOf(field);
    this.#evict();
    return field;
  }

  #resize(bytesMax: number): void {
    if (bytesMax > tableBytesMax) throw broken('a table would be larger than was agreed');
    this.#bytesMax = bytesMax;
    this.#evict();
  }

  #evict(): void {
    while (this.#bytes > this.#bytesMax) this.#bytes -= sizeOf(this.#table[this.#start++]!);
    if (this.#start * 2 < this.#table.length || this.#start === 0) return;
    this.#table = this.#table.slice(this.#start);
    this.#start = 0;
  }

  #integer(mask: number): number {
    let value = this.#byte() & mask;
    if (value < mask) return value;
    for (let shift = 0; ; shift += 7) {
      const byte = this.#byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (value > integerMax || shift > 28) throw broken('a number is too large');
      if (!(byte & 0x80)) return value;
    }
  }

  #text(): string {
    const isCoded = ((this.#block[this.#at] ?? 0) & 0x80) !== 0;
    const length = this.#integer(0x7f);
    const from = this.#at;
    this.#at += length;
    if (this.#at > this.#block.length) throw broken('a header is cut off');
    if (isCoded) return huffmanDecoded(this.#block, from, this.#at);
    return this.#block.toString('latin1', from, this.#at);
  }

  #byte(): number {
    const byte = this.#block[this.#at++];
    if (byte === undefined) throw broken('a header is cut off');
    return byte;
  }
}

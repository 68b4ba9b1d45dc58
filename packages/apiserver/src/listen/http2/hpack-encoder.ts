/** Headers as they go, by HPACK (RFC 7541) without a table of our own: they are short, and the peer has nothing to remember. */
import { staticTable } from './static-table.ts';

export type HeaderValues = Readonly<Record<string, string | readonly string[]>>;

const statusNameIndex = 8;
/** Statuses that are one octet. */
const statusIndex = new Map(
  staticTable.flatMap(([name, value], at) =>
    name === ':status' ? [[value, at + 1] as const] : [],
  ),
);
const nameIndex = new Map(staticTable.map(([name], at) => [name, at + 1] as const).toReversed());
/** Of HTTP/1.1 alone. */
const unfitNames = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade'],
]);
// oxlint-disable-next-line no-control-regex -- these are what may not be
const unfit = /[\0\r\n]/;

/** The last value of each name, encoded when it comes again: most answers repeat them. */
interface Recent {
  value: string;
  bytes: Buffer | undefined;
}
const recent = new Map<string, Recent>();
const recentMax = 64;
const recentLengthMax = 64;

/** What a field takes beside its name and value. */
const fieldOverhead = 12;
let scratch: Buffer = Buffer.allocUnsafeSlow(4096);
let at = 0;

/**
 * The block of headers of an answer, good until the next is made. Names become lower case; throws for values that are no
 * header.
 */
export function headersBlock(status: number, ...sets: readonly HeaderValues[]): Buffer {
  at = 0;
  const index = statusIndex.get(String(status));
  room(fieldOverhead);
  if (index === undefined) field(':status', String(status));
  else scratch[at++] = 0x80 | index;
  for (const headers of sets)
    for (const name of Object.keys(headers)) {
      const value = headers[name]!;
      if (typeof value === 'string') field(name, value);
      else for (const each of value) field(name, each);
    }
  return scratch.subarray(0, at);
}

function field(name: string, value: string): void {
  const last = recent.get(name);
  if (last?.value === value && last.bytes) {
    room(last.bytes.length);
    scratch.set(last.bytes, at);
    at += last.bytes.length;
    return;
  }
  const from = at;
  writeField(name, value);
  if (value.length > recentLengthMax) return;
  if (!last) {
    if (recent.size < recentMax) recent.set(name, { value, bytes: undefined });
  } else if (last.value === value) last.bytes = Buffer.from(scratch.subarray(from, at));
  else {
    last.value = value;
    last.bytes = undefined;
  }
}

function writeField(name: string, value: string): void {
  const lower = name.toLowerCase();
  if (unfitNames.has(lower)) return;
  if (unfit.test(value)) throw new TypeError(`the value of the header ${lower} is no text`);
  room(lower.length + value.length + fieldOverhead);
  const index = name === ':status' ? statusNameIndex : (nameIndex.get(lower) ?? 0);
  writeInteger(index, 0x0f);
  if (index === 0) writeText(lower);
  writeText(value);
}

function writeText(text: string): void {
  writeInteger(text.length, 0x7f);
  at += scratch.write(text, at, 'latin1');
}

function writeInteger(value: number, mask: number): void {
  if (value < mask) {
    scratch[at++] = value;
    return;
  }
  scratch[at++] = mask;
  let rest = value - mask;
  for (; rest >= 128; rest >>>= 7) scratch[at++] = (rest & 0x7f) | 0x80;
  scratch[at++] = rest;
}

function room(bytes: number): void {
  if (at + bytes <= scratch.length) return;
  const larger = Buffer.allocUnsafeSlow((at + bytes) * 2);
  larger.set(scratch.subarray(0, at));
  scratch = larger;
}

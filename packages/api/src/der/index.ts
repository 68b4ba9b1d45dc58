/** One value of ASN.1 DER inside `bytes`. */
export interface Der {
  readonly tag: number;
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly content: number;
  readonly end: number;
}

/** The value that begins at `start`; throws a RangeError when it does not end within `bytes`. */
export function readDer(bytes: Uint8Array, start = 0): Der {
  const tag = bytes[start];
  let size = bytes[start + 1];
  let content = start + 2;
  if (tag === undefined || size === undefined) throw new RangeError('truncated DER');
  if (size >= 0x80) {
    const octets = size & 0x7f;
    if (octets === 0 || octets > 4) throw new RangeError('DER length out of range');
    size = 0;
    for (const octet of bytes.subarray(content, content + octets)) size = size * 256 + octet;
    content += octets;
  }
  const end = content + size;
  if (end > bytes.length) throw new RangeError('truncated DER');
  return { tag, bytes, start, content, end };
}

/** The values inside a constructed one. */
export function childrenOf(parent: Der): readonly Der[] {
  const children: Der[] = [];
  for (let at = parent.content; at < parent.end;) {
    const child = readDer(parent.bytes, at);
    if (child.end > parent.end) throw new RangeError('DER value outside its parent');
    children.push(child);
    at = child.end;
  }
  return children;
}

export const contentOf = ({ bytes, content, end }: Der): Uint8Array => bytes.subarray(content, end);
export const wholeOf = ({ bytes, start, end }: Der): Uint8Array => bytes.subarray(start, end);

/** The dotted form of an OBJECT IDENTIFIER. */
export function objectIdOf(value: Der): string {
  const arcs: number[] = [];
  let arc = 0;
  for (const octet of contentOf(value)) {
    arc = arc * 128 + (octet & 0x7f);
    if (octet & 0x80) continue;
    arcs.push(arc);
    arc = 0;
  }
  const [first = 0, ...rest] = arcs;
  const root = Math.min(2, Math.floor(first / 40));
  return [root, first - root * 40, ...rest].join('.');
}

/** The text of any of the string types that certificates use. */
export function textOf(value: Der): string {
  const isBmp = value.tag === 0x1e;
  const isLatin = value.tag === 0x14;
  const label = isBmp ? 'utf-16be' : isLatin ? 'latin1' : 'utf-8';
  return new TextDecoder(label).decode(contentOf(value));
}

/** Milliseconds of a UTCTime or GeneralizedTime. */
export function timeOf(value: Der): number {
  const text = textOf(value);
  const long = value.tag === 0x18 ? text : `${Number(text.slice(0, 2)) < 50 ? '20' : '19'}${text}`;
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(long) ?? [];
  return Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  );
}

/** A member of an archive, as far as `cp` is concerned with it. */
export interface TarHeader {
  readonly name: string;
  readonly type: 'file' | 'directory' | 'symlink' | 'link' | 'other';
  readonly size: number;
  readonly linkName: string;
}

/** What a member is written with. */
export interface TarMember extends TarHeader {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtimeSeconds: number;
}

export const blockBytes = 512;
/** Longest list of extended values, or long name, that is read. */
export const extensionBytesMax: number = 1024 * 1024;

const typeOf: Readonly<Record<string, TarHeader['type']>> = {
  ...{ '0': 'file', '\0': 'file', '7': 'file' },
  ...{ '1': 'link', '2': 'symlink', '5': 'directory' },
};
const codeOf = { file: '0', link: '1', symlink: '2', directory: '5', other: '0' } as const;
const nameBytes = 100;
const octalMax = (digits: number): number => 8 ** digits - 1;

/** The blocks before a member's content: its header, and where that is too small for it, extended values before. */
export function encodeHeader(member: TarMember): Uint8Array {
  const { name, linkName, size, uid, gid } = member;
  const fits = (text: string): boolean =>
    Buffer.byteLength(text) <= nameBytes && /^[\x20-\x7e]*$/.test(text);
  const extended = [
    ...(fits(name) ? [] : [record('path', name)]),
    ...(fits(linkName) ? [] : [record('linkpath', linkName)]),
    ...(size <= octalMax(11) ? [] : [record('size', String(size))]),
    ...(uid <= octalMax(7) ? [] : [record('uid', String(uid))]),
    ...(gid <= octalMax(7) ? [] : [record('gid', String(gid))]),
  ];
  if (extended.length === 0) return block(member, codeOf[member.type]);
  const text = Buffer.concat(extended);
  const about = { ...member, name: 'PaxHeader', linkName: '', size: text.length, mode: 0o644 };
  return Buffer.concat([
    block(about, 'x'),
    text,
    padding(text.length),
    block(member, codeOf[member.type]),
  ]);
}

/** The zeros behind content of this size. */
export const padding = (size: number): Uint8Array =>
  new Uint8Array((blockBytes - (size % blockBytes)) % blockBytes);

/** `LENGTH KEY=VALUE`, whose length counts itself. */
function record(key: string, value: string): Buffer {
  const rest = ` ${key}=${value}\n`;
  const bytes = Buffer.byteLength(rest);
  let length = bytes + String(bytes).length;
  if (String(length).length > String(bytes).length) length = bytes + String(length).length;
  return Buffer.from(`${length}${rest}`);
}

function block(member: TarMember, type: string): Uint8Array {
  const bytes = Buffer.alloc(blockBytes);
  const octal = (value: number, at: number, width: number): void => {
    const shown = Math.max(0, Math.min(value, octalMax(width - 1)));
    bytes.write(`${shown.toString(8).padStart(width - 1, '0')}\0`, at, 'latin1');
  };
  bytes.write(member.name, 0, nameBytes);
  octal(member.mode, 100, 8);
  octal(member.uid, 108, 8);
  octal(member.gid, 116, 8);
  octal(member.size, 124, 12);
  octal(member.mtimeSeconds, 136, 12);
  bytes.write(type, 156, 'latin1');
  bytes.write(member.linkName, 157, nameBytes);
  bytes.write('ustar\x0000', 257, 'latin1');
  bytes.write(`${checksum(bytes).toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return bytes;
}

/** The sum of a header's bytes, its own field counted as blanks. */
function checksum(bytes: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < blockBytes; at++) sum += at >= 148 && at < 156 ? 0x20 : bytes[at]!;
  return sum;
}

/** A header as it stands in its block, with the letter of its type. Throws for what is none. */
export function decodeHeader(bytes: Buffer): TarHeader & { readonly code: string } {
  if (numberAt(bytes, 148, 8) !== checksum(bytes))
    throw new Error('archive/tar: invalid tar header');
  const text = (at: number, width: number): string => {
    const field = bytes.subarray(at, at + width);
    const end = field.indexOf(0);
    return field.subarray(0, end < 0 ? width : end).toString('utf8');
  };
  const code = String.fromCodePoint(bytes[156]!);
  const isUstar = text(257, 8).startsWith('ustar') && bytes[262] === 0;
  const prefix = isUstar ? text(345, 155) : '';
  const name = prefix ? `${prefix}/${text(0, nameBytes)}` : text(0, nameBytes);
  const isOldFolder = (code === '0' || code === '\0') && name.endsWith('/');
  return {
    ...{ code, name, linkName: text(157, nameBytes), size: numberAt(bytes, 124, 12) },
    type: isOldFolder ? 'directory' : (typeOf[code] ?? 'other'),
  };
}

/** Octal digits, or GNU's base 256 where the first bit is set. */
function numberAt(bytes: Buffer, at: number, width: number): number {
  if ((bytes[at]! & 0x80) === 0) {
    const digits = /[0-7]+/.exec(bytes.toString('latin1', at, at + width))?.[0];
    return digits ? Number.parseInt(digits, 8) : 0;
  }
  let value = bytes[at]! & 0x7f;
  for (let next = at + 1; next < at + width; next++) value = value * 256 + bytes[next]!;
  return value;
}

/** Extended values as they stand before a member. */
export function decodeRecords(bytes: Buffer): Readonly<Record<string, string>> {
  const values: Record<string, string> = {};
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(0x20, at);
    const length = Number(bytes.toString('latin1', at, space));
    if (space < 0 || !(length > space - at)) break;
    const [, key = '', value = ''] =
      /^([^=]*)=(.*)\n$/s.exec(bytes.toString('utf8', space + 1, at + length)) ?? [];
    values[key] = value;
    at += length;
  }
  return values;
}

import { Buffer } from 'node:buffer';

/** One member of an archive; times are the epoch and owners root, so that equal content gives equal bytes. */
export type TarEntry =
  | { readonly path: string; readonly mode: number; readonly content: Uint8Array }
  | { readonly path: string; readonly mode: number; readonly directory: true }
  | { readonly path: string; readonly linkTo: string };

const blockBytes = 512;

/** A POSIX ustar archive of `entries`, in their order. Paths take at most 100 bytes. */
export function tarArchive(entries: readonly TarEntry[]): Uint8Array {
  const blocks = entries.flatMap((entry) =>
    'content' in entry
      ? [header(entry, entry.content.byteLength, '0'), entry.content, padding(entry.content)]
      : [header(entry, 0, 'directory' in entry ? '5' : '2')],
  );
  return Buffer.concat([...blocks, new Uint8Array(2 * blockBytes)]);
}

const padding = (content: Uint8Array): Uint8Array =>
  new Uint8Array((blockBytes - (content.byteLength % blockBytes)) % blockBytes);

function header(entry: TarEntry, size: number, type: '0' | '2' | '5'): Uint8Array {
  const block = Buffer.alloc(blockBytes);
  const octal = (value: number, at: number, length: number): void => {
    block.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'latin1');
  };
  if (Buffer.byteLength(entry.path) > 100) throw new RangeError(`path too long: ${entry.path}`);
  block.write(entry.path, 0);
  octal('mode' in entry ? entry.mode : 0o777, 100, 8);
  octal(0, 108, 8); // uid
  octal(0, 116, 8); // gid
  octal(size, 124, 12);
  octal(0, 136, 12); // mtime
  block.write(' '.repeat(8), 148); // the checksum counts itself as blanks
  block.write(type, 156);
  if ('linkTo' in entry) block.write(entry.linkTo, 157);
  block.write('ustar\x0000', 257, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

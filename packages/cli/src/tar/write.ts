import { createReadStream, type Stats } from 'node:fs';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { blockBytes, encodeHeader, padding, type TarMember } from './header.ts';

/** An archive of the file or folder at `path`, whose members begin with `name`. Never more than a piece of a file is held. */
export async function* tarOf(path: string, name: string): AsyncGenerator<Uint8Array, void> {
  yield* members(path, name);
  yield new Uint8Array(2 * blockBytes);
}

/** Folders with something in them follow from their members. */
async function* members(path: string, name: string): AsyncGenerator<Uint8Array, void> {
  const stat = await lstat(path);
  if (stat.isDirectory()) {
    const names = (await readdir(path)).toSorted();
    if (names.length === 0) yield encodeHeader(memberOf(stat, `${name}/`, 'directory'));
    for (const each of names) yield* members(join(path, each), `${name}/${each}`);
  } else if (stat.isSymbolicLink()) {
    yield encodeHeader(memberOf(stat, name, 'symlink', await readlink(path)));
  } else if (stat.isFile()) {
    yield encodeHeader(memberOf(stat, name, 'file'));
    yield* content(path, stat.size);
  } else throw new Error(`archive/tar: sockets not supported`);
}

/** Exactly `size` bytes: those the header has promised. */
async function* content(path: string, size: number): AsyncGenerator<Uint8Array, void> {
  let left = size;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    if (chunk.length > left) throw new Error('archive/tar: write too long');
    left -= chunk.length;
    yield chunk;
  }
  if (left > 0) throw new Error(`archive/tar: missed writing ${left} bytes`);
  yield padding(size);
}

const memberOf = (
  stat: Stats,
  name: string,
  type: TarMember['type'],
  linkName = '',
): TarMember => ({
  ...{ name, type, linkName, uid: stat.uid, gid: stat.gid },
  size: type === 'file' ? stat.size : 0,
  mode: stat.mode & 0o7777,
  mtimeSeconds: Math.floor(stat.mtimeMs / 1000),
});

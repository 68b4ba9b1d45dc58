import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { encodeHeader, padding, type TarMember } from './header.ts';
import { tarEntries } from './read.ts';
import { tarOf } from './write.ts';

const folder = mkdtempSync(join(tmpdir(), 'cox-tar-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** In pieces of `size`, so that nothing depends on where a stream is cut. */
async function* cut(whole: Buffer, size: number): AsyncGenerator<Uint8Array, void> {
  for (let at = 0; at < whole.length; at += size) yield whole.subarray(at, at + size);
}

async function listed(input: AsyncIterable<Uint8Array>): Promise<string[]> {
  const lines: string[] = [];
  for await (const { name, type, linkName, content } of tarEntries(input)) {
    const pieces: Uint8Array[] = [];
    for await (const piece of content) pieces.push(piece);
    lines.push(`${type} ${name} ${linkName}${Buffer.concat(pieces).toString()}`);
  }
  return lines;
}

const long = 'x'.repeat(150);
const source = join(folder, 'source');
mkdirSync(join(source, 'empty'), { recursive: true });
mkdirSync(join(source, long));
writeFileSync(join(source, 'a'), 'alpha', { mode: 0o640 });
writeFileSync(join(source, long, '배'), 'boat');
writeFileSync(join(source, 'none'), '');
symlinkSync(long, join(source, 'link'));

const members = [
  'file to/a alpha',
  'directory to/empty/ ',
  `symlink to/link ${long}`,
  'file to/none ',
  `file to/${long}/배 boat`,
];

test('what is written is read again, however it is cut', async () => {
  const pieces: Uint8Array[] = [];
  for await (const piece of tarOf(source, 'to')) pieces.push(piece);
  const whole = Buffer.concat(pieces);
  assert.equal(whole.length % 512, 0);
  for (const size of [1, 100, 512, 65_536])
    assert.deepEqual(await listed(cut(whole, size)), members);
  const archive = join(folder, 'ours.tar');
  writeFileSync(archive, whole);
  execFileSync('tar', ['-xf', archive, '-C', folder]);
  assert.equal(readFileSync(join(folder, 'to', long, '배'), 'utf8'), 'boat');
});

for (const format of ['gnu', 'pax', 'ustar'])
  test(`archives of ${format} are read`, async () => {
    const archive = join(folder, `${format}.tar`);
    const named = format === 'ustar' ? ['a', 'none'] : ['a', 'link', 'none', long];
    execFileSync('tar', [`--format=${format}`, '-cf', archive, '-C', source, ...named]);
    const read = await listed(cut(readFileSync(archive), 700));
    assert.deepEqual(
      read.filter((line) => !line.startsWith('directory')),
      format === 'ustar'
        ? ['file a alpha', 'file none ']
        : ['file a alpha', `symlink link ${long}`, 'file none ', `file ${long}/배 boat`],
    );
  });

const member: TarMember = {
  ...{ name: 'big', type: 'file', linkName: '', mode: 0o644, uid: 0, gid: 0, mtimeSeconds: 0 },
  size: 9 * 1024 ** 3,
};

test('sizes beyond eight gigabytes have their place', async () => {
  const entries = tarEntries(cut(Buffer.from(encodeHeader(member)), 512));
  const { value } = await entries.next();
  assert.equal(value?.size, member.size);
});

test('an archive that breaks off, or is none, is an error', async () => {
  const header = encodeHeader({ ...member, size: 600 });
  const half = Buffer.concat([header, Buffer.alloc(100)]);
  await assert.rejects(listed(cut(half, 512)), /unexpected EOF/);
  await assert.rejects(listed(cut(Buffer.alloc(512, 'x'), 512)), /invalid tar header/);
  assert.equal(padding(512).length, 0);
});

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { encodeHeader, padding, type TarMember } from '../../tar/header.ts';
import { archivePrefix, fileSpecOf } from './file-spec.ts';
import { unpack } from './unpack.ts';

const cwd = mkdtempSync(join(tmpdir(), 'cox-unpack-'));
after(() => rmSync(cwd, { recursive: true, force: true }));

type Member = Partial<TarMember> & { readonly name: string; readonly text?: string };

async function* archive(members: readonly Member[]): AsyncGenerator<Uint8Array, void> {
  for (const { text = '', ...member } of members) {
    const size = Buffer.byteLength(text);
    yield encodeHeader({
      ...{ type: 'file', linkName: '', mode: 0o644, uid: 0, gid: 0, mtimeSeconds: 0, size },
      ...member,
    });
    yield Buffer.concat([Buffer.from(text), padding(size)]);
  }
  yield new Uint8Array(1024);
}

async function unpacked(
  folder: string,
  prefix: string,
  members: readonly Member[],
): Promise<string> {
  let warned = '';
  const warn = (text: string): void => void (warned += text);
  await unpack(archive(members), { prefix, folder, cwd, warn, advice: 'or so' });
  return warned;
}

test('files and folders go where they belong; links are told of, the first with advice', async () => {
  const warned = await unpacked('one', 'data', [
    { name: 'data/a', text: 'alpha' },
    { name: 'data/sub/', type: 'directory' },
    { name: 'data/sub/b', text: 'beta' },
    { name: 'data/again', type: 'link', linkName: 'data/a' },
    { name: 'data/l', type: 'symlink', linkName: '/etc/passwd' },
    { name: 'data/m', type: 'symlink', linkName: 'a' },
  ]);
  assert.equal(
    warned,
    'warning: skipping symlink: "one/l" -> "/etc/passwd" (or so)\nwarning: skipping symlink: "one/m" -> "a"\n',
  );
  assert.equal(readFileSync(join(cwd, 'one/sub/b'), 'utf8'), 'beta');
  assert.equal(readFileSync(join(cwd, 'one/again'), 'utf8'), 'alpha');
  assert.equal(existsSync(join(cwd, 'one/l')), false);
});

test('nothing is written outside of the destination', async () => {
  const warned = await unpacked('two', 'data', [
    { name: 'data/../../outside', text: 'x' },
    { name: 'data/in', text: 'y' },
  ]);
  assert.equal(warned, 'warning: file "../outside" is outside target destination, skipping\n');
  assert.equal(existsSync(join(cwd, 'outside')), false);
  assert.equal(readFileSync(join(cwd, 'two/in'), 'utf8'), 'y');
  await assert.rejects(unpacked('three', 'data', [{ name: '/etc/x' }]), /tar contents corrupted/);
});

test('a folder in the way is told in the words of the file system', async () => {
  await unpacked('four', 'data', [{ name: 'data/', type: 'directory' }]);
  await assert.rejects(unpacked('four', 'data', [{ name: 'data', text: 'x' }]), /is a directory/);
});

const specs = [
  { text: 'a/b/', want: { namespace: '', pod: '', path: 'a/b' } },
  { text: 'web:/x', want: { namespace: '', pod: 'web', path: '/x' } },
  { text: 'shop/web:x\\y/', want: { namespace: 'shop', pod: 'web', path: 'x/y' } },
];
for (const { text, want } of specs)
  test(`file spec ${text}`, () => assert.deepEqual(fileSpecOf(text), want));

const prefixes = { '/a/b': 'a/b', '/a/../b/': 'b', '../../a': 'a', '/': '', '.': '' };
for (const [path, want] of Object.entries(prefixes))
  test(`archives of ${path} begin with "${want}"`, () => assert.equal(archivePrefix(path), want));

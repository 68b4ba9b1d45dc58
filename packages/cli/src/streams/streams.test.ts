import assert from 'node:assert/strict';
import { test } from 'node:test';
import { copyLines } from './lines.ts';
import { hostAndPort, listenAddresses } from './listen.ts';
import { untilDetached } from './terminal.ts';

async function* chunks(...texts: readonly string[]): AsyncGenerator<Uint8Array, void> {
  for (const text of texts) yield Buffer.from(text);
}

const detaching = [
  { name: 'nothing typed', typed: ['hello'], want: 'hello' },
  { name: 'the keys at once', typed: ['before\u0010\u0011after'], want: 'before' },
  { name: 'the keys in two pieces', typed: ['before\u0010', '\u0011after'], want: 'before' },
  { name: 'half of them', typed: ['a\u0010b', 'c'], want: 'a\u0010bc' },
  { name: 'the first twice', typed: ['a\u0010\u0010\u0011b'], want: 'a\u0010' },
];
for (const { name, typed, want } of detaching)
  test(`detaching: ${name}`, async () => {
    let text = '';
    for await (const chunk of untilDetached(chunks(...typed), 'ctrl-p,ctrl-q'))
      text += Buffer.from(chunk).toString();
    assert.equal(text, want);
  });

test('keys that are none are an error before anything is read', () => {
  assert.throws(() => untilDetached(chunks(), 'ctrl-p,shift-x'), /could not bind detach keys/);
});

const lines = [
  { name: 'plain', prefix: '', chunks: ['a\nb', 'c\nd'], want: ['a\n', 'bc\n', 'd'] },
  { name: 'prefixed', prefix: '> ', chunks: ['a\nb\nc', 'd\n'], want: ['> a\n> b\n', '> cd\n'] },
  { name: 'empty lines', prefix: '> ', chunks: ['\n\n'], want: ['> \n> \n'] },
  { name: 'an end without a line break', prefix: '> ', chunks: ['a'], want: ['> a'] },
  { name: 'nothing', prefix: '> ', chunks: [], want: [] },
];
for (const { name, prefix, chunks: given, want } of lines)
  test(`lines: ${name}`, async () => {
    const written: string[] = [];
    await copyLines(chunks(...given), prefix, (bytes) => {
      written.push(Buffer.from(bytes).toString());
      return Promise.resolve();
    });
    assert.deepEqual(written, want);
  });

test('addresses are those of localhost, or given ones, each once and in order', () => {
  const of = (...given: readonly string[]): readonly string[] =>
    listenAddresses(given).map(
      ({ address, isOneOfSeveral }) => `${address}${isOneOfSeveral ? '?' : ''}`,
    );
  assert.deepEqual(of('localhost'), ['127.0.0.1?', '::1?']);
  assert.deepEqual(of('localhost', '10.0.0.1', '127.0.0.1'), ['10.0.0.1', '127.0.0.1', '::1?']);
  assert.throws(() => of('example.com'), /example.com is not a valid IP/);
  assert.throws(() => of(), /at least 1 address/);
  assert.equal(hostAndPort('::1', 80), '[::1]:80');
});

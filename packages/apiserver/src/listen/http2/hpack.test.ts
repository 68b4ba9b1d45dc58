import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConnectionError } from './frames.ts';
import { HpackDecoder } from './hpack-decoder.ts';
import { headersBlock } from './hpack-encoder.ts';
import { huffmanDecoded } from './huffman.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
const pairs = (decoder: HpackDecoder, block: string): string[] =>
  decoder.decode(hex(block)).map(({ name, value }) => `${name}: ${value}`);

// RFC 7541, appendix C.
for (const [code, text] of [
  ['f1e3c2e5f23a6ba0ab90f4ff', 'www.example.com'],
  ['a8eb10649cbf', 'no-cache'],
  ['d07abe941054d444a8200595040b8166e082a62d1bff', 'Mon, 21 Oct 2013 20:13:21 GMT'],
  ['9d29ad171863c78f0b97c8e9ae82ae43d3', 'https://www.example.com'],
] as const)
  test(`a Huffman code: ${text}`, () => {
    const bytes = hex(code);
    assert.equal(huffmanDecoded(bytes, 0, bytes.length), text);
  });

for (const [name, code] of [
  ['padding of a whole octet', 'a8eb10649cbfff'],
  ['padding of zeros', 'a8eb10649cbe'],
  ['the end of text inside', 'ffffffffff'],
] as const)
  test(`no Huffman code: ${name}`, () => {
    const bytes = hex(code);
    assert.throws(() => huffmanDecoded(bytes, 0, bytes.length), ConnectionError);
  });

test('three requests of one connection share a table', () => {
  const decoder = new HpackDecoder();
  const common = [':method: GET', ':scheme: http', ':path: /', ':authority: www.example.com'];
  assert.deepEqual(pairs(decoder, '8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff'), common);
  assert.deepEqual(pairs(decoder, '8286 84be 5886 a8eb 1064 9cbf'), [
    ...common,
    'cache-control: no-cache',
  ]);
  assert.deepEqual(pairs(decoder, '8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf'), [
    ':method: GET',
    ':scheme: https',
    ':path: /index.html',
    ':authority: www.example.com',
    'custom-key: custom-value',
  ]);
});

test('a small table forgets its oldest', () => {
  const decoder = new HpackDecoder();
  // 100 octets: two fields of 38 and 40 are too many with a third.
  const small = '3f45';
  const field = (value: string): string => `400161 04${Buffer.from(value).toString('hex')}`;
  decoder.decode(hex(`${small}${field('one1')}${field('two2')}${field('thr3')}`));
  assert.deepEqual(pairs(decoder, 'bebf'), ['a: thr3', 'a: two2']);
  assert.throws(() => decoder.decode(hex('c0')), ConnectionError);
});

for (const [name, block] of [
  ['an index of nothing', 'ff00'],
  ['the index 0', '80'],
  ['a table that is too large', '3fe2ff03'],
  ['a table resized in the middle', '8220'],
  ['a number without end', 'ffffffffffffffffff'],
  ['a text that is cut off', '4005616263'],
  ['nothing behind a name', '400161'],
] as const)
  test(`no block of headers: ${name}`, () => {
    assert.throws(() => new HpackDecoder().decode(hex(block)), ConnectionError);
  });

test('what is encoded is decoded, the first time and again', () => {
  const headers = {
    'content-type': 'application/json',
    'Audit-Id': 'x'.repeat(300),
    'set-cookie': ['a=1', 'b=2'],
    connection: 'close',
    'x-none': '',
  };
  for (const status of [200, 201, 404, 431])
    assert.deepEqual(
      new HpackDecoder()
        .decode(Buffer.from(headersBlock(status, headers, { date: 'now' })))
        .map(({ name, value }) => [name, value]),
      [
        [':status', String(status)],
        ['content-type', 'application/json'],
        ['audit-id', 'x'.repeat(300)],
        ['set-cookie', 'a=1'],
        ['set-cookie', 'b=2'],
        ['x-none', ''],
        ['date', 'now'],
      ],
    );
  assert.throws(() => headersBlock(200, { 'x-split': 'a\r\nb: c' }), /x-split/);
});

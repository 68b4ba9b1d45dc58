import assert from 'node:assert/strict';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { VirtualClock } from '@coxswain/base';
import type { LogLine } from '../../runtime.ts';
import { parseEntry } from './entry.ts';
import { readLog } from './index.ts';
import { tailStart } from './tail.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cox-logs-'));
});
after(() => rm(folder, { recursive: true, force: true }));

const clock = new VirtualClock(Date.UTC(2026, 0, 1, 1));
const reading = {
  clock,
  signal: new AbortController().signal,
  isRunning: async () => false,
};

async function all(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  let whole = '';
  for await (const piece of pieces) whole += Buffer.from(piece).toString();
  return whole;
}

const entries: readonly { name: string; line: string; is: string | undefined }[] = [
  {
    name: 'a whole line',
    line: '2026-01-01T00:00:00.5Z stdout F hello you\n',
    is: '2026-01-01T00:00:00.500000000Z stdout hello you\n',
  },
  {
    name: 'a piece of one',
    line: '2026-01-01T00:00:00.123456789+02:00 stderr P hel\n',
    is: '2026-01-01T00:00:00.123456789+02:00 stderr hel',
  },
  {
    name: 'further tags',
    line: '2026-01-01T00:00:00Z stdout P:x hel\n',
    is: '2026-01-01T00:00:00.000000000Z stdout hel',
  },
  {
    name: 'nothing written',
    line: '2026-01-01T00:00:00Z stdout F \n',
    is: '2026-01-01T00:00:00.000000000Z stdout \n',
  },
  { name: 'no time', line: 'yesterday stdout F x\n', is: undefined },
  { name: 'no such stream', line: '2026-01-01T00:00:00Z stdin F x\n', is: undefined },
  { name: 'no tag', line: '2026-01-01T00:00:00Z stdout\n', is: undefined },
];
for (const { name, line, is } of entries)
  test(`an entry of a log: ${name}`, () => {
    const entry = parseEntry(Buffer.from(line));
    const told = entry && `${entry.time} ${entry.stream} ${Buffer.from(entry.bytes).toString()}`;
    assert.equal(told, is);
  });

test('the tail of a file is found as if it were counted from the front', async () => {
  const path = join(folder, 'tail.log');
  const line = fc.integer({ min: 0, max: 40_000 }).map((length) => 'x'.repeat(length));
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { maxLength: 12 }),
      fc.nat(14),
      fc.boolean(),
      async (lines, wanted, isEnded) => {
        const text = lines.map((each) => `${each}\n`).join('') + (isEnded ? '' : 'open');
        await writeFile(path, text);
        await using file = await open(path);
        const kept =
          wanted === 0
            ? ''
            : lines
                .slice(-wanted)
                .map((each) => `${each}\n`)
                .join('');
        const rest = isEnded ? '' : 'open';
        const expected = text.length - (kept.length + rest.length);
        assert.equal(await tailStart(file, wanted), expected);
      },
    ),
    { numRuns: 60 },
  );
});

test('a long log is read piece by piece, as it is', async () => {
  const path = join(folder, 'long.log');
  const texts = Array.from({ length: 5_000 }, (_, at) => `${at} ${'x'.repeat(at % 97)}`);
  const lines = texts.map((text) => `2026-01-01T00:00:00Z stdout F ${text}\n`);
  await writeFile(path, lines.join(''));
  assert.equal(await all(readLog({ path }, {}, reading)), `${texts.join('\n')}\n`);
});

test('a line that grows without bound is refused', async () => {
  const path = join(folder, 'endless.log');
  await writeFile(path, 'x'.repeat(5 * 1024 * 1024));
  await assert.rejects(all(readLog({ path }, {}, reading)), /longer than 4194304 bytes/);
});

test('lines that a runtime keeps are followed while they come', async () => {
  const line = (text: string): LogLine => ({
    ...{ atMs: 0, time: '1970-01-01T00:00:00Z', stream: 'stdout', isPartial: false, text },
  });
  let kept: readonly LogLine[] = [line('one'), line('two'), line('three')];
  let isRunning = true;
  const news = [() => (kept = [...kept.slice(1), line('four')]), () => (isRunning = false)];
  const log = { lines: () => kept, changed: async () => void news.shift()!() };
  const pieces = readLog(
    log,
    { follow: true, tailLines: 2 },
    {
      ...reading,
      isRunning: async () => isRunning,
    },
  );
  assert.equal(await all(pieces), 'two\nthree\nfour\n');
});

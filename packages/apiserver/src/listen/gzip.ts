import { promisify } from 'node:util';
import { constants, crc32, deflateRaw, gzip } from 'node:zlib';
import { type Run, runsOf } from '../rest/runs.ts';
import type { Cached } from '../watch-cache/index.ts';
import { joinedCrc } from './crc.ts';

const level = 1;
const compress = promisify(gzip);
const deflate = promisify(deflateRaw);
/** Pieces compressed at once: as many as there are threads for it. */
const atOnce = 4;

/** Deflated text that ends on a whole byte, so that more can follow. */
interface Deflated {
  readonly bytes: Uint8Array;
  readonly crc: number;
  readonly size: number; // of the text
}

/** By the first member of a run, what the whole run was deflated to. */
const kept = new WeakMap<Cached, Deflated & Pick<Run, 'members'>>();

/** `pieces` by gzip; runs of objects that were in a list before are not deflated again. */
export async function gzipped(pieces: readonly Uint8Array[]): Promise<readonly Uint8Array[]> {
  if (!runsOf.has(pieces)) return [await compress(Buffer.concat(pieces), { level })];
  const sums = new Sums();
  const bytes = (await deflatedParts(pieces)).map((part) => sums.add(part));
  return [head, ...bytes, ...sums.end()];
}

/** The same of pieces that come batch by batch, and go so. */
export async function* gzippedBatches(
  batches: AsyncIterable<readonly Uint8Array[]>,
): AsyncGenerator<readonly Uint8Array[], void> {
  const sums = new Sums();
  yield [head];
  for await (const pieces of batches)
    yield (await deflatedParts(pieces)).map((part) => sums.add(part));
  yield sums.end();
}

async function deflatedParts(pieces: readonly Uint8Array[]): Promise<readonly Deflated[]> {
  const runs = runsOf.get(pieces) ?? [];
  const parts: (() => Promise<Deflated>)[] = [];
  let at = 0;
  for (const run of runs) {
    const between = pieces.slice(at, run.from);
    if (between.length > 0) parts.push(() => deflated(between));
    parts.push(() => deflatedRun(pieces, run));
    at = run.to;
  }
  const rest = pieces.slice(at);
  if (rest.length > 0) parts.push(() => deflated(rest));
  return inLanes(parts);
}

/** All results in order, `atOnce` under way at a time. */
async function inLanes(jobs: readonly (() => Promise<Deflated>)[]): Promise<readonly Deflated[]> {
  const results: Deflated[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < jobs.length) {
      const at = next++;
      results[at] = await jobs[at]!();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return results;
}

async function deflatedRun(pieces: readonly Uint8Array[], run: Run): Promise<Deflated> {
  const { members } = run;
  const known = kept.get(members[0]!);
  if (
    known?.members.length === members.length &&
    known.members.every((each, i) => each === members[i])
  )
    return known;
  const made = await deflated(pieces.slice(run.from, run.to));
  kept.set(members[0]!, { ...made, members });
  return made;
}

async function deflated(pieces: readonly Uint8Array[]): Promise<Deflated> {
  const text = Buffer.concat(pieces);
  const bytes = await deflate(text, { level, finishFlush: constants.Z_SYNC_FLUSH });
  return { bytes, crc: crc32(text), size: text.length };
}

const head = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 0xff);
const emptyLastBlock = Uint8Array.of(3, 0);

/** The checksum and the size of parts that were deflated apart and make one gzip stream. */
class Sums {
  #crc = 0;
  #size = 0;

  add({ bytes, crc, size }: Deflated): Uint8Array {
    this.#crc = joinedCrc(this.#crc, crc, size);
    this.#size += size;
    return bytes;
  }

  /** What the stream ends with. */
  end(): readonly Uint8Array[] {
    const tail = Buffer.alloc(8);
    tail.writeUInt32LE(this.#crc, 0);
    tail.writeUInt32LE(this.#size % 2 ** 32, 4);
    return [emptyLastBlock, tail];
  }
}

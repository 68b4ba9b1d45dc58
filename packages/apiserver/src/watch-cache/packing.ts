import type { Cached } from './cached.ts';

/** Bytes of the newest objects of a resource that are kept as they are. */
const plainBytesMax = 96 * 2 ** 20;
/** Objects of fewer bytes stay as they are. */
const packedBytesMin = 512;
/** Sorts of objects of which one is remembered, beside which the others are packed; the one used longest ago goes first. */
const sortsMax = 2048;
/** Fewer objects are not looked through for those that were replaced. */
const sweepMin = 256;

/**
 * Packs the objects of a resource once many newer ones have come: thousands of pods of one template differ in a fortieth of their bytes.
 * Alike are those whose names are the same up to their last part.
 */
export class Packing {
  readonly #stands: (cached: Cached) => boolean;
  readonly #plainBytesMax: number;
  readonly #likes = new Map<string, Uint8Array>();
  #plain: Cached[] = [];
  #start = 0;
  #bytes = 0;
  #sweepAt = sweepMin;

  /** `stands` tells whether an object is still the one at its key: what was replaced is not worth the trouble. */
  constructor(stands: (cached: Cached) => boolean, bytesMax: number = plainBytesMax) {
    this.#stands = stands;
    this.#plainBytesMax = bytesMax;
  }

  /** How many objects are held for it: of those that were replaced as many as stand, at most, and a few. */
  get held(): number {
    return this.#plain.length;
  }

  add(cached: Cached): void {
    this.#plain.push(cached);
    this.#bytes += cached.size;
    while (this.#bytes > this.#plainBytesMax) {
      const oldest = this.#plain[this.#start++]!;
      this.#bytes -= oldest.size;
      if (oldest.size >= packedBytesMin && this.#stands(oldest)) this.#pack(oldest);
    }
    if (this.#plain.length >= this.#sweepAt) this.#sweep();
  }

  /** Lets go of what is packed or was replaced. */
  #sweep(): void {
    this.#plain = this.#plain.slice(this.#start).filter(this.#stands);
    this.#start = 0;
    this.#bytes = this.#plain.reduce((sum, { size }) => sum + size, 0);
    this.#sweepAt = Math.max(sweepMin, this.#plain.length * 2);
  }

  #pack(cached: Cached): void {
    const sort = cached.key.slice(0, cached.key.lastIndexOf('-'));
    const like = this.#likes.get(sort);
    const next = like && cached.packBeside(like) ? like : ownBytes(cached);
    this.#likes.delete(sort);
    this.#likes.set(sort, next);
    if (this.#likes.size > sortsMax) this.#likes.delete(this.#likes.keys().next().value!);
  }
}

/** Not as a part of a buffer that would be kept for it. */
function ownBytes({ bytes }: Cached): Uint8Array {
  return bytes.length * 2 < bytes.buffer.byteLength ? bytes.slice() : bytes;
}

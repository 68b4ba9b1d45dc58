import {
  blockBytes,
  decodeHeader,
  decodeRecords,
  extensionBytesMax,
  type TarHeader,
} from './header.ts';

/** A member whose content is read, or passed over, before the next one. */
export interface TarEntry extends TarHeader {
  readonly content: AsyncIterable<Uint8Array>;
}

const cutOff = (): Error => new Error('unexpected EOF');

/** Bytes of a stream by their number. */
class Taker {
  readonly #input: AsyncIterator<Uint8Array>;
  #held: Uint8Array = new Uint8Array(0);

  constructor(input: AsyncIterable<Uint8Array>) {
    this.#input = input[Symbol.asyncIterator]();
  }

  /** Pieces of the next `count` bytes. Throws when the stream ends before. */
  async *pieces(count: number): AsyncGenerator<Uint8Array, void> {
    for (let left = count; left > 0;) {
      if (this.#held.length === 0 && !(await this.#more())) throw cutOff();
      const piece = this.#held.subarray(0, left);
      this.#held = this.#held.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
  }

  /** The next block; undefined where the stream has ended. */
  async block(): Promise<Buffer | undefined> {
    if (this.#held.length === 0 && !(await this.#more())) return undefined;
    return this.whole(blockBytes);
  }

  async whole(count: number): Promise<Buffer> {
    const pieces: Uint8Array[] = [];
    for await (const piece of this.pieces(count)) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  async #more(): Promise<boolean> {
    const { done, value } = await this.#input.next();
    if (done) return false;
    this.#held = value;
    return value.length > 0 || this.#more();
  }
}

/** What stands before a member and is about it. */
interface Extension {
  readonly path?: string;
  readonly linkpath?: string;
  readonly size?: string;
}

/** The members of an archive, in order. Content that is not read is passed over. */
export async function* tarEntries(
  input: AsyncIterable<Uint8Array>,
): AsyncGenerator<TarEntry, void> {
  const taker = new Taker(input);
  let more: Extension = {};
  for (;;) {
    const block = await taker.block();
    if (!block || block.every((byte) => byte === 0)) return;
    const header = decodeHeader(block);
    const extension = await extensionOf(taker, header);
    if (extension) {
      more = { ...more, ...extension };
      continue;
    }
    const size = more.size === undefined ? header.size : Number(more.size);
    const holds = header.type === 'file' || header.type === 'other' ? size : 0;
    const content = taker.pieces(holds);
    yield {
      ...{ type: header.type, size: holds, content },
      name: more.path ?? header.name,
      linkName: more.linkpath ?? header.linkName,
    };
    for await (const _ of content);
    await taker.whole((blockBytes - (holds % blockBytes)) % blockBytes);
    more = {};
  }
}

async function extensionOf(
  taker: Taker,
  { code, size }: TarHeader & { readonly code: string },
): Promise<Extension | undefined> {
  if (!'xgLK'.includes(code)) return undefined;
  if (size > extensionBytesMax) throw new Error('archive/tar: invalid tar header');
  const bytes = await taker.whole(size);
  await taker.whole((blockBytes - (size % blockBytes)) % blockBytes);
  if (code === 'g') return {};
  if (code === 'x') return decodeRecords(bytes);
  const text = bytes.toString('utf8').replace(/\0.*$/s, '');
  return code === 'L' ? { path: text } : { linkpath: text };
}

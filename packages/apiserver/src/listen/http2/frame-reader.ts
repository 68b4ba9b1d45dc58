import {
  ConnectionError,
  defaultFrameMax,
  errorCode,
  frameHeadBytes,
  preface,
  windowMax,
} from './frames.ts';

export type SeeFrame = (type: number, flags: number, id: number, payload: Buffer) => void;

/** Cuts what comes into frames, which need not come whole. */
export class FrameReader {
  #prefaceLeft: Buffer;
  #rest: Buffer | undefined;

  /** `begins` is what comes before the first frame: from a client, the preface. */
  constructor(begins: Buffer = preface) {
    this.#prefaceLeft = begins;
  }

  /** Shows every frame that is whole by now. Throws a ConnectionError for what is no HTTP/2. */
  read(chunk: Buffer, see: SeeFrame): void {
    const bytes = this.#rest ? Buffer.concat([this.#rest, chunk]) : chunk;
    let at = this.#readPreface(bytes);
    while (bytes.length - at >= frameHeadBytes) {
      const length = bytes.readUIntBE(at, 3);
      if (length > defaultFrameMax)
        throw new ConnectionError(errorCode.frameSize, 'a frame is too long');
      const from = at + frameHeadBytes;
      const end = from + length;
      if (bytes.length < end) break;
      const id = bytes.readUInt32BE(at + 5) & windowMax;
      see(bytes[at + 3]!, bytes[at + 4]!, id, bytes.subarray(from, end));
      at = end;
    }
    this.#rest = at < bytes.length ? bytes.subarray(at) : undefined;
  }

  #readPreface(bytes: Buffer): number {
    const length = Math.min(this.#prefaceLeft.length, bytes.length);
    if (length === 0) return 0;
    if (bytes.compare(this.#prefaceLeft, 0, length, 0, length) !== 0)
      throw new ConnectionError(errorCode.protocol, 'the connection does not begin as HTTP/2');
    this.#prefaceLeft = this.#prefaceLeft.subarray(length);
    return length;
  }
}

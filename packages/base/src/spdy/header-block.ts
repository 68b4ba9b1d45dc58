import { SpdyProtocolError } from './frame.ts';

/** Names in lower case; several values of one name are joined with NUL. */
export type SpdyHeaders = Readonly<Record<string, string>>;

/** Compresses the header blocks that go out and expands those that come in: one zlib context each, for the whole session. */
export interface HeaderCompression {
  deflate(block: Uint8Array): Promise<Uint8Array>;
  /** Rejects when a block grows beyond a bound of the implementation's. */
  inflate(block: Uint8Array): Promise<Uint8Array>;
  close(): void;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The name/value block of `headers`, before compression. */
export function encodeHeaders(headers: SpdyHeaders): Uint8Array {
  const texts = Object.entries(headers).map(([name, value]) => [
    encoder.encode(name.toLowerCase()),
    encoder.encode(value),
  ]);
  const size = texts.flat().reduce((sum, text) => sum + 4 + text.length, 4);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, texts.length);
  let at = 4;
  for (const text of texts.flat()) {
    view.setUint32(at, text.length);
    bytes.set(text, at + 4);
    at += 4 + text.length;
  }
  return bytes;
}

/** The headers of an expanded block. Throws SpdyProtocolError for one that is cut off or names a header twice. */
export function decodeHeaders(bytes: Uint8Array): SpdyHeaders {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const number = (): number => {
    if (at + 4 > bytes.length) throw new SpdyProtocolError('a header block is cut off');
    at += 4;
    return view.getUint32(at - 4);
  };
  const text = (): string => {
    const length = number();
    if (at + length > bytes.length) throw new SpdyProtocolError('a header block is cut off');
    at += length;
    return decoder.decode(bytes.subarray(at - length, at));
  };
  const headers: Record<string, string> = Object.create(null) as Record<string, string>;
  for (let left = number(); left > 0; left--) {
    const name = text();
    if (name in headers) throw new SpdyProtocolError(`header ${name} comes twice`);
    headers[name] = text();
  }
  return headers;
}

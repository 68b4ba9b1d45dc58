export { headerDictionary } from './dictionary.ts';
export { encodeFrame } from './encode-frame.ts';
export { FrameReader } from './frame-reader.ts';
export { type Frame, resetStatus, type Setting, SpdyProtocolError } from './frame.ts';
export {
  decodeHeaders,
  encodeHeaders,
  type HeaderCompression,
  type SpdyHeaders,
} from './header-block.ts';
export { SpdySession, type SpdyOptions, streamBufferBytesMax } from './session.ts';
export { SpdyStream, SpdyStreamClosed } from './stream.ts';

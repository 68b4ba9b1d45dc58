export { decodeMessage } from './decode.ts';
export { encodeMessage } from './encode.ts';
export * from './envelope.ts';
export { Writer as MessageWriter } from './writer.ts';

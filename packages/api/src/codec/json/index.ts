export { encodeJson } from './encode.ts';
export { decode, DecodeError, decodeJson, decodeStrict, decodeUntyped, parseJson } from './read.ts';
export type { Decoded } from './read.ts';
export { emptyList, emptyMap, isNil, nilList, nilMap } from './zero.ts';
export { type Parts, type PartsReader, partsReader, valueEnd } from './parts.ts';
export { jsonEnd, JsonMistake } from './syntax.ts';

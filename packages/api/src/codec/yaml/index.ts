import type { StructNode } from '../../schema/index.ts';
import { decode, decodeStrict } from '../json/index.ts';
import type { Decoded } from '../json/index.ts';
import { parseYaml } from './decode.ts';

export { parseYaml, parseYamlDocuments, yamlMistake, yamlTexts } from './decode.ts';
export type { YamlDocument } from './decode.ts';
export { encodeYaml } from './encode.ts';
export { resolvePlain } from './plain.ts';

/** Reads a YAML text as `decodeJson` reads JSON. Throws DecodeError. */
export function decodeYaml(type: StructNode, text: string, strict = false): Decoded {
  const document = parseYaml(text);
  if (!strict) return { object: decode(type, document.value), strict: [] };
  const decoded = decodeStrict(type, document.value);
  return { object: decoded.object, strict: [...document.strict, ...decoded.strict] };
}

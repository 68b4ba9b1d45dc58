import {
  type ApiError,
  badRequest,
  decode,
  decodeJson,
  decodeProtobuf,
  decodeStrict,
  decodeUntyped,
  DecodeError,
  decodeYaml,
  invalid,
  type KubeObject,
  parseYaml,
  type StructNode,
  typeOf,
} from '@coxswain/api';
import type { Request } from '../chain/station.ts';
import type { Answer } from '../metrics/writes.ts';
import { bodyBytesMax, type Call } from './engine.ts';
import { bodyFormat, type Format } from './negotiate.ts';
import type { WriteOptions } from './options.ts';
import { unreadable } from './unreadable.ts';
import type { Untouched } from './untouched.ts';

/** As Go reads JSON: what is no UTF-8 becomes U+FFFD, and a byte order mark is no space. */
const text = new TextDecoder('utf-8', { ignoreBOM: true });

/** What a body may be. */
export interface Expected {
  readonly apiVersion: string;
  readonly kind: string;
}

/** A body's bytes, within the limit; undefined for a direct call. */
export async function readBody(request: Request): Promise<Uint8Array | undefined> {
  return request.body.from === 'wire' ? request.body.read(bodyBytesMax) : undefined;
}

/**
 * The object of the body: of the expected kind, canonical, in a tree of its own. What strictness finds is a
 * warning or a 400, as fieldValidation says.
 */
export function decodeBody(
  call: Call,
  expected: Expected,
  options: Pick<WriteOptions, 'fieldValidation'>,
  kept?: Untouched,
): Answer<KubeObject> {
  const { body } = call.request;
  const type = typeOf(expected.apiVersion, expected.kind);
  if (body.from === 'wire') return decodeSent(call, expected, options, type, body);
  const given = withType(body.object as KubeObject, expected);
  checkKind(given, expected);
  if (!type) return coerced(call, structuredClone(given)).object;
  return decode(type, given, kept) as KubeObject;
}

async function decodeSent(
  call: Call,
  expected: Expected,
  options: Pick<WriteOptions, 'fieldValidation'>,
  type: StructNode | undefined,
  body: Extract<Request['body'], { from: 'wire' }>,
): Promise<KubeObject> {
  const { request } = call;
  const formats: readonly Format[] = type ? ['json', 'yaml', 'protobuf'] : ['json', 'yaml'];
  const format = bodyFormat(request.headers['content-type'], formats);
  const bytes = await body.read(bodyBytesMax);
  const strict = options.fieldValidation !== 'Ignore';
  const decoded = decodeBytes(call, format, bytes, type, expected, strict);
  checkKind(decoded.object, expected);
  request.audited?.object(decoded.object);
  applyStrictness(call, decoded.strict, options, (why) =>
    badRequest(cannotHandle(expected, expected, why)),
  );
  return decoded.object;
}

interface DecodedObject {
  readonly object: KubeObject;
  readonly strict: readonly string[];
}

/** A value of a kind that no schema table knows, as the kind's own schema holds it. */
function coerced({ served }: Call, value: object): DecodedObject {
  const found = served.kind.custom?.coerce(value);
  if (!found) return { object: value as KubeObject, strict: [] };
  return {
    object: found.object,
    strict: found.unknown.map((path) => `unknown field ${JSON.stringify(path)}`),
  };
}

function decodeBytes(
  call: Call,
  format: Format,
  bytes: Uint8Array,
  type: StructNode | undefined,
  expected: Expected,
  strict: boolean,
): DecodedObject {
  try {
    return decodeFormat(call, format, bytes, type, expected, strict);
  } catch (error) {
    const why = unreadable(error);
    if (why === undefined) throw error;
    throw badRequest(undecodable(why, format, bytes, expected));
  }
}

function decodeFormat(
  call: Call,
  format: Format,
  bytes: Uint8Array,
  type: StructNode | undefined,
  expected: Expected,
  strict: boolean,
): DecodedObject {
  if (format === 'protobuf') return { object: decodeProtobuf(bytes) as KubeObject, strict: [] };
  const content = text.decode(bytes);
  if (!type) {
    const read = format === 'json' ? readUntyped(call, content, strict) : parseYaml(content);
    if (typeof read.value !== 'object' || read.value === null || Array.isArray(read.value))
      throw new DecodeError(unreadableType(read.value));
    const given = withType(read.value as KubeObject, expected);
    // Another kind is refused as what it is, before any schema is asked.
    checkKind(given, expected);
    const { object, strict: unknown } = coerced(call, given);
    return { object, strict: strict ? [...read.strict, ...unknown] : [] };
  }
  const decoded = (format === 'json' ? decodeJson : decodeYaml)(type, content, strict);
  return { object: withType(decoded.object as KubeObject, expected), strict: decoded.strict };
}

/** JSON of no known type; numbers that lose digits are told of. */
export function readUntyped(
  { request }: Pick<Call, 'request'>,
  content: string,
  strict: boolean,
): { readonly value: unknown; readonly strict: readonly string[] } {
  const { rounded, ...read } = decodeUntyped(content, strict);
  for (const number of rounded)
    request.warn(`${number} is kept as ${Number(number)}: numbers have 53 bits here`);
  return read;
}

/** The same canonical form for a value that was made here, by a patch. */
export function decodeValue(
  call: Call,
  value: object,
  expected: Expected,
  options: Pick<WriteOptions, 'fieldValidation'>,
  refuse: (why: string) => ApiError = (why) => badRequest(cannotHandle(expected, expected, why)),
  kept?: Untouched,
  noticed: readonly string[] = [],
): KubeObject {
  const type = typeOf(expected.apiVersion, expected.kind);
  try {
    if (!type) {
      const { object, strict } = coerced(call, value);
      if (options.fieldValidation !== 'Ignore')
        applyStrictness(call, [...noticed, ...strict], options, refuse);
      return object;
    }
    if (options.fieldValidation === 'Ignore') return decode(type, value, kept) as KubeObject;
    const { object, strict } = decodeStrict(type, value, kept);
    applyStrictness(call, [...noticed, ...strict], options, refuse);
    return object as KubeObject;
  } catch (error) {
    const why = unreadable(error);
    if (why === undefined) throw error;
    throw refuse(why);
  }
}

/** What a YAML reader has to say comes in lines. */
export const warningsOf = (text: string): readonly string[] =>
  text
    .replace(/^yaml: unmarshal errors:\n/, '')
    .split('\n')
    .map((line) => line.trim());

function applyStrictness(
  { request }: Call,
  found: readonly string[],
  { fieldValidation }: Pick<WriteOptions, 'fieldValidation'>,
  refuse: (why: string) => ApiError,
): void {
  if (found.length === 0) return;
  if (fieldValidation === 'Strict') throw refuse(`strict decoding error: ${found.join(', ')}`);
  for (const text of found) for (const line of warningsOf(text)) request.warn(line);
}

/** An absent kind or version is the expected one. */
function withType(object: KubeObject, { apiVersion, kind }: Expected): KubeObject {
  if (object.kind && object.apiVersion) return object;
  const { kind: _k, apiVersion: _v, ...rest } = object;
  return { kind: object.kind || kind, apiVersion: object.apiVersion || apiVersion, ...rest };
}

/** What Go says of a body that is no object. */
const unreadableType = (value: unknown): string =>
  `json: cannot unmarshal ${Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`;

/** Upstream's name for the table of all its kinds, which clients see. */
const scheme = 'pkg/runtime/scheme.go:111';

function checkKind(object: KubeObject, expected: Expected): void {
  const { apiVersion, kind } = object as Expected;
  if (apiVersion === expected.apiVersion && kind === expected.kind) return;
  if (!typeOf(apiVersion, kind) && typeOf(expected.apiVersion, expected.kind))
    throw badRequest(
      cannotHandle(
        { apiVersion, kind },
        expected,
        `no kind "${kind}" is registered for version "${apiVersion}" in scheme "${scheme}"`,
      ),
    );
  if (object.apiVersion !== expected.apiVersion)
    throw badRequest(
      `the API version in the data (${object.apiVersion}) does not match the expected API version (${expected.apiVersion})`,
    );
  if (object.kind !== expected.kind && !typeOf(expected.apiVersion, expected.kind)) {
    const [group = ''] = expected.apiVersion.split('/');
    const { name } = object.metadata ?? {};
    throw invalid({ group, resource: '', kind: kind, name }, [
      { type: 'FieldValueInvalid', field: 'kind', value: kind, detail: `must be ${expected.kind}` },
    ]);
  }
  if (object.kind !== expected.kind)
    throw badRequest(
      cannotHandle(
        { apiVersion: object.apiVersion, kind: object.kind! },
        expected,
        `converting (${goType(object.apiVersion, object.kind!)}) to (${goType(expected.apiVersion, expected.kind)}): unknown conversion`,
      ),
    );
}

const goType = (apiVersion: string, kind: string): string =>
  `${apiVersion.split('/').at(-1)!}.${kind}`;

const cannotHandle = (given: Expected, expected: Expected, why: string): string =>
  `${given.kind} in version "${given.apiVersion.split('/').at(-1)!}" cannot be handled as a ${expected.kind}: ${why}`;

const protobufMarkBytes = 4;

function undecodable(why: string, format: Format, bytes: Uint8Array, expected: Expected): string {
  const given = format === 'protobuf' ? undefined : typeMetaOf(bytes, format, expected);
  const noObject =
    given === undefined && format !== 'protobuf' ? notTyped(bytes, format) : undefined;
  if (given) return cannotHandle(given, expected, why);
  if (format === 'protobuf' && bytes.length <= protobufMarkBytes)
    why = bytes.length === 0 ? 'empty data' : 'empty body';
  const json = `couldn't get version/kind; json parse error: ${noObject ?? why}`;
  return `the object provided is unrecognized (must be of type ${expected.kind}): ${format === 'json' || noObject ? json : why} (${summary(bytes)})`;
}

/** What a body says that it is; it is what was expected where it says nothing. */
function typeMetaOf(bytes: Uint8Array, format: Format, expected: Expected): Expected | undefined {
  try {
    const content = text.decode(bytes);
    const value = (format === 'yaml' ? parseYaml(content).value : JSON.parse(content)) as unknown;
    if (typeof value !== 'object' || Array.isArray(value)) return undefined;
    const { apiVersion, kind } = (value ?? {}) as Partial<Expected>;
    return { apiVersion: apiVersion || expected.apiVersion, kind: kind || expected.kind };
  } catch {
    return undefined; // not even JSON: described by its first bytes instead
  }
}

/** What Go says of a body that has no fields in which it could say what it is. */
export function notTyped(bytes: Uint8Array, format: Format = 'json'): string | undefined {
  try {
    const content = text.decode(bytes);
    const value = format === 'yaml' ? parseYaml(content).value : (JSON.parse(content) as unknown);
    if (typeof value === 'object' && !Array.isArray(value)) return undefined;
    const what = Array.isArray(value)
      ? 'array'
      : typeof value === 'boolean'
        ? 'bool'
        : typeof value;
    const tags = (name: string): string => `string "json:\\"${name},omitempty\\""`;
    return `json: cannot unmarshal ${what} into Go value of type struct { APIVersion ${tags('apiVersion')}; Kind ${tags('kind')} }`;
  } catch {
    return undefined;
  }
}

/** The first bytes in hexadecimal, as upstream shows what it cannot read. */
function summary(bytes: Uint8Array): string {
  if (bytes.length === 0) return '<empty>';
  if (bytes[0] === 123) {
    const shown = new TextDecoder().decode(bytes.subarray(0, 30));
    return bytes.length > 30 ? `${shown} ...` : shown;
  }
  return `${bytes.subarray(0, 30).toHex()}${bytes.length > 30 ? ' ...' : ''}`;
}

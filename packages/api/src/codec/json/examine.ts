import { embeddedIn } from './embedded.ts';
import { canonicalQuantity, QuantityError } from '../../quantity/index.ts';
import type { EitherNode, ScalarNode, SchemaNode, StructNode } from '../../schema/node.ts';
import { canonicalTime, TimeError } from '../../time/index.ts';
import { Pairs } from './pairs.ts';

/** What upstream's decoder has to say of a value: why it cannot be read, and what strictness objects to. */
export interface Findings {
  readonly failure: string | undefined;
  readonly strict: readonly string[];
}

const strictMax = 100;

/** Stops the reading, as an error of a type's own unmarshaller does. */
class Fatal extends Error {}

/** Where the walk is: Go's names for error texts, and the path of strict errors. */
interface Place {
  readonly struct: string;
  readonly fields: readonly string[];
  readonly path: string;
  readonly notes: Notes;
}

/** What one walk has found so far. */
interface Notes {
  failure: string | undefined;
  readonly strict: Set<string>;
}

/** Walks a value (Pairs for objects read with duplicates) in document order with upstream's rules. */
export function examine(node: StructNode, value: unknown): Findings {
  const notes: Notes = { failure: undefined, strict: new Set() };
  try {
    visit(node, value, { struct: '', fields: [], path: '', notes });
  } catch (error) {
    if (!(error instanceof Fatal)) throw error;
    notes.failure = error.message;
  }
  return { failure: notes.failure, strict: [...notes.strict] };
}

function note({ notes }: Place, error: string): void {
  if (notes.strict.size < strictMax) notes.strict.add(error);
}

function mismatch(what: string, goType: string, { struct, fields }: Place): string {
  const target = fields.length ? `struct field ${struct}.${fields.join('.')}` : 'value';
  return `json: cannot unmarshal ${what} into Go ${target} of type ${goType}`;
}

/** Only the first mismatch is told; the walk goes on, since a later fatal error outranks it. */
function save(value: unknown, goType: string, place: Place): void {
  place.notes.failure ??= mismatch(kindOf(value), goType, place);
}

function visit(node: SchemaNode, value: unknown, place: Place): void {
  if (value === null || value === undefined) return;
  switch (node.kind) {
    case 'any':
      return;
    case 'either':
      return visitEither(node, value);
    case 'scalar':
      return visitScalar(node, value, place);
    case 'list':
      if (!Array.isArray(value)) return save(value, node.goType, place);
      return value.forEach((item, index) =>
        visit(node.item, item, { ...place, path: `${place.path}[${index}]` }),
      );
    case 'map':
      if (!isObject(value)) return save(value, node.goType, place);
      return visitMap(node.value, value, place);
    case 'struct':
      if (!isObject(value)) return save(value, node.goType, place);
      return visitStruct(node, value, place);
  }
}

const below = ({ path }: Place, key: string): string => (path ? `${path}.${key}` : key);

function visitStruct(node: StructNode, value: unknown, place: Place): void {
  const seen = new Set<string>();
  for (const [key, given] of entriesOf(value)) {
    const path = below(place, key);
    const field = node.byName.get(key);
    if (!field) {
      note(place, `unknown field ${JSON.stringify(path)}`);
      continue;
    }
    if (seen.has(key)) note(place, `duplicate field ${JSON.stringify(path)}`);
    seen.add(key);
    const fields = [...place.fields, ...embeddedIn(node.name, key), key];
    visit(field.node, given, { ...place, struct: node.name, fields, path });
  }
}

function visitMap(item: SchemaNode, value: unknown, place: Place): void {
  const seen = new Set<string>();
  for (const [key, given] of entriesOf(value)) {
    const path = below(place, key);
    if (seen.has(key)) note(place, `duplicate field ${JSON.stringify(path)}`);
    seen.add(key);
    visit(item, given, { ...place, path });
  }
}

function visitScalar(node: ScalarNode, value: unknown, place: Place): void {
  const own = ownReadings[node.form];
  const wrong = (own ?? plainReading)(node, value);
  if (!wrong) return;
  const text = wrong.text ?? mismatch(wrong.what, wrong.goType ?? node.goType, place);
  if (own) throw new Fatal(text);
  place.notes.failure ??= text;
}

/** These types read themselves, without strictness and without the place. */
function visitEither({ object, other }: EitherNode, value: unknown): void {
  if (isObject(value)) return readItself(object, value);
  if (other.kind === 'list' && Array.isArray(value))
    return value.forEach((item) => readItself(other.item, item));
  if (other.kind === 'scalar' && typeof value !== 'boolean')
    throw new Fatal('boolean or JSON schema expected');
}

function readItself(node: SchemaNode, value: unknown): void {
  const notes: Notes = { failure: undefined, strict: new Set() };
  visit(node, value, { struct: '', fields: [], path: '', notes });
  if (notes.failure) throw new Fatal(notes.failure);
}

const isObject = (value: unknown): boolean => typeof value === 'object' && !Array.isArray(value);

const entriesOf = (value: unknown): readonly (readonly [string, unknown])[] =>
  value instanceof Pairs
    ? value.entries
    : Object.entries(value as object).filter(([, given]) => given !== undefined);

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

/** Why a scalar cannot be read: what was found, or the type's own error text. */
interface Wrong {
  readonly what: string;
  readonly goType?: string;
  readonly text?: string;
}

type Reading = (node: ScalarNode, value: unknown) => Wrong | undefined;

const plainReading: Reading = ({ form }, value) => {
  const what = kindOf(value);
  switch (form) {
    case 'string':
      return what === 'string' ? undefined : { what };
    case 'boolean':
      return what === 'bool' ? undefined : { what };
    case 'bytes':
      return what === 'string' ? base64Error(value as string) : { what };
    case 'float64':
      return what === 'number' ? undefined : { what };
    default:
      return what === 'number' ? wholeError(value as number, form === 'int32' ? 31 : 63) : { what };
  }
};

function wholeError(value: number, bits: number): Wrong | undefined {
  const fits = Number.isInteger(value) && value < 2 ** bits && value >= -(2 ** bits);
  return fits ? undefined : { what: `number ${value}` };
}

/** Go names the offset of the first character that cannot stand there; a group of four that ends early, by its start. */
function base64Error(value: string): Wrong | undefined {
  const packed = value.replaceAll(/[\r\n]/g, '');
  const good = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?/.exec(packed)![0];
  if (good.length === packed.length) return undefined;
  const rest = packed.slice(good.length);
  const bad = rest.search(/[^A-Za-z0-9+/]/);
  const isCutShort = bad === 2 && rest === `${rest.slice(0, 2)}=`; // where the second `=` is missed
  const offset = isCutShort ? packed.length : good.length + Math.max(bad, 0);
  return { what: 'string', text: `illegal base64 data at input byte ${offset}` };
}

const timeReading: Reading = ({ form }, value) => {
  if (typeof value !== 'string') return { what: kindOf(value), goType: 'string' };
  return ownError(() => canonicalTime(value, form === 'time' ? 'time' : 'microTime'));
};

const ownReadings: Readonly<Partial<Record<ScalarNode['form'], Reading>>> = {
  time: timeReading,
  microTime: timeReading,
  quantity: (_, value) =>
    ownError(() => canonicalQuantity(typeof value === 'object' ? '{' : String(value).trim())),
  intOrString: (_, value) => {
    if (typeof value === 'string') return undefined;
    const wrong = plainReading({ kind: 'scalar', form: 'int32', goType: 'int32' }, value);
    return wrong && { ...wrong, goType: 'int32' };
  },
};

function ownError(read: () => unknown): Wrong | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (error instanceof TimeError || error instanceof QuantityError)
      return { what: 'string', text: error.message };
    throw error;
  }
}

import { DecodeError } from '../json/index.ts';
import { goQuoted } from '../../status/go-quote.ts';
import type { YamlNode } from './parse.ts';
import { resolvePlain, resolveScalar } from './plain.ts';

const mayAliasMin = 100;
const countMin = 1000;

/** Decode steps up to which, and from which on, aliases may stand for how much of a document. */
const shares = { from: 400_000, to: 4_000_000, most: 0.99, least: 0.1 };

const allowedShare = (count: number): number => {
  const { from, to, most, least } = shares;
  if (count <= from) return most;
  return count >= to ? least : most - (most - least) * ((count - from) / (to - from));
};

const longPrefix = 'tag:yaml.org,2002:';
const short = (tag: string): string => tag.replace(longPrefix, '!!');

/** Something that a document says and that JSON cannot hold, in go-yaml's words. */
export const refused = (words: string): DecodeError =>
  new DecodeError(`error converting YAML to JSON: ${words}`);

const bad = (words: string): DecodeError => refused(`yaml: ${words}`);

type Value = string | number | boolean | null | readonly Value[] | Mapping;
/** A mapping by its keys as they were read, which may be numbers and the like. */
type Mapping = Map<Value, Value>;

/** The value of a document as JSON would hold it, and the keys that stand twice. Throws DecodeError. */
export function resolved(root: YamlNode): {
  readonly value: unknown;
  readonly strict: readonly string[];
} {
  const resolver = new Resolver();
  const value = plainValue(resolver.value(root));
  return { value, strict: resolver.twice };
}

class Resolver {
  readonly twice: string[] = [];
  readonly #open = new Set<YamlNode>();
  #count = 0;
  #aliased = 0;
  #depth = 0;

  value(node: YamlNode): Value {
    this.#counted();
    switch (node.kind) {
      case 'alias':
        return this.#within(node, () => this.value(node.target));
      case 'list':
        return node.items.map((item) => this.value(item));
      case 'map':
        return this.#fill(node, new Map());
      case 'scalar':
        return scalarValue(node);
    }
  }

  #counted(): void {
    this.#count++;
    if (this.#depth > 0) this.#aliased++;
    if (
      this.#aliased > mayAliasMin &&
      this.#count > countMin &&
      this.#aliased / this.#count > allowedShare(this.#count)
    )
      throw bad('document contains excessive aliasing');
  }

  #within<T>(node: Extract<YamlNode, { kind: 'alias' }>, act: () => T): T {
    if (this.#open.has(node)) throw bad(`anchor '${node.name}' value contains itself`);
    this.#open.add(node);
    this.#depth++;
    const value = act();
    this.#depth--;
    this.#open.delete(node);
    return value;
  }

  #fill({ pairs }: Extract<YamlNode, { kind: 'map' }>, into: Mapping): Mapping {
    for (const [keyNode, valueNode] of pairs) {
      if (isMerge(keyNode)) {
        this.#merge(valueNode, into);
        continue;
      }
      const key = this.value(keyNode);
      if (typeof key === 'object' && key !== null) throw bad(`invalid map key: ${goSyntax(key)}`);
      const value = this.value(valueNode);
      if (into.has(key))
        this.twice.push(`  line ${valueNode.line + 1}: key ${goSyntax(key)} already set in map`);
      into.set(key, value);
    }
    return into;
  }

  /** Puts in what stands behind `<<`: earlier ones of a list go before later ones. */
  #merge(node: YamlNode, into: Mapping): void {
    const all = node.kind === 'list' ? node.items.toReversed() : [node];
    for (const one of all) {
      const target = one.kind === 'alias' ? one.target : one;
      if (target.kind !== 'map')
        throw bad('map merge requires map or sequence of maps as the value');
      this.#counted();
      if (one.kind === 'alias')
        this.#within(one, () => {
          this.#counted();
          this.#fill(target, into);
        });
      else this.#fill(target, into);
    }
  }
}

const isMerge = (node: YamlNode): boolean =>
  node.kind === 'scalar' &&
  node.value === '<<' &&
  (node.isPlain || node.tag === `${longPrefix}merge`);

const resolvable: ReadonlySet<string> = new Set(
  ['str', 'bool', 'int', 'float', 'null', 'timestamp'].map((name) => `!!${name}`),
);

function scalarValue({
  tag: long,
  value: text,
  isPlain,
}: Extract<YamlNode, { kind: 'scalar' }>): Value {
  if (long === '') return isPlain ? resolvePlain(text) : text;
  const tag = short(long);
  if (tag === '!!binary') {
    const compact = text.replaceAll(/[\r\n]/g, '');
    if (!/^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/.test(compact))
      throw bad('!!binary value contains invalid base64 data');
    return new TextDecoder().decode(Uint8Array.fromBase64(compact));
  }
  if (tag === '!!str' || !resolvable.has(tag)) return text;
  const { value, kind } = resolveScalar(text);
  if (`!!${kind}` === tag || (tag === '!!float' && kind === 'int')) return value;
  const found = kind === 'timestamp' || kind === 'merge' ? 'str' : kind;
  throw bad(`cannot decode !!${found} \`${text}\` as a ${tag}`);
}

/** A value as Go's `%#v` shows what go-yaml read. */
function goSyntax(value: Value): string {
  if (value === null) return 'interface {}(nil)';
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  if (value instanceof Map) {
    const fields = [...value].map(([key, item]) => `${goSyntax(key)}:${goSyntax(item)}`);
    return `map[interface {}]interface {}{${fields.toSorted().join(', ')}}`;
  }
  return typeof value === 'string' ? goQuoted(value) : String(value as number | boolean);
}

/** As JSON holds it: keys are texts. */
function plainValue(value: Value): unknown {
  if (typeof value === 'number' && !Number.isFinite(value))
    throw refused(
      `json: unsupported value: ${Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'}`,
    );
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(plainValue);
  const object: Record<string, unknown> = {};
  for (const [key, item] of value as Mapping) {
    const name = keyText(key, item);
    const plain = plainValue(item);
    if (name === '__proto__')
      Object.defineProperty(object, name, {
        ...{ value: plain, enumerable: true, configurable: true, writable: true },
      });
    else object[name] = plain;
  }
  return object;
}

function keyText(key: Value, item: Value): string {
  if (key === null)
    throw refused(
      `unsupported map key of type: %!s(<nil>), key: <nil>, value: ${item === null ? '<nil>' : goSyntax(item)}`,
    );
  if (typeof key === 'number' && !Number.isInteger(key)) return floatText(key);
  return String(key as string | number | boolean);
}

/** A key that is a number with a fraction, as Go writes a float of 32 bits. */
function floatText(key: number): string {
  if (Number.isNaN(key)) return '.nan';
  if (!Number.isFinite(key)) return key > 0 ? '.inf' : '-.inf';
  const narrow = Math.fround(key);
  for (let digits = 1; digits < 10; digits++)
    if (Math.fround(Number(narrow.toPrecision(digits))) === narrow)
      return String(Number(narrow.toPrecision(digits)));
  return String(narrow);
}

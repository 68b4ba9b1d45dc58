import { YamlMistake } from './cursor.ts';
import { Scanner, type Token } from './scan.ts';

/** A value of a document as it was written; `line` counts from 0, `tag` is empty where none was given. */
export type YamlNode =
  | {
      readonly kind: 'scalar';
      readonly line: number;
      readonly tag: string;
      readonly value: string;
      /** Its form says what it is: it has no quotes, and no tag. */
      readonly isPlain: boolean;
    }
  | { readonly kind: 'list'; readonly line: number; readonly items: YamlNode[] }
  | { readonly kind: 'map'; readonly line: number; readonly pairs: [YamlNode, YamlNode][] }
  | {
      readonly kind: 'alias';
      readonly line: number;
      readonly name: string;
      readonly target: YamlNode;
    };

const usualPrefixes: readonly (readonly [handle: string, prefix: string])[] = [
  ['!', '!'],
  ['!!', 'tag:yaml.org,2002:'],
];

type Kind = Token['kind'];
type TagToken = Extract<Token, { kind: 'tag' }>;
type ListNode = Extract<YamlNode, { kind: 'list' }>;
type MapNode = Extract<YamlNode, { kind: 'map' }>;

const kinds = (...names: readonly Kind[]): ReadonlySet<Kind> => new Set(names);
/** Behind these, what an indicator announced is not there. */
const startsNoContent = kinds('directive', 'document-start', 'document-end', 'stream-end');
const endsEntry = kinds('block-entry', 'block-end');
const endsLooseEntry = kinds('block-entry', 'key', 'value', 'block-end');
const endsBlockPart = kinds('key', 'value', 'block-end');
const endsPair = kinds('flow-entry', 'flow-list-end');
const endsFlowPart = kinds('flow-entry', 'flow-map-end');
const endsFlowKey = kinds('value', 'flow-entry', 'flow-map-end');

const empty = (line: number): YamlNode => ({
  ...{ kind: 'scalar', line, tag: '', value: '', isPlain: true },
});

/** The first document of a text; undefined where there is none. Throws YamlMistake. */
export const parseDocument = (text: string): YamlNode | undefined => new Parser(text).document();

/** Where a node may stand: in a flow collection, in a block one, or behind a key, where the entries of a list need no indent. */
type Place = 'flow' | 'block' | 'behind key';

/** libyaml's grammar, one function a rule. */
class Parser {
  readonly #tokens: Scanner;
  readonly #anchors = new Map<string, YamlNode>();
  readonly #prefixes = new Map<string, string>();

  constructor(text: string) {
    this.#tokens = new Scanner(text);
  }

  document(): YamlNode | undefined {
    const { kind } = this.#tokens.peek();
    if (kind === 'stream-end') return undefined;
    let root: YamlNode;
    if (kind === 'directive' || kind === 'document-start') {
      this.#directives();
      const start = this.#tokens.peek();
      if (start.kind !== 'document-start')
        throw bad('did not find expected <document start>', start);
      this.#tokens.take();
      const first = this.#tokens.peek();
      root = startsNoContent.has(first.kind) ? empty(first.line) : this.#node('block');
    } else {
      this.#directives();
      root = this.#node('block');
    }
    this.#tokens.peek(); // what cannot be read behind it is a mistake of this document
    return root;
  }

  #directives(): void {
    let hasVersion = false;
    for (let token = this.#tokens.peek(); token.kind === 'directive'; token = this.#tokens.peek()) {
      const { directive } = token;
      if (directive.kind === 'version') {
        if (hasVersion) throw bad('found duplicate %YAML directive', token);
        if (directive.version !== '1.1') throw bad('found incompatible YAML document', token);
        hasVersion = true;
      } else {
        if (this.#prefixes.has(directive.handle))
          throw bad('found duplicate %TAG directive', token);
        this.#prefixes.set(directive.handle, directive.prefix);
      }
      this.#tokens.take();
    }
    for (const [handle, prefix] of usualPrefixes)
      if (!this.#prefixes.has(handle)) this.#prefixes.set(handle, prefix);
  }

  #node(place: Place): YamlNode {
    const tokens = this.#tokens;
    let token = tokens.peek();
    const { line } = token;
    if (token.kind === 'alias') {
      tokens.take();
      const target = this.#anchors.get(token.name);
      if (!target) throw new YamlMistake('parser', `unknown anchor '${token.name}' referenced`, 0);
      return { kind: 'alias', line, name: token.name, target };
    }
    let anchor = '';
    let tagged: TagToken | undefined;
    for (; token.kind === 'anchor' || token.kind === 'tag'; token = tokens.peek()) {
      if (token.kind === 'tag') {
        if (tagged) break;
        tagged = token;
      } else if (anchor) break;
      else anchor = token.name;
      tokens.take();
    }
    const whole = tagged ? this.#wholeTag(tagged, line) : '';
    const set = <T extends YamlNode>(node: T): T => {
      if (anchor) this.#anchors.set(anchor, node);
      return node;
    };
    if (token.kind === 'scalar') {
      tokens.take();
      const isPlain = whole === '!' || (whole === '' && token.isPlain);
      return set({ kind: 'scalar', line, tag: whole, value: token.value, isPlain });
    }
    const inBlock = place !== 'flow';
    if (token.kind === 'flow-list' || (inBlock && token.kind === 'block-list'))
      return this.#list(set({ kind: 'list', line, items: [] }), token);
    if (token.kind === 'flow-map' || (inBlock && token.kind === 'block-map'))
      return this.#map(set({ kind: 'map', line, pairs: [] }), token);
    if (token.kind === 'block-entry' && place === 'behind key')
      return this.#looseList(set({ kind: 'list', line, items: [] }));
    if (!anchor && !tagged)
      throw new YamlMistake('parser', 'did not find expected node content', token.line, line);
    return set({ kind: 'scalar', line, tag: whole, value: '', isPlain: whole === '' });
  }

  #wholeTag({ tag: { handle, suffix }, line }: TagToken, startLine: number): string {
    if (handle === '') return suffix;
    const prefix = this.#prefixes.get(handle);
    if (!prefix) throw new YamlMistake('parser', 'found undefined tag handle', line, startLine);
    return prefix + suffix;
  }

  #list(list: ListNode, start: Token): ListNode {
    this.#tokens.take();
    return start.kind === 'flow-list' ? this.#flowList(list, start) : this.#blockList(list, start);
  }

  #map(map: MapNode, start: Token): MapNode {
    this.#tokens.take();
    return start.kind === 'flow-map' ? this.#flowMap(map, start) : this.#blockMap(map, start);
  }

  /** What stands behind an indicator, empty where one of `ends` follows it. */
  #behind(indicator: Token, ends: ReadonlySet<Kind>, place: Place): YamlNode {
    this.#tokens.take();
    return ends.has(this.#tokens.peek().kind) ? empty(indicator.line) : this.#node(place);
  }

  #blockList(list: ListNode, start: Token): ListNode {
    for (;;) {
      const token = this.#tokens.peek();
      if (token.kind === 'block-entry') list.items.push(this.#behind(token, endsEntry, 'block'));
      else if (token.kind === 'block-end') break;
      else throw bad("did not find expected '-' indicator", token, start);
    }
    this.#tokens.take();
    return list;
  }

  /** A list behind a key whose entries are no deeper than the key. */
  #looseList(list: ListNode): ListNode {
    for (let token = this.#tokens.peek(); token.kind === 'block-entry'; token = this.#tokens.peek())
      list.items.push(this.#behind(token, endsLooseEntry, 'block'));
    return list;
  }

  #blockMap(map: MapNode, start: Token): MapNode {
    for (;;) {
      const token = this.#tokens.peek();
      if (token.kind === 'block-end') break;
      if (token.kind !== 'key') throw bad('did not find expected key', token, start);
      const key = this.#behind(token, endsBlockPart, 'behind key');
      const colon = this.#tokens.peek();
      const value =
        colon.kind === 'value'
          ? this.#behind(colon, endsBlockPart, 'behind key')
          : empty(colon.line);
      map.pairs.push([key, value]);
    }
    this.#tokens.take();
    return map;
  }

  /** Whether another entry of a flow collection follows; takes the comma before it, or its end. */
  #hasEntry(isFirst: boolean, end: Kind, mark: string, start: Token): boolean {
    let token = this.#tokens.peek();
    if (!isFirst && token.kind !== end) {
      if (token.kind !== 'flow-entry')
        throw bad(`did not find expected ',' or '${mark}'`, token, start);
      this.#tokens.take();
      token = this.#tokens.peek();
    }
    if (token.kind !== end) return true;
    this.#tokens.take();
    return false;
  }

  #flowList(list: ListNode, start: Token): ListNode {
    while (this.#hasEntry(list.items.length === 0, 'flow-list-end', ']', start)) {
      const token = this.#tokens.peek();
      if (token.kind === 'key') {
        this.#tokens.take();
        list.items.push({ kind: 'map', line: token.line, pairs: [this.#flowPair()] });
      } else list.items.push(this.#node('flow'));
    }
    return list;
  }

  /** `key: value` alone within a list; a mark in place of the key is stepped over, as libyaml does. */
  #flowPair(): [YamlNode, YamlNode] {
    const first = this.#tokens.peek();
    let key: YamlNode;
    if (endsPair.has(first.kind) || first.kind === 'value') {
      this.#tokens.take();
      key = empty(first.line);
    } else key = this.#node('flow');
    const colon = this.#tokens.peek();
    return [
      key,
      colon.kind === 'value' ? this.#behind(colon, endsPair, 'flow') : empty(colon.line),
    ];
  }

  #flowMap(map: MapNode, start: Token): MapNode {
    while (this.#hasEntry(map.pairs.length === 0, 'flow-map-end', '}', start)) {
      const token = this.#tokens.peek();
      if (token.kind !== 'key') {
        const key = this.#node('flow');
        map.pairs.push([key, empty(this.#tokens.peek().line)]);
        continue;
      }
      const key = this.#behind(token, endsFlowKey, 'flow');
      const colon = this.#tokens.peek();
      const value =
        colon.kind === 'value' ? this.#behind(colon, endsFlowPart, 'flow') : empty(colon.line);
      map.pairs.push([key, value]);
    }
    return map;
  }
}

const bad = (words: string, { line }: Token, within?: Token): YamlMistake =>
  new YamlMistake('parser', words, line, within?.line);

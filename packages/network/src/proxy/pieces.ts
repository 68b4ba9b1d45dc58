/**
 * What one Service or pod adds to a node's forwarding state, as named pieces, each with the text that makes it. Two
 * states differ by the pieces whose text differs, so an update costs what changed and not what there is.
 */
export interface Pieces {
  /** Chain name -> its rules. */
  readonly chains: ReadonlyMap<string, readonly string[]>;
  /** Map or set name -> element key -> the element with its value. */
  readonly elements: ReadonlyMap<ElementSet, ReadonlyMap<string, string>>;
  /** Affinity memories: name -> seconds they remember a client. */
  readonly memories: ReadonlyMap<string, number>;
}

/** The maps and sets whose elements change. */
export type ElementSet =
  | 'services'
  | 'node-ports'
  | 'host-ports'
  | 'any-host-ports'
  | 'unserved'
  | 'unserved-node-ports'
  | 'cluster-addresses'
  | 'hairpins';

/** Pieces in the making. */
export interface Draft extends Pieces {
  readonly chains: Map<string, readonly string[]>;
  readonly elements: Map<ElementSet, Map<string, string>>;
  readonly memories: Map<string, number>;
}

export const draft = (): Draft => ({ chains: new Map(), elements: new Map(), memories: new Map() });

export function addElement(to: Draft, set: ElementSet, key: string, value?: string): void {
  const elements = to.elements.get(set) ?? new Map<string, string>();
  to.elements.set(set, elements);
  elements.set(key, value === undefined ? key : `${key} : ${value}`);
}

/** Eleven characters that stand for `text` in names of chains: two hashes of 32 bits, 52 of them in base 36. */
export function nameHash(text: string): string {
  let high = 0x811c9dc5;
  let low = 0x01000193;
  for (let at = 0; at < text.length; at++) {
    high = Math.imul(high ^ text.charCodeAt(at), 0x01000193) >>> 0;
    low = Math.imul(low + text.charCodeAt(at), 0x85ebca6b) >>> 0;
    low = (low ^ (low >>> 13)) >>> 0;
  }
  return (high * 2 ** 20 + (low >>> 12)).toString(36).padStart(11, '0');
}

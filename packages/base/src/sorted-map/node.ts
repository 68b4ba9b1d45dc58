/** Whoever may change a node in place. A snapshot takes fresh owners, so that both sides copy what they touch. */
export type Owner = symbol;

export interface Leaf<V> {
  readonly owner: Owner;
  readonly keys: string[];
  readonly values: V[];
}

/** `keys[i]` is not above any key of `children[i]`, and above every key of `children[i - 1]`. */
export interface Branch<V> {
  readonly owner: Owner;
  readonly keys: string[];
  readonly children: Node<V>[];
  size: number; // entries below
}

export type Node<V> = Leaf<V> | Branch<V>;

/** Most keys of a node; a full one is halved. */
const keysMax = 64;
/** A node with fewer keys is joined with a neighbour where both fit into one. */
const keysFew = 16;

export const emptyLeaf = <V>(owner: Owner): Leaf<V> => ({ owner, keys: [], values: [] });

export const isBranch = <V>(node: Node<V>): node is Branch<V> => 'children' in node;

export const sizeOf = <V>(node: Node<V>): number => (isBranch(node) ? node.size : node.keys.length);

/** Index of the first of `keys` that is not below `key`. */
export function lowerBound(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keys[middle]! < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of the child that holds `key`, if any does. */
export function childAt(keys: readonly string[], key: string): number {
  const at = lowerBound(keys, key);
  return keys[at] === key || at === 0 ? at : at - 1;
}

/** `node` itself where `owner` may change it, else a copy that it may. */
export function owned<V>(node: Node<V>, owner: Owner): Node<V> {
  if (node.owner === owner) return node;
  const keys = node.keys.slice();
  return isBranch(node)
    ? { owner, keys, children: node.children.slice(), size: node.size }
    : { owner, keys, values: node.values.slice() };
}

/** The root above `left` and `right`. */
export function joined<V>(left: Node<V>, right: Node<V>, owner: Owner): Branch<V> {
  const keys = [left.keys[0]!, right.keys[0]!];
  return { owner, keys, children: [left, right], size: sizeOf(left) + sizeOf(right) };
}

/** Takes the upper half out of `node` when it is overfull. */
export function split<V>(node: Node<V>, owner: Owner): Node<V> | undefined {
  if (node.keys.length <= keysMax) return undefined;
  const half = node.keys.length >>> 1;
  const keys = node.keys.splice(half);
  if (!isBranch(node)) return { owner, keys, values: node.values.splice(half) };
  const upper: Branch<V> = { owner, keys, children: node.children.splice(half), size: 0 };
  for (const child of upper.children) upper.size += sizeOf(child);
  node.size -= upper.size;
  return upper;
}

/** After a removal below `parent.children[at]`: drops it when empty, joins it with a neighbour when small. */
export function mend<V>(parent: Branch<V>, at: number, owner: Owner): void {
  const { keys, children } = parent;
  const length = children[at]!.keys.length;
  if (length >= keysFew) return;
  if (length === 0) {
    keys.splice(at, 1);
    children.splice(at, 1);
    return;
  }
  const left = at > 0 ? at - 1 : at;
  const right = children[left + 1];
  if (!right || children[left]!.keys.length + right.keys.length > keysMax) return;
  const into = owned(children[left]!, owner);
  into.keys.push(...right.keys);
  if (isBranch(into) && isBranch(right)) {
    into.children.push(...right.children);
    into.size += right.size;
  } else if (!isBranch(into) && !isBranch(right)) into.values.push(...right.values);
  children[left] = into;
  keys.splice(left + 1, 1);
  children.splice(left + 1, 1);
}

import {
  type Branch,
  childAt,
  emptyLeaf,
  isBranch,
  joined,
  lowerBound,
  mend,
  type Node,
  type Owner,
  owned,
  sizeOf,
  split,
} from './node.ts';

const newOwner = (): Owner => Symbol('owner');

/**
 * A map in the order of its keys' UTF-16 units, which is byte order for all text below U+D800: a B+tree
 * whose snapshots share every node until one side writes to it.
 */
export class SortedMap<V> {
  #owner = newOwner();
  #root: Node<V> = emptyLeaf(this.#owner);

  get size(): number {
    return sizeOf(this.#root);
  }

  get(key: string): V | undefined {
    let node = this.#root;
    while (isBranch(node)) node = node.children[childAt(node.keys, key)]!;
    const at = lowerBound(node.keys, key);
    return node.keys[at] === key ? node.values[at] : undefined;
  }

  has(key: string): boolean {
    let node = this.#root;
    while (isBranch(node)) node = node.children[childAt(node.keys, key)]!;
    return node.keys[lowerBound(node.keys, key)] === key;
  }

  /** Puts `value` at `key`; hands back what stood there. */
  set(key: string, value: V): V | undefined {
    const root = owned(this.#root, this.#owner);
    const replaced = this.#set(root, key, value);
    const upper = split(root, this.#owner);
    this.#root = upper ? joined(root, upper, this.#owner) : root;
    return replaced;
  }

  /** Takes `key` out; hands back what stood there. */
  delete(key: string): V | undefined {
    if (!this.has(key)) return undefined;
    let root = owned(this.#root, this.#owner);
    const removed = this.#delete(root, key);
    while (isBranch(root) && root.children.length === 1) root = root.children[0]!;
    this.#root = isBranch(root) && root.children.length === 0 ? emptyLeaf(this.#owner) : root;
    return removed;
  }

  /** Number of keys below `key`. */
  rank(key: string): number {
    let node = this.#root;
    let below = 0;
    while (isBranch(node)) {
      const at = childAt(node.keys, key);
      for (let i = 0; i < at; i++) below += sizeOf(node.children[i]!);
      node = node.children[at]!;
    }
    return below + lowerBound(node.keys, key);
  }

  /** Visits entries in order from the first key not below `from`, until `visit` answers false. */
  walk(from: string, visit: (key: string, value: V) => boolean): void {
    walk(this.#root, from, visit);
  }

  /** Entries in order from the first key not below `from`. The map must not change meanwhile: iterate a snapshot. */
  *entries(from = ''): Generator<readonly [key: string, value: V], void> {
    yield* entries(this.#root, from);
  }

  /** The map as it is now, in O(1): later writes to either are not seen by the other. */
  snapshot(): SortedMap<V> {
    const copy = new SortedMap<V>();
    copy.#root = this.#root;
    this.#owner = newOwner();
    return copy;
  }

  #set(node: Node<V>, key: string, value: V): V | undefined {
    if (isBranch(node)) return this.#setBelow(node, key, value);
    const at = lowerBound(node.keys, key);
    if (node.keys[at] === key) {
      const replaced = node.values[at];
      node.values[at] = value;
      return replaced;
    }
    node.keys.splice(at, 0, key);
    node.values.splice(at, 0, value);
    return undefined;
  }

  #setBelow(branch: Branch<V>, key: string, value: V): V | undefined {
    const at = childAt(branch.keys, key);
    const child = owned(branch.children[at]!, this.#owner);
    branch.children[at] = child;
    if (key < branch.keys[at]!) branch.keys[at] = key;
    const before = sizeOf(child);
    const replaced = this.#set(child, key, value);
    branch.size += sizeOf(child) - before;
    const upper = split(child, this.#owner);
    if (upper) {
      branch.keys.splice(at + 1, 0, upper.keys[0]!);
      branch.children.splice(at + 1, 0, upper);
    }
    return replaced;
  }

  #delete(node: Node<V>, key: string): V | undefined {
    if (!isBranch(node)) {
      const at = lowerBound(node.keys, key);
      node.keys.splice(at, 1);
      return node.values.splice(at, 1)[0];
    }
    const at = childAt(node.keys, key);
    const child = owned(node.children[at]!, this.#owner);
    node.children[at] = child;
    const removed = this.#delete(child, key);
    node.size--;
    mend(node, at, this.#owner);
    return removed;
  }
}

function walk<V>(node: Node<V>, from: string, visit: (key: string, value: V) => boolean): boolean {
  if (isBranch(node)) {
    const first = childAt(node.keys, from);
    for (let i = first; i < node.children.length; i++)
      if (!walk(node.children[i]!, i === first ? from : '', visit)) return false;
    return true;
  }
  for (let i = lowerBound(node.keys, from); i < node.keys.length; i++)
    if (!visit(node.keys[i]!, node.values[i]!)) return false;
  return true;
}

function* entries<V>(node: Node<V>, from: string): Generator<readonly [string, V], void> {
  if (isBranch(node)) {
    const first = childAt(node.keys, from);
    for (let i = first; i < node.children.length; i++)
      yield* entries(node.children[i]!, i === first ? from : '');
    return;
  }
  for (let i = lowerBound(node.keys, from); i < node.keys.length; i++)
    yield [node.keys[i]!, node.values[i]!];
}

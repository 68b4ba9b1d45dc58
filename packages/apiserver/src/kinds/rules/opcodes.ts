/** One step of turning list `a` into list `b`: the lines from `a1` to `a2` stay, or become those from `b1` to `b2`. */
export interface Opcode {
  readonly same: boolean;
  readonly a1: number;
  readonly a2: number;
  readonly b1: number;
  readonly b2: number;
}

interface Block {
  readonly a: number;
  readonly b: number;
  readonly size: number;
}

/** Lists from this length on leave their most frequent lines out of the search, as difflib does. */
const popularFrom = 200;

/** The steps as difflib finds them: around the longest common block, then to its left and to its right. */
export function opcodesOf(a: readonly string[], b: readonly string[]): readonly Opcode[] {
  const codes: Opcode[] = [];
  let i = 0;
  let j = 0;
  for (const block of [...blocksOf(a, b), { a: a.length, b: b.length, size: 0 }]) {
    if (i < block.a || j < block.b)
      codes.push({ same: false, a1: i, a2: block.a, b1: j, b2: block.b });
    i = block.a + block.size;
    j = block.b + block.size;
    if (block.size > 0) codes.push({ same: true, a1: block.a, a2: i, b1: block.b, b2: j });
  }
  return codes;
}

/** The common blocks in order; those that touch are one. */
function blocksOf(a: readonly string[], b: readonly string[]): readonly Block[] {
  const places = placesOf(b);
  const found: Block[] = [];
  const open: (readonly [number, number, number, number])[] = [[0, a.length, 0, b.length]];
  for (let next = open.pop(); next; next = open.pop()) {
    const [a1, a2, b1, b2] = next;
    const block = longest(a, b, places, next);
    if (block.size === 0) continue;
    found.push(block);
    const aEnd = block.a + block.size;
    const bEnd = block.b + block.size;
    if (a1 < block.a && b1 < block.b) open.push([a1, block.a, b1, block.b]);
    if (aEnd < a2 && bEnd < b2) open.push([aEnd, a2, bEnd, b2]);
  }
  const merged: Block[] = [];
  for (const block of found.toSorted((x, y) => x.a - y.a || x.b - y.b)) {
    const last = merged.at(-1);
    if (last && last.a + last.size === block.a && last.b + last.size === block.b)
      merged[merged.length - 1] = { ...last, size: last.size + block.size };
    else merged.push(block);
  }
  return merged;
}

function placesOf(b: readonly string[]): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, number[]>();
  for (const [index, line] of b.entries())
    (places.get(line) ?? places.set(line, []).get(line)!).push(index);
  const limit = Math.floor(b.length / 100) + 1;
  if (b.length >= popularFrom)
    for (const [line, where] of places) if (where.length > limit) places.delete(line);
  return places;
}

function longest(
  a: readonly string[],
  b: readonly string[],
  places: ReadonlyMap<string, readonly number[]>,
  [a1, a2, b1, b2]: readonly [number, number, number, number],
): Block {
  let best: Block = { a: a1, b: b1, size: 0 };
  let lengths = new Map<number, number>();
  for (let i = a1; i < a2; i += 1) {
    const next = new Map<number, number>();
    for (const j of places.get(a[i]!) ?? []) {
      if (j < b1) continue;
      if (j >= b2) break;
      const size = (lengths.get(j - 1) ?? 0) + 1;
      next.set(j, size);
      if (size > best.size) best = { a: i - size + 1, b: j - size + 1, size };
    }
    lengths = next;
  }
  let { a: from, b: at, size } = best;
  while (from > a1 && at > b1 && a[from - 1] === b[at - 1]) {
    from -= 1;
    at -= 1;
    size += 1;
  }
  while (from + size < a2 && at + size < b2 && a[from + size] === b[at + size]) size += 1;
  return { a: from, b: at, size };
}

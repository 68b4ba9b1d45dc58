import { compareElements } from './element.ts';
import type { Element } from './element.ts';

/**
 * A set of paths, written as FieldsV1 is: each element holds the set below it; `.` says that the
 * path up to here is itself a member, and so does an empty set below. Entries stand in the order of
 * `compareElements`, `.` first. Sets are never changed, so equal parts are shared and the JSON form
 * costs nothing.
 */
export interface FieldSet {
  readonly [element: Element]: FieldSet;
}

/** The same while its maker still fills it. */
export interface FieldSetDraft {
  [element: Element]: FieldSet;
}

/** The set without members; below an element: the element alone. */
export const leaf: FieldSet = Object.freeze({});

/** Below an element it says "the element alone"; at the top, "nothing". */
export function isEmpty(set: FieldSet): boolean {
  for (const _ in set) return false;
  return true;
}

/** Whether an element that holds `set` is itself a member. */
export const isMember = (set: FieldSet): boolean => set['.'] !== undefined || isEmpty(set);

/** `set` as held by an element that is a member. */
export const asMember = (set: FieldSet): FieldSet => (isMember(set) ? set : { '.': leaf, ...set });

/** The entry as a reader expects it: `{".":{}}` alone is the leaf; nothing left is undefined. */
export function settled(draft: FieldSetDraft, self: boolean): FieldSet | undefined {
  let count = 0;
  for (const _ in draft) if (++count > 1) return draft;
  if (count === 0) return self ? leaf : undefined;
  return draft['.'] === undefined ? draft : leaf;
}

/** All members of both. Gives `a` itself where `b` adds nothing. */
export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b || isEmpty(b)) return a;
  return isEmpty(a) ? b : mergeEntries(a, b);
}

function unionBelow(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b) return a;
  if (isEmpty(b)) return asMember(a);
  return isEmpty(a) ? asMember(b) : mergeEntries(a, b);
}

function mergeEntries(a: FieldSet, b: FieldSet): FieldSet {
  let grown: FieldSetDraft | undefined;
  let added = false;
  for (const element in b) {
    const mine = a[element];
    if (mine === undefined) {
      added = true;
      break;
    }
    const both = element === '.' ? leaf : unionBelow(mine, b[element]!);
    if (both !== mine) (grown ??= { ...a })[element] = both;
  }
  return added ? zip(a, b) : (grown ?? a);
}

/** Merges where `b` has entries of its own, keeping the order. */
function zip(a: FieldSet, b: FieldSet): FieldSet {
  const out: FieldSetDraft = {};
  if (a['.'] !== undefined || b['.'] !== undefined) out['.'] = leaf;
  const lefts = Object.keys(a).filter((element) => element !== '.');
  const rights = Object.keys(b).filter((element) => element !== '.');
  let i = 0;
  let j = 0;
  while (i < lefts.length || j < rights.length) {
    const left = lefts[i];
    const right = rights[j];
    const side = left === undefined ? 1 : right === undefined ? -1 : compareElements(left, right);
    if (side < 0) out[left!] = a[left!]!;
    else if (side > 0) out[right!] = b[right!]!;
    else out[left!] = unionBelow(a[left!]!, b[right!]!);
    if (side <= 0) i++;
    if (side >= 0) j++;
  }
  return out;
}

/** How a difference treats what lies below a member of `b`. */
type Below = 'kept' | 'dropped';

/** The members of `a` that are not in `b`; what lies below a removed member stays. */
export const difference = (a: FieldSet, b: FieldSet): FieldSet => without(a, b, 'kept');

/** The members of `a` that are neither in `b` nor below a member of `b`. */
export const recursiveDifference = (a: FieldSet, b: FieldSet): FieldSet => without(a, b, 'dropped');

function without(a: FieldSet, b: FieldSet, below: Below): FieldSet {
  if (isEmpty(a) || isEmpty(b)) return a;
  return withoutEntries(a, b, a['.'] !== undefined, below) ?? leaf;
}

function withoutBelow(a: FieldSet, b: FieldSet, below: Below): FieldSet | undefined {
  const removed = isMember(b);
  if (removed && below === 'dropped') return undefined;
  return withoutEntries(a, b, isMember(a) && !removed, below);
}

function withoutEntries(
  a: FieldSet,
  b: FieldSet,
  self: boolean,
  below: Below,
): FieldSet | undefined {
  let rests: Map<string, FieldSet | undefined> | undefined;
  for (const element in b) {
    const mine = element === '.' ? undefined : a[element];
    if (mine === undefined) continue;
    const rest = withoutBelow(mine, b[element]!, below);
    if (rest !== mine) (rests ??= new Map()).set(element, rest);
  }
  if (rests === undefined && self === isMember(a)) return a;
  // Built anew: an object that something is deleted from is slow from then on.
  const out: FieldSetDraft = {};
  for (const element in a) {
    if (element === '.' && !self) continue;
    const rest = rests?.has(element) ? rests.get(element) : a[element];
    if (rest !== undefined) out[element] = rest;
  }
  return settled(out, self);
}

/** The members of both. */
export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  return common(a, b, false) ?? leaf;
}

function common(a: FieldSet, b: FieldSet, self: boolean): FieldSet | undefined {
  const out: FieldSetDraft = {};
  if (self) out['.'] = leaf;
  for (const element in a) {
    const theirs = element === '.' ? undefined : b[element];
    if (theirs === undefined) continue;
    const mine = a[element]!;
    const both = common(mine, theirs, isMember(mine) && isMember(theirs));
    if (both !== undefined) out[element] = both;
  }
  return settled(out, self);
}

/** Whether the path is a member. */
export function has(set: FieldSet, path: readonly Element[]): boolean {
  let at: FieldSet | undefined = set;
  for (const element of path) {
    at = at[element];
    if (at === undefined) return false;
  }
  return path.length > 0 && isMember(at);
}

/** The set of these paths. */
export function fieldSet(paths: Iterable<readonly Element[]>): FieldSet {
  let set = leaf;
  for (const path of paths) {
    if (path.length === 0) continue;
    set = union(
      set,
      path.reduceRight<FieldSet>((below, element) => ({ [element]: below }), leaf),
    );
  }
  return set;
}

/** All paths, in upstream's order: at each level the members first, then what lies below. */
export function* paths(
  set: FieldSet,
  prefix: readonly Element[] = [],
): Generator<readonly Element[]> {
  const elements = Object.keys(set).filter((element) => element !== '.');
  for (const element of elements) if (isMember(set[element]!)) yield [...prefix, element];
  for (const element of elements) yield* paths(set[element]!, [...prefix, element]);
}

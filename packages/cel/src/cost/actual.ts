import type { Value } from '../values/value.ts';
import { costSize, isList, isMap, Opaque } from '../values/value.ts';

/** What one byte of a text costs when it is read through. */
export const traversal = 0.1;
/** What one byte of a regular expression costs. */
export const regexTraversal = 0.25;

const ceil = Math.ceil;
const read = (value: Value | undefined, times = 1): number =>
  ceil(costSize(value ?? null) * times * traversal);
const regex = (text: Value | undefined, size: number): number =>
  ceil((1 + costSize(text ?? null)) * traversal) * ceil(size * regexTraversal);

/** Reading a whole tree of values through once. */
function traverse(value: Value): number {
  const encoded = new TextEncoder();
  if (typeof value === 'string') return Math.trunc(encoded.encode(value).length * traversal);
  if (value instanceof Uint8Array) return Math.trunc(value.length * traversal);
  if (isList(value)) return value.reduce<number>((sum, each) => sum + traverse(each), 0);
  if (value === null || !isMap(value)) return 1;
  return value
    .keys()
    .reduce<number>((sum, key) => sum + traverse(key) + traverse(value.get(key)!), 0);
}

type Cost = (args: readonly Value[], result: Value, id: string) => number;

const flat: Cost = () => 1;
const once: Cost = ([first]) => read(first);
const twice: Cost = ([first]) => read(first, 2);
const whole: Cost = ([first]) => traverse(first!);
const selector: Cost = ([, text]) => 10 + read(text) + ceil(ceil(costSize(text!) * 0.5) * 50);

const sameFor = (cost: Cost, names: string): Readonly<Record<string, Cost>> =>
  Object.fromEntries(names.split(' ').map((name) => [name, cost]));

/** By the name of the function. */
const byName: Readonly<Record<string, Cost>> = {
  check: () => 350_000,
  ...sameFor(
    flat,
    'serviceAccount path group resource subresource namespace name allowed reason error errored masked prefixLength family isUnspecified isLoopback isLinkLocalMulticast isLinkLocalUnicast isGlobalUnicast format.named sign asInteger isInteger asApproximateFloat isGreaterThan isLessThan compareTo add sub major minor patch getScheme getHostname getHost getPort getEscapedPath getQuery',
  ),
  ...sameFor(selector, 'fieldSelector labelSelector'),
  ...sameFor(whole, 'isSorted sum max min indexOf lastIndexOf'),
  ...sameFor(
    once,
    'url lowerAscii upperAscii substring trim jsonpatch.escapeKey cidr isIP isCIDR quantity isQuantity semver isSemver',
  ),
  ...sameFor(twice, 'replace split ip.isCanonical'),
  join: (_, result) => read(result, 2),
  find: ([text, pattern]) => regex(text, costSize(pattern!)),
  findAll: ([text, pattern]) => regex(text, costSize(pattern!)),
  ip: ([text], _, id) => (id === 'cidr_ip' ? 1 : read(text)),
  containsIP: ([cidr, other], _, id) =>
    read(cidr, 2) + (id === 'cidr_contains_ip_string' ? read(other) : 0),
  containsCIDR: ([cidr, other], _, id) =>
    read(cidr, 2) + read(cidr) + 1 + (id === 'cidr_contains_cidr_string' ? read(other) : 0),
  validate: ([format, text]) =>
    regex(text, (format as Opaque<{ readonly regexSize: number }>).value.regexSize),
};

const pairs =
  (factor: number): Cost =>
  ([a, b]) =>
    1 + costSize(a!) * costSize(b!) * factor;

const lesser = (args: readonly Value[]): number =>
  ceil(Math.min(costSize(args[0]!), costSize(args[1]!)) * traversal);

/** A call that makes a list. */
const allocated = (size: number, factor = 1): number => Math.trunc(size * factor) + 11;
const flattened: Cost = ([list, depth]) =>
  allocated(costSize(list!), depth === undefined ? 1 : Number(depth));

/** Each element with each other one. */
export const compareFactor = 2;
const compared =
  (at: number): Cost =>
  (args) => {
    const list = args[at] as readonly Value[];
    const [first] = list;
    const isText = typeof first === 'string' || first instanceof Uint8Array;
    return allocated(list.length ** 2, compareFactor + (isText ? traversal : 0));
  };

/** Types whose lists can be sorted, as the ids of overloads name them. */
export const sortable: readonly string[] =
  'int uint double bool duration timestamp string bytes'.split(' ');
const sorts = (suffix: string): string =>
  sortable.map((type) => `list_${type}_${suffix}`).join(' ');

/** By the one overload that the checker has found. */
const byOverload: Readonly<Record<string, Cost>> = {
  ...sameFor(
    once,
    'starts_with_string ends_with_string string_to_bytes bytes_to_string strings_quote string_format',
  ),
  ...sameFor(
    lesser,
    'less_string greater_string less_equals_string greater_equals_string less_bytes greater_bytes less_equals_bytes greater_equals_bytes equals not_equals',
  ),
  list_sets_contains_list: pairs(1),
  list_sets_intersects_list: pairs(1),
  list_sets_equivalent_list: pairs(2),
  ...sameFor((_, result) => allocated(costSize(result)), 'list_slice lists_range list_reverse'),
  ...sameFor(flattened, 'list_flatten list_flatten_int'),
  ...sameFor(compared(0), `list_distinct ${sorts('sort')}`),
  ...sameFor(compared(1), sorts('sortByAssociatedKeys')),
  in_list: ([, list]) => costSize(list!),
  ...sameFor(([a, b]) => ceil((costSize(a!) + costSize(b!)) * traversal), 'add_string add_bytes'),
  matches_string: ([text, pattern]) => regex(text, costSize(pattern!)),
  matches: ([text, pattern]) => regex(text, costSize(pattern!)),
  contains_string: ([text, part]) => read(text) * read(part),
};

/** What a call has cost, in upstream's units. */
export function actualCost(
  name: string,
  id: string,
  args: readonly Value[],
  result: Value,
): number {
  const named = Object.hasOwn(byName, name) ? byName[name] : undefined;
  if (named) return named(args, result, id);
  if (name === '_==_' && args[0] instanceof Opaque) return 1;
  const own = Object.hasOwn(byOverload, id) ? byOverload[id] : undefined;
  return own ? own(args, result, id) : 1;
}

import type { CelType } from '../types/type.ts';
import { sameType } from '../types/type.ts';
import { compareFactor, regexTraversal, sortable, traversal } from './actual.ts';
import type { Range } from './range.ts';
import { either, exactly, most, plus, scaled, times } from './range.ts';

/** What is known of an argument before it is there. */
export interface Argument {
  readonly type: CelType;
  readonly size: Range;
  /** Of the elements of a list. */
  readonly element: (() => Range) | undefined;
  readonly literal: unknown;
}

/** What a call costs beside its arguments, and how large its result is. */
export interface Estimate {
  readonly cost: Range;
  readonly size?: Range | undefined;
}

type Call = (args: readonly Argument[], isMember: boolean, id: string) => Estimate | undefined;

const one = exactly(1);
const read = (size: Range, factor = 1): Range => scaled(size, factor * traversal);
const regex = (text: Range, pattern: Range): Range =>
  times(read(plus(text, one)), scaled(pattern, regexTraversal));

const flat: Call = () => ({ cost: one });
const whole: Call = ([list], isMember) => {
  if (!isMember) return undefined;
  const { type, size, element } = list!;
  const [of] = type.parameters ?? [];
  if (!of || !element) return { cost: read(size) };
  const texts = of.kind === 'string' || of.kind === 'bytes';
  return { cost: times(size, texts ? plus(one, read(element())) : one) };
};
const parse: Call = ([text]) => text && { cost: read(text.size) };
const same: Call = ([text]) => text && { cost: read(text.size), size: text.size };
const found: Call = ([text, pattern]) => ({
  cost: regex(text!.size, pattern!.size),
  size: { min: 0, max: text!.size.max },
});
const selector: Call = ([, text]) => ({
  cost: plus(exactly(10), read(text!.size), scaled(scaled(text!.size, 0.5), 50)),
});

function replaced([text, from, to]: readonly Argument[]): Estimate {
  const [own, old, next] = [text!.size, from!.size, to!.size];
  const [count, kept] = [exactly(0), exactly(0)].map((range) => ({ ...range })) as [
    { min: number; max: number },
    { min: number; max: number },
  ];
  if (old.min === 0) [count.max, kept.max] = [own.max + 1, own.max];
  else if (next.max <= old.min) kept.max = own.max;
  else count.max = Math.ceil(own.max / old.min);
  if (old.max === 0) [count.min, kept.min] = [own.min + 1, own.min];
  else if (old.max <= next.min) kept.min = own.min;
  else count.min = Math.ceil(own.min / old.max);
  return { cost: read(own, 2), size: plus(times(count, next), kept) };
}

function joined([list, separator]: readonly Argument[]): Estimate {
  const { size, element } = list!;
  const between = { min: Math.max(0, size.min - 1), max: Math.max(0, size.max - 1) };
  const parts = element ? times(size, element()) : exactly(0);
  const total = separator ? plus(parts, times(separator.size, between)) : parts;
  return { cost: read(total), size: total };
}

const address: Range = { min: 4, max: 16 };
const contained =
  (base: Range, textId: string): Call =>
  ([, other], _, id) => ({ cost: id === textId ? plus(base, read(other!.size)) : base });

const sameFor = (call: Call, names: string): Readonly<Record<string, Call>> =>
  Object.fromEntries(names.split(' ').map((name) => [name, call]));

const byName: Readonly<Record<string, Call>> = {
  check: () => ({ cost: exactly(350_000) }),
  ...sameFor(
    flat,
    'serviceAccount path group resource subresource namespace name allowed reason error errored masked prefixLength family isUnspecified isLoopback isLinkLocalMulticast isLinkLocalUnicast isGlobalUnicast format.named sign asInteger isInteger asApproximateFloat isGreaterThan isLessThan compareTo add sub major minor patch getScheme getHostname getHost getPort getEscapedPath getQuery',
  ),
  ...sameFor(selector, 'fieldSelector labelSelector'),
  ...sameFor(whole, 'isSorted sum max min indexOf lastIndexOf'),
  ...sameFor(same, 'url jsonpatch.escapeKey lowerAscii upperAscii substring trim'),
  ...sameFor(parse, 'cidr isIP isCIDR quantity isQuantity semver isSemver'),
  ...sameFor(found, 'find findAll'),
  replace: replaced,
  split: ([text, , limit]) => ({
    cost: read(text!.size, 2),
    size: {
      min: 0,
      max: typeof limit?.literal === 'bigint' ? Number(limit.literal) : text!.size.max,
    },
  }),
  join: joined,
  ip: ([text], _, id) => ({ cost: id === 'cidr_ip' ? one : read(text!.size) }),
  'ip.isCanonical': ([text]) => ({ cost: read(text!.size, 2) }),
  containsIP: contained(read(plus(address, address)), 'cidr_contains_ip_string'),
  containsCIDR: contained(
    plus(read(plus(address, address)), read(address), one),
    'cidr_contains_cidr_string',
  ),
  validate: ([, text]) => ({ cost: scaled(read(text!.size), 128 * regexTraversal) }),
  '_==_': ([a, b]) => {
    if (!sameType(a!.type, b!.type)) return undefined;
    if (a!.type.name === 'kubernetes.NamedFormat') return { cost: read({ min: 1, max: 64 }) };
    return /^(kubernetes|net)\./.test(a!.type.name ?? '') ? { cost: one } : undefined;
  },
};

const lesser: Call = ([a, b]) => {
  const max = Math.min(a!.size.max, b!.size.max);
  return { cost: read({ min: max > 0 ? 1 : 0, max }) };
};
const sum: Call = ([a, b]) => {
  const size = plus(a!.size, b!.size);
  return { cost: read(size), size };
};

const pairs =
  (factor: number): Call =>
  ([a, b]) => ({ cost: plus(one, times(times(a!.size, b!.size), exactly(factor))) });

/** A call that makes a list. */
const allocated = (size: Range, factor = 1): Estimate => ({
  cost: plus(scaled(size, factor), exactly(11)),
  size,
});

/** The number that stands there, if one does; upstream counts without sign. */
const written = (argument: Argument | undefined, otherwise: number): number =>
  typeof argument?.literal === 'bigint' ? Math.max(0, Number(argument.literal)) : otherwise;

function sliced([list, start, end]: readonly Argument[]): Estimate {
  const length = written(end, list!.size.max) - written(start, 0);
  return allocated(exactly(length < 0 ? most + length : length));
}

const compared =
  (at: number, isText = false): Call =>
  (args) => {
    const { size } = args[at]!;
    return allocated(times(size, size), compareFactor + (isText ? traversal : 0));
  };

const sorts: Readonly<Record<string, Call>> = Object.fromEntries(
  sortable.flatMap((type) => {
    const isText = type === 'string' || type === 'bytes';
    return [
      [`list_${type}_sort`, compared(0, isText)],
      [`list_${type}_sortByAssociatedKeys`, compared(1, isText)],
    ];
  }),
);

const byOverload: Readonly<Record<string, Call>> = {
  string_to_bytes: ([text]) => ({
    cost: read(text!.size),
    size: { min: text!.size.min, max: text!.size.max * 4 },
  }),
  bytes_to_string: ([text]) => ({
    cost: read(text!.size),
    size: { min: Math.floor(text!.size.min / 4), max: text!.size.max },
  }),
  strings_quote: ([text]) => ({
    cost: read(text!.size),
    size: { min: text!.size.min + 2, max: text!.size.max * 2 + 2 },
  }),
  string_format: parse,
  ...sameFor(([, part]) => ({ cost: read(part!.size) }), 'starts_with_string ends_with_string'),
  list_sets_contains_list: pairs(1),
  list_sets_intersects_list: pairs(1),
  list_sets_equivalent_list: pairs(2),
  list_slice: sliced,
  lists_range: ([end]) => allocated(exactly(written(end, most))),
  list_reverse: ([list]) => allocated(list!.size),
  list_flatten: ([list]) => allocated(list!.size),
  list_flatten_int: ([list, depth]) => allocated(list!.size, written(depth, most)),
  list_distinct: compared(0),
  ...sorts,
  in_list: ([, list]) => ({ cost: list!.size }),
  matches_string: ([text, pattern]) => ({ cost: regex(text!.size, pattern!.size) }),
  contains_string: ([text, part]) => ({ cost: times(read(text!.size), read(part!.size)) }),
  ...sameFor(sum, 'add_string add_bytes'),
  add_list: ([a, b]) => ({ cost: one, size: plus(a!.size, b!.size) }),
  conditional: ([, yes, no]) => ({ cost: exactly(0), size: either(yes!.size, no!.size) }),
  ...sameFor(
    lesser,
    'less_string greater_string less_equals_string greater_equals_string less_bytes greater_bytes less_equals_bytes greater_equals_bytes equals not_equals',
  ),
};

/** What one overload of a function is estimated at, beside its arguments. */
export function estimateCall(
  name: string,
  id: string,
  args: readonly Argument[],
  isMember: boolean,
): Estimate {
  const named = Object.hasOwn(byName, name) ? byName[name]!(args, isMember, id) : undefined;
  const own = Object.hasOwn(byOverload, id) ? byOverload[id]!(args, isMember, id) : undefined;
  return named ?? own ?? { cost: one };
}

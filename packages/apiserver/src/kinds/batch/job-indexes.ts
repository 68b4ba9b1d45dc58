/** What an index interval such as `3` or `1-3` spans; a text says why it is none. */
type Interval = readonly [first: number, last: number] | string;

const whole = /^\+?\d+$/;

/** One end of an interval, or what is wrong with it. */
function indexOf(text: string, completions: number): number | string {
  if (!whole.test(text))
    return `cannot convert string to integer for index: ${JSON.stringify(text)}`;
  const index = Number(text);
  return index >= completions ? `too large index: ${JSON.stringify(text)}` : index;
}

function intervalOf(text: string, completions: number): Interval {
  const ends = text.split('-');
  if (ends.length > 2)
    return `the fragment ${JSON.stringify(text)} violates the requirement that an index interval can have at most two parts separated by '-'`;
  const first = indexOf(ends[0]!, completions);
  if (typeof first === 'string') return first;
  if (ends[1] === undefined) return [first, first];
  const last = indexOf(ends[1], completions);
  if (typeof last === 'string') return last;
  return first < last ? [first, last] : notIncreasing(first, last);
}

const notIncreasing = (previous: number, current: number): string =>
  `non-increasing order, previous: ${previous}, current: ${current}`;

/** How many indexes a text such as `1,3-5` names; a text says why it names none. */
export function countIndexes(text: string, completions: number): number | string {
  let total = 0;
  let previous: number | undefined;
  for (const part of text ? text.split(',') : []) {
    const interval = intervalOf(part, completions);
    if (typeof interval === 'string') return interval;
    const [first, last] = interval;
    if (previous !== undefined && previous >= first) return notIncreasing(previous, first);
    total += last - first + 1;
    previous = last;
  }
  return total;
}

/** The first index that both texts name, going through both in order; parts that cannot be read are passed over. */
export function commonIndex(a: string, b: string, completions: number): number | undefined {
  const [left = [], right = []] = [a, b].map((text) =>
    text.split(',').flatMap((part) => {
      const interval = intervalOf(part, completions);
      return typeof interval === 'string' ? [] : [interval];
    }),
  );
  for (let i = 0, j = 0; i < left.length && j < right.length;) {
    const [from, to] = left[i]!;
    const [otherFrom, otherTo] = right[j]!;
    if (from <= otherTo && otherFrom <= to) return Math.max(from, otherFrom);
    if (from <= otherFrom) i++;
    else j++;
  }
  return undefined;
}

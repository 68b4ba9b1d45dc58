/** Ranges up to this length are sorted by insertion, so that ties stay in their order. */
const insertionMax = 12;
/** From this length on a pivot is the median of three medians, and a nearly sorted range is mended in place. */
const longMin = 50;
const mendsMax = 5;

/**
 * Sorts in place as Go's `sort.Sort` does: where `less` finds no difference, long lists come out in the order that Go
 * leaves them in, which users see.
 */
export function goSort<T>(items: T[], less: (a: T, b: T) => boolean): T[] {
  new PatternSort(items, less).range(0, items.length);
  return items;
}

/** A pattern-defeating quicksort with Go's choices of pivots. */
class PatternSort<T> {
  readonly #items: T[];
  readonly #isLess: (a: T, b: T) => boolean;
  #steps = 0;

  constructor(items: T[], less: (a: T, b: T) => boolean) {
    this.#items = items;
    this.#isLess = less;
  }

  range(from: number, to: number): void {
    let isBalanced = true;
    let wasSorted = true;
    for (let [a, b] = [from, to]; ;) {
      const length = b - a;
      if (length <= insertionMax) return this.#insert(a, b);
      if (!isBalanced) this.#scatter(a, b);
      let pivot = this.#pivot(a, b);
      let isRising = this.#steps === 0;
      if (this.#steps === 12) {
        this.#items.splice(a, length, ...this.#items.slice(a, b).toReversed());
        pivot = b - 1 - (pivot - a);
        isRising = true;
      }
      if (isBalanced && wasSorted && isRising && this.#mend(a, b)) return;
      if (a > 0 && !this.#less(a - 1, pivot)) {
        a = this.#split(a, b, pivot, (at) => !this.#less(a, at)).at;
        continue;
      }
      const split = this.#split(a, b, pivot, (at) => this.#less(at, a));
      const middle = split.at - 1;
      this.#swap(middle, a);
      wasSorted = split.isUntouched;
      const [left, right] = [middle - a, b - middle];
      isBalanced = Math.min(left, right) >= Math.floor(length / 8);
      if (left < right) {
        this.range(a, middle);
        a = middle + 1;
      } else {
        this.range(middle + 1, b);
        b = middle;
      }
    }
  }

  #less(a: number, b: number): boolean {
    return this.#isLess(this.#items[a]!, this.#items[b]!);
  }

  #swap(a: number, b: number): void {
    [this.#items[a], this.#items[b]] = [this.#items[b]!, this.#items[a]!];
  }

  #insert(a: number, b: number): void {
    for (let i = a + 1; i < b; i++)
      for (let j = i; j > a && this.#less(j, j - 1); j--) this.#swap(j, j - 1);
  }

  /** Brings the pivot to `a` and, behind it, what belongs to the left before the rest; gives where the rest begins. */
  #split(
    a: number,
    b: number,
    pivot: number,
    isLeft: (at: number) => boolean,
  ): { readonly at: number; readonly isUntouched: boolean } {
    this.#swap(a, pivot);
    let isUntouched = true;
    for (let [i, j] = [a + 1, b - 1]; ; i++, j--) {
      while (i <= j && isLeft(i)) i++;
      while (i <= j && !isLeft(j)) j--;
      if (i > j) return { at: i, isUntouched };
      this.#swap(i, j);
      isUntouched = false;
    }
  }

  /** Tries a range that looks sorted; whether it is now. */
  #mend(a: number, b: number): boolean {
    let i = a + 1;
    for (let count = 0; count < mendsMax; count++) {
      while (i < b && !this.#less(i, i - 1)) i++;
      if (i === b) return true;
      if (b - a < longMin) return false;
      this.#swap(i, i - 1);
      if (i - a >= 2) for (let j = i - 1; j >= 1 && this.#less(j, j - 1); j--) this.#swap(j, j - 1);
      if (b - i >= 2) for (let j = i + 1; j < b && this.#less(j, j - 1); j++) this.#swap(j, j - 1);
    }
    return false;
  }

  /** Moves three items elsewhere, by numbers that depend on the length alone. */
  #scatter(a: number, b: number): void {
    const length = b - a;
    const mask = 2n ** BigInt(length.toString(2).length) - 1n;
    const wrap = (value: bigint): bigint => BigInt.asUintN(64, value);
    let random = BigInt(length);
    const middle = a + Math.floor(length / 4) * 2;
    for (const at of [middle - 1, middle, middle + 1]) {
      random ^= wrap(random << 13n);
      random ^= random >> 7n;
      random ^= wrap(random << 17n);
      const other = Number(random & mask);
      this.#swap(at, a + (other >= length ? other - length : other));
    }
  }

  /** A median, by as many exchanges as `#steps` says: none where the range rises, all where it falls. */
  #pivot(a: number, b: number): number {
    const quarter = Math.floor((b - a) / 4);
    this.#steps = 0;
    const spots = [1, 2, 3].map((each) => a + quarter * each);
    const [i, j, k] = b - a < longMin ? spots : spots.map((at) => this.#median(at - 1, at, at + 1));
    return this.#median(i!, j!, k!);
  }

  #median(a: number, b: number, c: number): number {
    let spots = [a, b, c];
    for (const at of [0, 1, 0]) {
      if (!this.#less(spots[at + 1]!, spots[at]!)) continue;
      this.#steps++;
      spots = spots.with(at, spots[at + 1]!).with(at + 1, spots[at]!);
    }
    return spots[1]!;
  }
}

/** The least and the most that something may be. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** Where upstream's counting ends. */
export const most: number = 2 ** 64;

const capped = (value: number): number => Math.min(value, most);
const product = (a: number, b: number): number => (a === 0 || b === 0 ? 0 : capped(a * b));

export const unknown: Range = { min: 0, max: most };
export const exactly = (value: number): Range => ({ min: value, max: value });
export const plus = (...ranges: readonly Range[]): Range =>
  ranges.reduce((a, b) => ({ min: capped(a.min + b.min), max: capped(a.max + b.max) }), exactly(0));
export const times = (a: Range, b: Range): Range => ({
  min: product(a.min, b.min),
  max: product(a.max, b.max),
});
/** Rounded up. */
export const scaled = (range: Range, factor: number): Range => ({
  min: capped(Math.ceil(range.min * factor)),
  max: capped(Math.ceil(range.max * factor)),
});
export const either = (a: Range, b: Range): Range => ({
  min: Math.min(a.min, b.min),
  max: Math.max(a.max, b.max),
});

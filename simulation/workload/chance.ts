import { seededRandom } from '@coxswain/base';

/** Choices drawn from a seed. */
export interface Chance {
  /** A whole number from `least` to `most`. */
  between(least: number, most: number): number;
  one<T>(of: readonly T[]): T;
  is(probability: number): boolean;
}

export function chanceOf(seed: number): Chance {
  const random = seededRandom(seed);
  const between = (least: number, most: number): number =>
    least + Math.floor(random() * (most - least + 1));
  return {
    between,
    one: (of) => of[between(0, of.length - 1)]!,
    is: (probability) => random() < probability,
  };
}

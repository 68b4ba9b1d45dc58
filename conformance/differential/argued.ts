import type { Request } from './request.ts';

interface Argument {
  readonly list?: RegExp;
  readonly request?: RegExp;
  /** Of the differences, all of them. */
  readonly difference: RegExp;
  readonly why: string;
}

/** Differences that are right as they are, each with its reason. */
const argumentsOfOurs: readonly Argument[] = [];

/** Why a disagreement is right; undefined where nobody has argued it. */
export const argued = (
  list: string,
  request: Request,
  differences: readonly string[],
): string | undefined =>
  argumentsOfOurs.find(
    (each) =>
      (each.list?.test(list) ?? true) &&
      (each.request?.test(request.name) ?? true) &&
      differences.every((line) => each.difference.test(line)),
  )?.why;

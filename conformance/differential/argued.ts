import type { Request } from './request.ts';

interface Argument {
  readonly list?: RegExp;
  readonly request?: RegExp;
  /** Of the differences, all of them. */
  readonly difference: RegExp;
  readonly why: string;
}

/** Differences that are right as they are, each with its reason. */
const argumentsOfOurs: readonly Argument[] = [
  {
    list: /^engine/,
    difference: /patch: Invalid value: |^body\.details\.causes\[0\]\.message/,
    why: 'what a patch made is shown with its fields in our order',
  },
  {
    list: /asked$/,
    difference: /^body\.(status\.(non)?resourceRules|message|details\.causes)/i,
    request: /^(a namespace|labels)$/,
    why: "the order of roles, and of the fields of metadata, is nobody's promise",
  },
  {
    list: /^engine/,
    difference: /yaml: line|set in map/,
    why: 'another YAML library, with other words for what it cannot read',
  },
  {
    list: /^engine/,
    difference: /^body\.details\.causes/,
    why: 'upstream looks at the metadata of an update more than once, and says so in the causes',
  },
];

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

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
    list: /flowschemas/,
    difference: /Dangling|managedFields|conditions/,
    why: 'how soon a controller says that a schema does not dangle is a matter of time',
  },
  {
    list: /events/,
    request: /resourceVersion=x|revision that is none/,
    difference: /^(status|body)/,
    why: 'upstream keeps no cache of events, so another of its parts reads the revision',
  },
  {
    list: /^documents/,
    request: /^\/version/,
    difference: /^body\.(gitCommit|gitTreeState|buildDate|goVersion|compiler|platform)$/m,
    why: 'another build, by other tools',
  },
  {
    list: /^documents/,
    request: /^\/openapi/,
    difference:
      /^\S*\.(description|summary|title)\n|\.parameters\[\d+\]\.\$ref\n|^body\.parameters\./,
    why: 'our own prose, and names of parameters that are sums of it',
  },
  {
    list: /^documents/,
    request: /resourceVersion=999999999$/,
    difference: /^body\.message\n.*Too large resource version: 999999999, current: \d+/,
    why: 'how often two clusters were written to is their own matter',
  },
  {
    list: /^documents/,
    request: /^what may I$/,
    difference: /^body\.status\.(non)?resourceRules/i,
    why: "the order of roles is nobody's promise",
  },
  {
    list: /ipaddresses/,
    request: /as.Table/,
    difference: /^body\.rows\[\d+\]\.cells/,
    why: 'upstream gives a cell more than it has columns, which nobody shows',
  },
  {
    list: /daemonsets/,
    request: /(as.Table|in part)/,
    difference: /annotations\n[^]*deprecated\.daemonset\.template\.generation/,
    why: 'upstream takes an annotation of the whole object for none of its metadata',
  },
  {
    list: /^customresourcedefinitions/,
    request: /^delete (again|all)$/,
    difference: /^(status|headers|body)\b/,
    why: 'how soon a definition goes once its objects are gone is a matter of time',
  },
  {
    list: /asked$/,
    difference: /^body\.(status\.(non)?resourceRules|message|details\.causes)/i,
    request: /^(a namespace|labels)$/,
    why: "the order of roles, and of the fields of metadata, is nobody's promise",
  },
  {
    list: /^(engine|edges)/,
    difference: /yaml: line|set in map/,
    why: 'another YAML library, with other words for what it cannot read',
  },
  {
    difference:
      /^body\.(message|details\.causes)[^]*\bInvalid value: (null|\{\})|Unsupported value: (null|\{\})|must specify at least one Policy/,
    why: 'an optional list or map that was set to nothing counts as not set, before rules see it',
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

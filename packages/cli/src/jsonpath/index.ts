import { goJson } from '../printers/go-json.ts';
import { goText } from '../printers/go-text.ts';
import { parseTemplate } from './parse.ts';
import { resultsOf, type WalkOptions } from './walk.ts';

export interface JsonPath {
  /** The values of each part of the template. */
  readonly find: (data: unknown) => readonly (readonly unknown[])[];
  /** The template with what it names filled in. */
  readonly text: (data: unknown) => string;
  /** Each part's values as a JSON list. */
  readonly json: (data: unknown) => string;
}

/** Kubernetes' JSONPath: a template of `{paths}`. Throws upstream's words for a bad one. */
export function jsonPath(template: string, options: WalkOptions): JsonPath {
  const pieces = parseTemplate(template);
  const find = (data: unknown): readonly (readonly unknown[])[] => resultsOf(pieces, data, options);
  return {
    find,
    text: (data) =>
      find(data)
        .map((values) => values.map(printed).join(' '))
        .join(''),
    json: (data) =>
      find(data)
        .map((values) => `${goJson(values, '    ')}\n`)
        .join(''),
  };
}

const printed = (value: unknown): string =>
  typeof value === 'object' && value !== null
    ? goJson(value)
    : value === null
      ? 'null'
      : goText(value);

/** `name`, `.name`, `{name}` or `{.name}` as a template, for columns and sorting. */
export function relaxedPath(expression: string): string {
  if (expression === '') return '';
  const [, braced, bare] = /^\{\.?([^{}]+)\}$|^\.?([^{}]+)$/.exec(expression) ?? [];
  const path = braced ?? bare;
  if (path === undefined)
    throw new Error(
      "unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'",
    );
  return `{.${path}}`;
}

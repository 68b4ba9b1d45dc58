import { jsonEnd, JsonMistake, parseYaml, yamlTexts } from '@coxswain/api';
import { goJson } from '../printers/go-json.ts';

/** One value of a text, with its JSON as messages show it. */
export interface Read {
  readonly value: unknown;
  readonly json: () => string;
}

const looksAhead = 4096;

/**
 * The values of a text one by one, as kubectl reads them: JSON one after the other while it is JSON, documents of YAML
 * otherwise; nulls are left out. What stands before a mistake is given before it is thrown.
 */
export function* documentsOfText(text: string): Generator<Read> {
  for (const read of /^\s*\{/.test(text.slice(0, looksAhead)) ? jsonOf(text) : yamlOf(text))
    if (read.value !== null && read.value !== undefined) yield read;
}

function* yamlOf(text: string): Generator<Read> {
  for (const one of yamlTexts(text)) {
    const { value } = parseYaml(one);
    yield { value, json: () => goJson(value) };
  }
}

function* jsonOf(text: string): Generator<Read> {
  let at = text.length - text.trimStart().length;
  for (let count = 0; at < text.length; count++) {
    let end: number;
    try {
      end = jsonEnd(text, at);
    } catch (error) {
      if (!(error instanceof JsonMistake)) throw error;
      const told = jsonMistake(text, error, count > 1);
      if (count > 1) throw told;
      yield* yamlInstead(text.slice(at), told);
      return;
    }
    const json = text.slice(at, end).trim();
    yield { value: JSON.parse(json) as unknown, json: () => json };
    at = end;
  }
}

/** What begins as JSON may turn out to be YAML; where it is neither, it is bad JSON. */
function* yamlInstead(text: string, told: Error): Generator<Read> {
  let isFirst = true;
  try {
    for (const read of yamlOf(text.replace(/^[^\S\n]*\n?/, ''))) {
      yield read;
      isFirst = false;
    }
  } catch (error) {
    throw isFirst ? told : error;
  }
}

function jsonMistake(text: string, { message, at }: JsonMistake, isSure: boolean): Error {
  if (at >= text.length) return new Error('unexpected EOF');
  if (isSure) return new Error(message);
  return new Error(
    `json: offset ${new TextEncoder().encode(text.slice(0, at + 1)).length}: ${message}`,
  );
}

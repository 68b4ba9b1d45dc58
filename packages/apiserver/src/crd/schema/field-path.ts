import { type Schema, valuesOf } from './schema.ts';

export type FoundField =
  | { readonly path: string; readonly schema: Schema | undefined }
  | { readonly wrong: string };

const escapes: Readonly<Record<string, string>> = {
  ...{ a: '\u0007', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' },
  ...{ '\\': '\\', "'": "'", '"': '"' },
};

/** The field that a path of rules (`.spec.list['key']`) names in the schema, or why it names none. */
export function fieldAt(
  text: string,
  root: Schema,
  { withKeys = true }: { readonly withKeys?: boolean } = {},
): FoundField {
  const tokens = text.match(/'(?:\\.|[^'\\])*'|[.[\]]|[^.[\]']+|'/gs) ?? [];
  let schema: Schema | undefined = root;
  let path = '';
  const step = (name: string): string | undefined => {
    const names: Schema['properties'] = schema?.properties;
    if (names && Object.keys(names).length > 0) {
      if (!Object.hasOwn(names, name)) return 'does not refer to a valid field';
      path = path ? `${path}.${name}` : name;
      schema = names[name];
    } else if (schema?.additionalProperties !== undefined) {
      path = `${path}[${name}]`;
      schema = valuesOf(schema);
    } else return 'does not refer to a valid field';
    return undefined;
  };
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]!;
    let wrong: string | undefined;
    if (token === '.') {
      const name = tokens[++at];
      wrong = name === undefined ? 'unexpected end of JSON path' : step(name);
    } else if (token === '[') {
      if (!withKeys) return { wrong: 'array notation is not allowed' };
      const name = tokens[++at];
      if (name === undefined) return { wrong: 'unexpected end of JSON path' };
      if (!/^'.*'$/s.test(name) || name.length < 2)
        return { wrong: `expected single quoted string but got ${name}` };
      wrong = step(name.slice(1, -1).replaceAll(/\\(.)/gs, (_, c: string) => escapes[c] ?? c));
      const close = tokens[++at];
      if (!wrong && close !== ']')
        wrong = close === undefined ? 'unexpected end of JSON path' : `expected ] but got ${close}`;
    } else wrong = `expected [ or . but got: ${token}`;
    if (wrong !== undefined) return { wrong };
  }
  return { path, schema };
}

/** What a configuration file may hold: a value, a list of one shape, or named fields. */
export type Shape = 'value' | readonly [Shape] | { readonly [field: string]: Shape };

/** Fields that hold values. */
export const values = (...names: readonly string[]): { readonly [field: string]: Shape } =>
  Object.fromEntries(names.map((name) => [name, 'value' as const]));

function* strangers(shape: Shape, value: unknown, at: string): Generator<string, void> {
  if (shape === 'value' || typeof value !== 'object' || value === null) return;
  if (Array.isArray(shape)) {
    if (Array.isArray(value))
      for (const [index, each] of value.entries())
        yield* strangers((shape as readonly [Shape])[0], each, `${at}[${index}]`);
    return;
  }
  const fields = shape as Readonly<Record<string, Shape>>;
  for (const [name, inner] of Object.entries(value)) {
    const path = at ? `${at}.${name}` : name;
    if (fields[name] === undefined) yield `unknown field "${path}"`;
    else yield* strangers(fields[name], inner, path);
  }
}

/** The document of a configuration file, if it is of this kind and has no field that the kind has not. */
export function strictDocument(
  given: unknown,
  kind: string,
  versions: readonly string[],
  shape: Readonly<Record<string, Shape>>,
): Readonly<Record<string, unknown>> {
  const document = (given ?? {}) as Readonly<Record<string, unknown>>;
  const { apiVersion = '', kind: got = '' } = document as { apiVersion?: string; kind?: string };
  if (!got || !apiVersion)
    throw new Error(
      got
        ? `Object 'apiVersion' is missing in '${JSON.stringify(given)}'`
        : `Object 'Kind' is missing in '${JSON.stringify(given)}'`,
    );
  const [group, version] = apiVersion.split('/');
  if (got !== kind || group !== 'apiserver.config.k8s.io' || !versions.includes(version ?? ''))
    throw new Error(`no kind "${got}" is registered for version "${apiVersion}" in scheme`);
  const unknown = [...strangers({ ...shape, kind: 'value', apiVersion: 'value' }, document, '')];
  if (unknown.length > 0) throw new Error(`strict decoding error: ${unknown.join(', ')}`);
  return document;
}

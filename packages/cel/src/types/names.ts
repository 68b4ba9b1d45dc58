const words = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);
const escapes: Readonly<Record<string, string>> = {
  __: '__underscores__',
  '.': '__dot__',
  '-': '__dash__',
  '/': '__slash__',
};

/** The name of a property as an expression writes it; undefined when no expression can. */
export function escapeName(name: string): string | undefined {
  if (words.has(name)) return `__${name}__`;
  if (!/^[A-Za-z_.\-/][A-Za-z0-9_.\-/]*$/.test(name)) return undefined;
  return name.replaceAll(/__|[-./]/g, (part) => escapes[part]!);
}

const unescapes: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(escapes).map(([plain, escaped]) => [escaped, plain]),
);

/** The name of a property that an expression writes as `escaped`. */
export function unescapeName(escaped: string): string {
  const word = /^__(.+)__$/.exec(escaped)?.[1];
  if (word !== undefined && words.has(word)) return word;
  return escaped.replaceAll(/__(?:underscores|dot|dash|slash)__/g, (part) => unescapes[part]!);
}

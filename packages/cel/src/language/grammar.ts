/** Words that no variable may be named by. */
export const reserved: ReadonlySet<string> = new Set(
  'as break const continue else false for function if import in let loop package namespace null return true var void while'.split(
    ' ',
  ),
);
/** Words of the grammar itself; the others of `reserved` are read as names first. */
export const keywords: ReadonlySet<string> = new Set(['true', 'false', 'null', 'in']);

/** What may begin an operand, as upstream's parser lists it. */
export const startsOperand: string =
  "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}";

/** How deep expressions may nest. */
export const depthMax = 250;
/** How long an expression may be. */
export const codePointsMax = 100_000;

/** Operators by how tightly they bind, the loosest first, and the functions that they call. */
export const levels: readonly Readonly<Record<string, string>>[] = [
  { '||': '_||_' },
  { '&&': '_&&_' },
  { '<': '_<_', '<=': '_<=_', '>=': '_>=_', '>': '_>_', '==': '_==_', '!=': '_!=_', in: '@in' },
  { '+': '_+_', '-': '_-_' },
  { '*': '_*_', '/': '_/_', '%': '_%_' },
];

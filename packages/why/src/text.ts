import { widthOf } from '@coxswain/base';

/** How words stand out. */
export interface Paint {
  readonly bold: (text: string) => string;
  readonly strong: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly command: (text: string) => string;
}

const same = (text: string): string => text;
const colour =
  (code: string): ((text: string) => string) =>
  (text) =>
    text === '' ? '' : `\u001b[${code}m${text}\u001b[0m`;

export const plain: Paint = { bold: same, strong: same, dim: same, command: same };
export const styled: Paint = {
  bold: colour('1'),
  strong: colour('33'),
  dim: colour('2'),
  command: colour('36'),
};

const escape = '\u001b';
const escapes = new RegExp(`${escape}\\[[0-9;]*m`, 'g');

/** `text` broken at spaces; the first line begins with `start`, the others with `rest`. Colours go on over the break. */
export function wrapped(
  text: string,
  start: string,
  rest: string,
  width: number,
): readonly string[] {
  const lines: string[] = [];
  let line = start;
  let isEmpty = true;
  for (const word of text.split(' ')) {
    if (!isEmpty && widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(line);
      line = rest;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return recoloured([...lines, line]);
}

/** Ends a colour at the end of each line, and begins it again on the next. */
function recoloured(lines: readonly string[]): readonly string[] {
  let open = '';
  return lines.map((line) => {
    const indent = /^\s*/.exec(line)![0];
    const whole = `${indent}${open}${line.slice(indent.length)}`;
    open = (line.match(escapes) ?? []).reduce(
      (now, each) => (each === '\u001b[0m' ? '' : each),
      open,
    );
    return open ? `${whole}\u001b[0m` : whole;
  });
}

/** A table: the first row its heads; the last column is broken where it is too wide. */
export function columns(
  rows: readonly (readonly string[])[],
  indent: string,
  width: number,
  paint: Paint,
): readonly string[] {
  const last = (rows[0]?.length ?? 1) - 1;
  const widths = Array.from({ length: last }, (_, at) =>
    Math.max(...rows.map((row) => widthOf(row[at] ?? ''))),
  );
  return rows.flatMap((row, number) => {
    const cells = row
      .slice(0, last)
      .map((cell, at) => cell + ' '.repeat(widths[at]! - widthOf(cell) + 2));
    const start = indent + cells.join('');
    const lines = wrapped(row[last] ?? '', start, ' '.repeat(widthOf(start)), width).map((line) =>
      line.trimEnd(),
    );
    return number === 0 ? lines.map((line) => paint.dim(line)) : lines;
  });
}

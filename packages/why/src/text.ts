import { widthOf, wrapped } from '@coxswain/base';

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

interface Layout {
  /** Least width of a column, its padding included. */
  readonly minWidth: number;
  readonly padding: number;
  /** Columns of what was flushed before are never made narrower again. */
  readonly remembers?: boolean;
}

/** The layout of kubectl's tables. */
export const tableLayout: Layout = { minWidth: 6, padding: 3, remembers: true };
/** The layout of `describe` and its kin. */
export const describeLayout: Layout = { minWidth: 0, padding: 2 };

/**
 * Lines up cells that tabs end, as Go's text/tabwriter does: a column is a run of neighbouring lines that have a cell there,
 * and the last cell of a line is in no column.
 */
export class TabWriter {
  readonly #layout: Layout;
  readonly #out: (text: string) => void;
  #remembered: number[] = [];
  #pending = '';

  constructor(out: (text: string) => void, layout: Layout = tableLayout) {
    this.#out = out;
    this.#layout = layout;
  }

  write(text: string): void {
    this.#pending += text;
  }

  /** Lines up and hands on what was written since the last flush. */
  flush(): void {
    if (this.#pending === '') return;
    const lines = this.#pending.split('\n').map((line) => line.split('\t'));
    this.#pending = '';
    const printed: string[] = [];
    this.#format(lines, 0, lines.length, [], printed);
    this.#out(printed.join('\n'));
  }

  /** What follows is another table. */
  forgetWidths(): void {
    this.#remembered = [];
  }

  #format(
    lines: readonly string[][],
    from: number,
    to: number,
    widths: readonly number[],
    into: string[],
  ): void {
    const column = widths.length;
    let start = from;
    const has = (at: number): boolean => column < lines[at]!.length - 1;
    for (let at = from; at < to; at++) {
      if (!has(at)) continue;
      for (let before = start; before < at; before++) into.push(padded(lines[before]!, widths));
      start = at;
      let width = this.#layout.minWidth;
      for (; at < to && has(at); at++)
        width = Math.max(width, lengthOf(lines[at]![column]!) + this.#layout.padding);
      this.#format(lines, start, at, [...widths, this.#kept(column, width)], into);
      start = at;
    }
    for (let rest = start; rest < to; rest++) into.push(padded(lines[rest]!, widths));
  }

  #kept(column: number, width: number): number {
    if (!this.#layout.remembers) return width;
    const kept = Math.max(width, this.#remembered[column] ?? 0);
    this.#remembered[column] = kept;
    return kept;
  }
}

/** Code points, as Go counts them. */
const lengthOf = (text: string): number => {
  let pairs = 0;
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) >> 10 === 0x36) pairs++; // the first halves of pairs: D800 to DBFF
  return text.length - pairs;
};

const padded = (cells: readonly string[], widths: readonly number[]): string =>
  cells
    .map((cell, at) =>
      at < widths.length && at < cells.length - 1
        ? cell + ' '.repeat(widths[at]! - lengthOf(cell))
        : cell,
    )
    .join('');

/** Lines up `text` by itself. */
export function aligned(text: string, layout: Layout = describeLayout): string {
  let out = '';
  const writer = new TabWriter((piece) => void (out += piece), layout);
  writer.write(text);
  writer.flush();
  return out;
}

/** Text as it may go to a terminal: no escape sequences of others. */
export const escaped = (text: string): string =>
  text.replaceAll('\u001b', '^[').replaceAll('\r', '\\r');

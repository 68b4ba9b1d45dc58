/** Figures as people read them: medians and one aligned table. */

export interface Row {
  readonly measure: string;
  readonly ours: string;
  readonly comparedTo: string;
  readonly ratio: string;
}

/** The value below which `share` of the values lie. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

export const ratio = (ours: number, other: number): string => `${(ours / other).toFixed(2)}x`;

/** One aligned line a row, under a heading. */
export function tableText(rows: readonly Row[]): string {
  const heading: Row = {
    measure: 'measure',
    ours: 'ours',
    comparedTo: 'compared to',
    ratio: 'ratio',
  };
  const keys = ['measure', 'ours', 'comparedTo', 'ratio'] as const;
  const lines = [heading, ...rows];
  const widths = keys.map((key) => Math.max(...lines.map((row) => row[key].length)));
  return lines
    .map((row) =>
      keys
        .map((key, at) => row[key].padEnd(widths[at]!))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}

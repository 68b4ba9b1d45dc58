import type { Unstructured } from '../objects/info.ts';
import { escaped, type TabWriter } from './tab-writer.ts';

interface Column {
  readonly name: string;
  readonly type: string;
  readonly format?: string;
  readonly priority?: number;
}

interface Row {
  readonly cells: readonly unknown[];
  readonly object?: {
    readonly metadata?: {
      readonly namespace?: string | undefined;
      readonly labels?: Readonly<Record<string, string>> | null | undefined;
    };
  };
}

/** A Table as the server sends it. */
export interface Table extends Unstructured {
  readonly columnDefinitions: readonly Column[];
  readonly rows: readonly Row[];
}

export interface TableOptions {
  readonly noHeaders: boolean;
  readonly isWide: boolean;
  readonly withNamespace: boolean;
  /** `deployment.apps`, put before names; empty for none. */
  readonly withKind: string;
  readonly showLabels: boolean;
  /** Labels that have a column each. */
  readonly columnLabels: readonly string[];
}

/** Prints the Tables of one resource: headers once, and again only when the columns change. */
export class TablePrinter {
  readonly #options: TableOptions;
  #columns: readonly Column[] = [];
  #hasHeaders = false;

  constructor(options: TableOptions) {
    this.#options = options;
  }

  print(table: Table, writer: TabWriter, event?: string): void {
    const own = table.columnDefinitions ?? [];
    const isKnown = own.length === 0 || JSON.stringify(own) === JSON.stringify(this.#columns);
    const withHeaders = !this.#options.noHeaders && !(this.#hasHeaders && isKnown);
    if (!isKnown) this.#columns = own;
    const rows = table.rows ?? [];
    if (rows.length === 0) return;
    this.#hasHeaders = true;
    const { isWide } = this.#options;
    const shown = this.#columns.map(({ priority }) => isWide || !priority);
    if (withHeaders) writer.write(`${this.#headers(shown, event).join('\t')}\n`);
    const nameColumn = this.#options.withKind
      ? this.#columns.findIndex(({ format, type }) => format === 'name' && type === 'string')
      : -1;
    for (const row of rows)
      writer.write(`${this.#cells(row, shown, nameColumn, event).join('\t')}\n`);
  }

  #headers(shown: readonly boolean[], event: string | undefined): readonly string[] {
    const { withNamespace, columnLabels, showLabels } = this.#options;
    return [
      ...(event === undefined ? [] : ['EVENT']),
      ...(withNamespace ? ['NAMESPACE'] : []),
      ...this.#columns.filter((_, at) => shown[at]).map(({ name }) => name.toUpperCase()),
      ...columnLabels.map((label) => label.split('/').at(-1)!.toUpperCase()),
      ...(showLabels ? ['LABELS'] : []),
    ];
  }

  #cells(
    row: Row,
    shown: readonly boolean[],
    nameColumn: number,
    event: string | undefined,
  ): readonly string[] {
    const { withNamespace, withKind, columnLabels, showLabels } = this.#options;
    const { namespace = '', labels } = row.object?.metadata ?? {};
    const named = (cell: unknown, at: number): unknown =>
      at === nameColumn ? `${withKind}/${String(cell)}` : cell;
    return [
      ...(event === undefined ? [] : [eventText(event)]),
      ...(withNamespace ? [namespace] : []),
      ...row.cells
        .slice(0, shown.length)
        .map(named)
        .filter((_, at) => shown[at])
        .map(cellText),
      ...columnLabels.map((label) => labels?.[label] ?? ''),
      ...(showLabels ? [labelsText(labels)] : []),
    ];
  }
}

const eventText = (type: string): string => type.padEnd('MODIFIED'.length);

/** One line of it: what follows a line break is cut off. */
function cellText(cell: unknown): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell !== 'string')
    return escaped(typeof cell === 'object' ? JSON.stringify(cell) : String(cell));
  const end = cell.search(/[\f\n\r]/);
  return end < 0 ? escaped(cell) : `${escaped(cell.slice(0, end))}...`;
}

/** `a=1,b=2`, or `<none>`. */
export function labelsText(labels: Readonly<Record<string, string>> | null | undefined): string {
  const pairs = Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`);
  return pairs.length > 0 ? pairs.toSorted().join(',') : '<none>';
}

import { jsonPath, relaxedPath } from '../jsonpath/index.ts';
import { isList, type Unstructured } from '../objects/info.ts';
import { goText } from './go-text.ts';
import { aligned, escaped, tableLayout } from './tab-writer.ts';

interface Column {
  readonly header: string;
  readonly valuesOf: (object: unknown) => readonly (readonly unknown[])[];
}

const columnOf = (header: string, path: string): Column => ({
  header,
  valuesOf: jsonPath(relaxedPath(path), { allowMissing: true }).find,
});

/** `HEADER:.path,HEADER:.path`. */
export function columnsOf(spec: string): readonly Column[] {
  if (!spec) throw new Error('custom-columns format specified but no custom columns given');
  return spec.split(',').map((part) => {
    const colon = part.indexOf(':');
    if (colon < 0)
      throw new Error(
        `unexpected custom-columns spec: ${part}, expected <header>:<json-path-expr>`,
      );
    return columnOf(part.slice(0, colon), part.slice(colon + 1));
  });
}

const expected =
  'Expected format is one line of space separated headers, one line of space separated column specs.';

/** A line of headers and a line of paths, as a file has them. */
export function columnsOfTemplate(template: string): readonly Column[] {
  const [headerLine, specLine] = template.split('\n');
  if (!template || headerLine === undefined)
    throw new Error(`invalid template, missing header line. ${expected}`);
  if (!specLine) throw new Error(`invalid template, missing spec line. ${expected}`);
  const [headers, specs] = [headerLine, specLine].map((line) =>
    line.split(/\s+/).filter(Boolean),
  ) as [string[], string[]];
  if (headers.length !== specs.length)
    throw new Error(
      `number of headers (${headers.length}) and field specifications (${specs.length}) don't match`,
    );
  return headers.map((header, at) => columnOf(header, specs[at]!));
}

/** Prints the columns; headers once. */
export function columnsPrinter(
  columns: readonly Column[],
  noHeaders: boolean,
): (object: Unstructured) => string {
  let hasHeaders = noHeaders;
  return (object) => {
    const objects = isList(object) ? (object['items'] as readonly unknown[]) : [object];
    const lines = objects.map((each) =>
      columns.map(({ valuesOf }) => cell(valuesOf(each))).join('\t'),
    );
    if (!hasHeaders) lines.unshift(columns.map(({ header }) => header).join('\t'));
    hasHeaders = true;
    return aligned(lines.map((line) => `${line}\n`).join(''), tableLayout);
  };
}

function cell(results: readonly (readonly unknown[])[]): string {
  const values = results.flat().map((value) => escaped(goText(value)));
  return [...((results[0]?.length ?? 0) === 0 ? ['<none>'] : []), ...values].join(',');
}

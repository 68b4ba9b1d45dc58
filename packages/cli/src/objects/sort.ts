import { compareQuantities } from '@coxswain/api';
import { Exit } from '../command/failure.ts';
import { jsonPath, relaxedPath } from '../jsonpath/index.ts';
import { goSort } from '../printers/go-sort.ts';
import type { Table } from '../printers/table.ts';
import type { Unstructured } from './info.ts';

/** Ends the command as kubectl's log does it, for values that have no order. */
export type Refuse = (words: string) => Exit;

const typeName = (value: unknown): string => {
  if (Array.isArray(value)) return '[]interface {}';
  return typeof value === 'object' ? 'map[string]interface {}' : 'bool';
};

const isSameSort = (a: unknown, b: unknown): boolean =>
  typeof a === typeof b &&
  (typeof a !== 'number' || Number.isInteger(a) === Number.isInteger(b as number));

/** Texts that are quantities by their amount, others by their letters. */
function isTextLess(a: string, b: string): boolean {
  try {
    return compareQuantities(a, b) < 0;
  } catch {
    return Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0;
  }
}

function isLess(a: unknown, b: unknown): boolean {
  if (b === null) return false;
  if (a === null) return true;
  if (typeof a !== 'string' && typeof a !== 'number')
    throw new Error(`unsortable type: ${typeName(a)}`);
  if (!isSameSort(a, b)) throw new Error('unsortable interface: interface');
  return typeof a === 'string' ? isTextLess(a, b as string) : a < (b as number);
}

/**
 * Sorts by the first value that a path finds in each; those without one come first. Throws where no item has the field.
 * `template` is the path with its braces.
 */
function sorted<T>(
  items: readonly T[],
  template: string,
  objectOf: (item: T) => unknown,
  refuse: (words: string) => Exit,
): readonly T[] {
  const path = jsonPath(template, { allowMissing: true });
  const keyed = items.map((item) => ({ item, values: path.find(objectOf(item))[0] ?? [] }));
  if (keyed.every(({ values }) => values.length === 0))
    throw new Error(
      `couldn't find any field with path ${JSON.stringify(template)} in the list of objects`,
    );
  goSort(keyed, ({ values: a }, { values: b }) => {
    if (a.length === 0) return true;
    if (b.length === 0) return false;
    try {
      return isLess(a[0], b[0]);
    } catch (error) {
      throw refuse((error as Error).message);
    }
  });
  return keyed.map(({ item }) => item);
}

/** Sorts objects by a field: `name`, `.name`, `{name}` or `{.name}`. */
export const sortObjects = <T>(
  items: readonly T[],
  expression: string,
  objectOf: (item: T) => Unstructured | undefined,
  refuse: Refuse,
): readonly T[] => {
  if (items.length === 0) return items;
  const template = relaxedPath(expression);
  return sorted(items, template, objectOf, (words) =>
    refuse(
      `sorter.go:329] Field ${template} in *unstructured.Unstructured is an unsortable type: interface, err: ${words}`,
    ),
  );
};

/** A Table with its rows sorted by a field of their objects; what is no field leaves nothing to show. */
export function sortTable(table: Table, expression: string, refuse: Refuse): Table | undefined {
  if ((table.rows ?? []).length < 2) return table;
  try {
    const template = relaxedOrPlain(expression);
    const rows = sorted(
      table.rows,
      template,
      ({ object }) => object,
      (words) =>
        refuse(
          `sorter.go:375] Field ${template} in [][][]reflect.Value is an unsortable type: interface, err: ${words}`,
        ),
    );
    return { ...table, rows };
  } catch (error) {
    if (error instanceof Exit) throw error;
    return undefined; // kubectl does not look at what its printers say here
  }
}

function relaxedOrPlain(expression: string): string {
  try {
    return relaxedPath(expression);
  } catch {
    return expression;
  }
}

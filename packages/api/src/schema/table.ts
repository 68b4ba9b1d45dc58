import table from './table.json' with { type: 'json' };

/** One field: JSON name ('' when embedded), type reference, protobuf number and wire kind, flags, markers. */
export type FieldRow = readonly [
  json: string,
  type: string,
  number: number,
  wire: string,
  flags: string,
  markers?: Markers,
];

/** Merge key, patch strategy, list type and keys, map type, struct type, default, union discriminator. */
export interface Markers {
  readonly mk?: string;
  readonly ps?: string;
  readonly lt?: 'atomic' | 'set' | 'map';
  readonly lk?: readonly string[];
  readonly mt?: 'atomic' | 'granular';
  readonly st?: 'atomic' | 'granular';
  readonly d?: unknown;
  readonly ud?: 1;
}

export type TypeRow =
  | { readonly k: 'struct'; readonly f: readonly FieldRow[]; readonly st?: 'atomic' }
  | {
      readonly k: 'alias';
      readonly t: string;
      /** Values that have a name; with `enum` no others are meant to be. */
      readonly e?: readonly string[];
      readonly enum?: 1;
      readonly pb?: object;
    }
  | { readonly k: 'proto' };

interface Table {
  readonly gv: Readonly<Record<string, { readonly pkg: string }>>;
  readonly types: Readonly<Record<string, Readonly<Record<string, TypeRow>>>>;
}

const rows = table as unknown as Table;

/** The row of a named type, where the table has it. */
export function typeRow(pkg: string, name: string): TypeRow | undefined {
  const types = rows.types[pkg];
  return types && Object.hasOwn(types, name) ? types[name] : undefined;
}

/** The package that holds the types of a group version: `apps/v1` of `apps/v1`, `core/v1` of `v1`. */
export function packageOf(groupVersion: string): string | undefined {
  return Object.hasOwn(rows.gv, groupVersion) ? rows.gv[groupVersion]!.pkg : undefined;
}

/** Every group version whose types the table holds. */
export const groupVersions: readonly string[] = Object.keys(rows.gv);

/** The names of all types of a package. */
export const typeNames = (pkg: string): readonly string[] => Object.keys(rows.types[pkg] ?? {});

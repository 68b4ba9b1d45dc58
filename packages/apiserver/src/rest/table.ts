import type { KubeObject } from '@coxswain/api';
import type { Table, TableRow } from '@coxswain/api/types/meta';
import type { Column } from '../kinds/kind.ts';
import type { Call } from './engine.ts';
import { partial } from './partial.ts';

/** How much of the object a row carries. */
export type IncludeObject = 'None' | 'Metadata' | 'Object';

/** Upstream's printer for kinds that have none of their own. */
const usual: readonly Column<KubeObject>[] = [
  {
    name: 'Name',
    type: 'string',
    format: 'name',
    description: 'Name of the object, unique among those of its kind in its namespace.',
    value: ({ metadata }) => metadata.name,
  },
  {
    name: 'Created At',
    type: 'date',
    description: 'When the server created the object.',
    value: ({ metadata }) => metadata.creationTimestamp ?? '',
  },
];

/** The objects as rows of a Table, with the kind's columns unless `bare`. */
export function tableOf(
  call: Call,
  version: string,
  objects: readonly KubeObject[],
  include: IncludeObject,
  metadata: object,
  bare = false,
): Table {
  const { kind } = call.served;
  const columns = kind.columns ?? usual;
  const sorted = kind.sortRows ? objects.toSorted(kind.sortRows) : objects;
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${version}`,
    metadata,
    columnDefinitions: bare ? (null as never) : columns.map(definitionOf),
    rows: sorted.map((object) => ({
      ...rowOf(call, object),
      object:
        include === 'None'
          ? (null as never)
          : include === 'Object'
            ? object
            : partial(object, version),
    })),
  };
}

/** A row without its object. */
export function rowOf(
  { served: { kind }, context }: Call,
  object: KubeObject,
): Omit<TableRow, 'object'> {
  const columns = kind.columns ?? usual;
  const conditions = kind.rowConditions?.(object) ?? [];
  return {
    cells: columns.map((column) => column.value(object, context)),
    ...(conditions.length > 0 && { conditions }),
  };
}

const definitionOf = (column: Column<KubeObject>): Table['columnDefinitions'][number] => ({
  name: column.name,
  type: column.type,
  format: column.format ?? '',
  description: column.description,
  priority: column.priority ?? (column.wide ? 1 : 0),
});

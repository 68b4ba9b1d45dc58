import { CSINodes } from '@coxswain/api';
import type { CSINode } from '@coxswain/api/types/storage-v1';
import type { Kind } from '../kind.ts';
import { ageColumn, countColumn, nameColumn } from '../rules/columns.ts';

/** The storage drivers of one node. */
export const csiNodeKind: Kind<CSINode> = {
  resource: CSINodes,
  generation: false,
  columns: [
    nameColumn,
    countColumn(
      'Drivers',
      'How many drivers the node has.',
      ({ spec }) => spec.drivers?.length ?? 0,
    ),
    ageColumn,
  ],
};

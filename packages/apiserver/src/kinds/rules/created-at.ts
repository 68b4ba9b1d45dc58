import type { KubeObject } from '@coxswain/api';
import type { Column } from '../kind.ts';

/** Kinds without a printer of their own upstream show the moment itself. */
export const createdAtColumn: Column<KubeObject> = {
  name: 'Created At',
  type: 'date',
  description: 'When the server created the object.',
  value: ({ metadata }) => metadata.creationTimestamp ?? '',
};

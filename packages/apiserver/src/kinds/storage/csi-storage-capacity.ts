import { CSIStorageCapacities } from '@coxswain/api';
import type { CSIStorageCapacity } from '@coxswain/api/types/storage-v1';
import type { Kind } from '../kind.ts';
import { nameColumn, textColumn } from '../rules/columns.ts';
import { immutable } from '../rules/meta.ts';

/** How much room a storage class has in one place. */
export const csiStorageCapacityKind: Kind<CSIStorageCapacity> = {
  resource: CSIStorageCapacities,
  generation: false,
  *validateUpdate(next, before) {
    yield* immutable('nodeTopology', next.nodeTopology, before.nodeTopology);
    yield* immutable('storageClassName', next.storageClassName, before.storageClassName);
  },
  columns: [
    nameColumn,
    textColumn(
      'StorageClassName',
      'The class whose room it tells.',
      ({ storageClassName }) => storageClassName,
    ),
    textColumn('Capacity', 'How much room there is.', ({ capacity }) => capacity ?? '<unset>'),
  ],
};

import { CSIStorageCapacities } from '@coxswain/api';
import { compareQuantities } from '@coxswain/api/quantity';
import type { CSIStorageCapacity } from '@coxswain/api/types/storage-v1';
import type { Kind } from '../kind.ts';
import { nameColumn } from '../rules/columns.ts';
import { createdAtColumn } from '../rules/created-at.ts';
import { allInvalid, invalidValue, nonNegativeText, type Rules } from '../rules/field.ts';
import { labelSelector } from '../rules/labels.ts';
import { immutable } from '../rules/meta.ts';
import { dns1123Subdomain } from '../rules/name.ts';
import { nodeSelectorWarnings } from '../rules/node-label-warnings.ts';

function* rules({ nodeTopology, storageClassName, capacity }: CSIStorageCapacity): Rules {
  yield* labelSelector('nodeTopology', nodeTopology);
  yield* allInvalid('storageClassName', storageClassName, dns1123Subdomain(storageClassName));
  if (capacity !== undefined && compareQuantities(capacity, '0') < 0)
    yield invalidValue('capacity', capacity, nonNegativeText);
}

/** How much room a storage class has in one place. */
export const csiStorageCapacityKind: Kind<CSIStorageCapacity> = {
  resource: CSIStorageCapacities,
  allowUnconditionalUpdate: false,
  generation: false,
  validate: rules,
  *validateUpdate(next, before) {
    yield* rules(next);
    yield* immutable('nodeTopology', next.nodeTopology, before.nodeTopology);
    yield* immutable('storageClassName', next.storageClassName, before.storageClassName);
  },
  warnings: ({ nodeTopology }) => nodeSelectorWarnings('nodeTopology', nodeTopology),
  columns: [nameColumn, createdAtColumn],
};

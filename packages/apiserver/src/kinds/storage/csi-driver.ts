import { CSIDrivers } from '@coxswain/api';
import type { CSIDriver } from '@coxswain/api/types/storage-v1';
import type { Column, Kind } from '../kind.ts';
import { ageColumn, nameColumn, textColumn } from '../rules/columns.ts';
import { csiDriverName } from '../rules/volume.ts';

const flag = (
  name: string,
  description: string,
  value: (object: CSIDriver) => boolean,
): Column<CSIDriver> => ({
  name,
  type: 'boolean',
  description,
  value,
});

/** What a storage driver needs and can do. */
export const csiDriverKind: Kind<CSIDriver> = {
  resource: CSIDrivers,
  defaults: (draft) => {
    const spec = (draft.spec ??= {});
    spec.attachRequired ??= true;
    spec.podInfoOnMount ??= false;
    spec.storageCapacity ??= false;
    spec.fsGroupPolicy ??= 'ReadWriteOnceWithFSType';
    if (!spec.volumeLifecycleModes?.length) spec.volumeLifecycleModes = ['Persistent'];
    spec.requiresRepublish ??= false;
    spec.seLinuxMount ??= false;
  },
  validate: ({ metadata }) => csiDriverName('metadata.name', metadata.name),
  columns: [
    nameColumn,
    flag(
      'AttachRequired',
      'Whether volumes must be attached first.',
      ({ spec }) => spec.attachRequired ?? true,
    ),
    flag(
      'PodInfoOnMount',
      'Whether it wants to know the pod.',
      ({ spec }) => spec.podInfoOnMount ?? false,
    ),
    flag(
      'StorageCapacity',
      'Whether it tells how much room it has.',
      ({ spec }) => spec.storageCapacity ?? false,
    ),
    textColumn('TokenRequests', 'Whose tokens it wants.', ({ spec }) =>
      spec.tokenRequests ? spec.tokenRequests.map(({ audience }) => audience).join(',') : '<unset>',
    ),
    flag(
      'RequiresRepublish',
      'Whether it wants to be called again and again.',
      ({ spec }) => spec.requiresRepublish ?? false,
    ),
    textColumn(
      'Modes',
      'The kinds of volumes it makes.',
      ({ spec }) => (spec.volumeLifecycleModes ?? []).join(',') || '<none>',
    ),
    ageColumn,
  ],
};

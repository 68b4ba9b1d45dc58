import { ComponentStatuses } from '@coxswain/api';
import type { ComponentStatus } from '@coxswain/api/types/core-v1';
import type { Kind } from '../kind.ts';
import { nameColumn, textColumn } from '../rules/columns.ts';

const healthOf = ({ conditions = [] }: ComponentStatus): (typeof conditions)[number] | undefined =>
  conditions.find(({ type }) => type === 'Healthy');

/** The health of the parts of the control plane, as it was reported long ago. */
export const componentStatusKind: Kind<ComponentStatus> = {
  resource: ComponentStatuses,
  shortNames: ['cs'],
  verbs: ['get', 'list'],
  unstored: true,
  generation: false,
  deprecated: 'v1 ComponentStatus is deprecated in v1.19+',
  columns: [
    nameColumn,
    textColumn('Status', 'Whether the part is well.', (object) => {
      const status = healthOf(object)?.status;
      return status === undefined ? 'Unknown' : status === 'True' ? 'Healthy' : 'Unhealthy';
    }),
    textColumn('Message', 'What it says itself.', (object) => healthOf(object)?.message ?? ''),
    textColumn('Error', 'What went wrong in asking it.', (object) => healthOf(object)?.error ?? ''),
  ],
};

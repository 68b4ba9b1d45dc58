import { DeviceClasses } from '@coxswain/api';
import type { DeviceClass } from '@coxswain/api/types/resource-v1';
import type { Kind } from '../kind.ts';
import { ageColumn, nameColumn } from '../rules/columns.ts';

/** A kind of device that claims can ask for. */
export const deviceClassKind: Kind<DeviceClass> = {
  resource: DeviceClasses,
  columns: [nameColumn, ageColumn],
};

import { VolumeAttributesClasses } from '@coxswain/api';
import type { VolumeAttributesClass } from '@coxswain/api/types/storage-v1';
import type { Kind } from '../kind.ts';
import { ageColumn, nameColumn, textColumn } from '../rules/columns.ts';
import { equal } from '../rules/equal.ts';
import { forbiddenField, type Rules } from '../rules/field.ts';
import { parameterRules, provisionerRules } from './class-rules.ts';

function* rules({ driverName, parameters }: VolumeAttributesClass): Rules {
  yield* provisionerRules('driverName', driverName);
  yield* parameterRules('parameters', parameters, false);
}

/** Attributes that volumes can have, and change to, while in use. */
export const volumeAttributesClassKind: Kind<VolumeAttributesClass> = {
  resource: VolumeAttributesClasses,
  shortNames: ['vac'],
  generation: false,
  validate: rules,
  *validateUpdate(next, before) {
    if (next.driverName !== before.driverName)
      yield forbiddenField('driverName', 'updates to driverName are forbidden.');
    if (!equal(next.parameters, before.parameters))
      yield forbiddenField('parameters', 'updates to parameters are forbidden.');
    yield* rules(next);
  },
  columns: [
    nameColumn,
    textColumn('DriverName', 'The driver that knows them.', ({ driverName }) => driverName),
    ageColumn,
  ],
};

import { DeviceClasses } from '@coxswain/api';
import type { DeviceClass } from '@coxswain/api/types/resource-v1';
import type { Kind, KindContext } from '../kind.ts';
import { ageColumn, nameColumn } from '../rules/columns.ts';
import { invalidValue, type Rules } from '../rules/field.ts';
import { isExtended } from '../rules/resources.ts';
import { configMax } from './claim-rules.ts';
import { classFeatures, withoutFeatures } from './feature-fields.ts';
import { eachOf } from './lists.ts';
import { deviceConfiguration, deviceSelectors } from './parts.ts';

function* rules({ spec }: DeviceClass): Rules {
  yield* deviceSelectors('spec.selectors', spec.selectors);
  yield* eachOf('spec.config', spec.config, configMax, (config, at) =>
    deviceConfiguration(at, config),
  );
  const name = spec.extendedResourceName;
  if (name !== undefined && !isExtended(name))
    yield invalidValue('spec.extendedResourceName', name, 'must be a valid extended resource name');
}

const prepared = (
  next: DeviceClass,
  before: DeviceClass | undefined,
  { enabled }: KindContext,
): DeviceClass => ({
  ...next,
  spec: withoutFeatures(classFeatures, next.spec, before?.spec, enabled),
});

/** A kind of device that claims can ask for. */
export const deviceClassKind: Kind<DeviceClass> = {
  resource: DeviceClasses,
  prepareForCreate: (object, context) => prepared(object, undefined, context),
  prepareForUpdate: prepared,
  validate: rules,
  columns: [nameColumn, ageColumn],
};

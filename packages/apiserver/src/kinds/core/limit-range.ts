import { LimitRanges } from '@coxswain/api';
import { uuid } from '@coxswain/base';
import type { LimitRange, LimitRangeItem } from '@coxswain/api/types/core-v1';
import type { Draft, Kind } from '../kind.ts';
import { createdAtColumn } from '../rules/created-at.ts';
import { nameColumn } from '../rules/columns.ts';
import { resourceDefaults } from '../rules/pod-defaults.ts';
import { limitRangeRules } from './limit-range-rules.ts';

function itemDefaults(item: Draft<LimitRangeItem>): void {
  for (const list of ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'] as const)
    resourceDefaults(item[list]);
  if (item.type !== 'Container') return;
  // A limit defaults to the most allowed, a request to the limit, else to the least allowed.
  item.default = { ...item.max, ...item.default };
  item.defaultRequest = { ...item.min, ...item.default, ...item.defaultRequest };
}

/** Bounds of what pods in a namespace may ask for. */
export const limitRangeKind: Kind<LimitRange> = {
  resource: LimitRanges,
  shortNames: ['limits'],
  allowCreateOnUpdate: true,
  generation: false,
  defaults: ({ spec }) => {
    for (const item of spec?.limits ?? []) itemDefaults(item);
  },
  prepareForCreate: (object, { random }) =>
    object.metadata.name
      ? object
      : { ...object, metadata: { ...object.metadata, name: uuid(random) } },
  validate: limitRangeRules,
  columns: [nameColumn, createdAtColumn],
};

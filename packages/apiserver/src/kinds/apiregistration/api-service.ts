import { APIServices } from '@coxswain/api';
import type { APIService } from '@coxswain/api/types/apiregistration-v1';
import type { Kind } from '../kind.ts';
import { ageColumn, nameColumn, textColumn } from '../rules/columns.ts';
import { invalidValue, required, type Rules } from '../rules/field.ts';
import { pathSegmentName } from '../rules/name.ts';
import { splitStatus } from '../rules/split.ts';

const split = splitStatus<APIService>();
const priorityMax = { group: 20_000, version: 1000 };
const servicePort = 443;

function* rules({ metadata, spec }: APIService): Rules {
  const expected = `${spec.version ?? ''}.${spec.group ?? ''}`;
  if (metadata.name !== expected)
    yield invalidValue(
      'metadata.name',
      metadata.name,
      '`spec.version+"."+spec.group`: "' + expected + '"',
    );
  if (!spec.version) yield required('spec.version');
  const { groupPriorityMinimum: group, versionPriority: version } = spec;
  if (!group || group < 0 || group > priorityMax.group)
    yield invalidValue(
      'spec.groupPriorityMinimum',
      group ?? 0,
      'must be positive and less than 20000',
    );
  if (!version || version < 0 || version > priorityMax.version)
    yield invalidValue('spec.versionPriority', version ?? 0, 'must be positive and less than 1000');
}

function availableText({ spec, status }: APIService): string {
  const condition = status?.conditions?.find(({ type }) => type === 'Available');
  if (!condition) return spec.service ? 'Unknown' : 'True';
  return condition.status === 'True' ? 'True' : `${condition.status} (${condition.reason ?? ''})`;
}

/** A group and version of the API, and who serves it. */
export const apiServiceKind: Kind<APIService> = {
  resource: APIServices,
  categories: ['api-extensions'],
  generation: false,
  validateName: pathSegmentName,
  ...split,
  defaults: ({ spec }) => {
    if (spec.service) spec.service.port ??= servicePort;
  },
  validate: rules,
  columns: [
    nameColumn,
    textColumn('Service', 'Who serves it.', ({ spec }) =>
      spec.service ? `${spec.service.namespace ?? ''}/${spec.service.name ?? ''}` : 'Local',
    ),
    textColumn('Available', 'Whether it answers.', availableText),
    ageColumn,
  ],
};

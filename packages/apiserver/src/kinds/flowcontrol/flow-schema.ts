import { FlowSchemas } from '@coxswain/api';
import type { FlowSchema } from '@coxswain/api/types/flowcontrol-v1';
import type { Kind } from '../kind.ts';
import { ageColumn, nameColumn, textColumn } from '../rules/columns.ts';
import { invalidValue, required } from '../rules/field.ts';
import { splitStatus } from '../rules/split.ts';

const precedence = 1000;
const precedenceMax = 10_000;

/** Which requests go by which level of priority. */
export const flowSchemaKind: Kind<FlowSchema> = {
  resource: FlowSchemas,
  ...splitStatus<FlowSchema>(),
  defaults: ({ spec }) => {
    spec.matchingPrecedence ||= precedence;
  },
  *validate({ spec }) {
    const given = spec.matchingPrecedence ?? 0;
    if (given <= 0)
      yield invalidValue('spec.matchingPrecedence', given, 'must be a positive value');
    if (given > precedenceMax)
      yield invalidValue(
        'spec.matchingPrecedence',
        given,
        `must not be greater than ${precedenceMax}`,
      );
    if (!spec.priorityLevelConfiguration?.name)
      yield required('spec.priorityLevelConfiguration.name', 'must reference a priority level');
  },
  columns: [
    nameColumn,
    textColumn(
      'PriorityLevel',
      'The level.',
      ({ spec }) => spec.priorityLevelConfiguration?.name ?? '',
    ),
    textColumn(
      'MatchingPrecedence',
      'Its rank among those that match; less comes first.',
      ({ spec }) => spec.matchingPrecedence ?? 0,
    ),
    textColumn(
      'DistinguisherMethod',
      'How flows are told apart.',
      ({ spec }) => spec.distinguisherMethod?.type ?? '<none>',
    ),
    ageColumn,
    textColumn(
      'MissingPL',
      'Whether the level is missing.',
      ({ status }) => status?.conditions?.find(({ type }) => type === 'Dangling')?.status ?? '?',
    ),
  ],
};

import { FlowSchemas } from '@coxswain/api';
import type { FlowSchema } from '@coxswain/api/types/flowcontrol-v1';
import type { Kind } from '../kind.ts';
import { ageColumn, nameColumn, textColumn } from '../rules/columns.ts';
import { allInvalid, invalidValue, notSupported, required } from '../rules/field.ts';
import { subdomainName } from '../rules/name.ts';
import { splitStatus } from '../rules/split.ts';
import { mandatorySchema } from './mandatory.ts';
import { conditionRules, policyRules } from './schema-rules.ts';

const precedence = 1000;
const precedenceMax = 10_000;

const split = splitStatus<FlowSchema>({}, 'kept from status');

/** Which requests go by which level of priority. */
export const flowSchemaKind: Kind<FlowSchema> = {
  resource: FlowSchemas,
  ...split,
  status: {
    ...split.status,
    validateUpdate: ({ status }) => conditionRules(status?.conditions),
  },
  defaults: ({ spec }) => {
    spec.matchingPrecedence ||= precedence;
  },
  *validate({ metadata, spec, status }) {
    const given = spec.matchingPrecedence ?? 0;
    if (given <= 0)
      yield invalidValue('spec.matchingPrecedence', given, 'must be a positive value');
    if (given > precedenceMax)
      yield invalidValue(
        'spec.matchingPrecedence',
        given,
        `must not be greater than ${precedenceMax}`,
      );
    if (given === 1 && metadata.name !== 'exempt')
      yield invalidValue(
        'spec.matchingPrecedence',
        given,
        "only the schema named 'exempt' may have matchingPrecedence 1",
      );
    const method = spec.distinguisherMethod;
    if (method && method.type !== 'ByUser' && method.type !== 'ByNamespace')
      yield notSupported('spec.distinguisherMethod.type', { Type: method.type ?? '' }, [
        ...['ByNamespace', 'ByUser'],
      ]);
    const level = spec.priorityLevelConfiguration?.name;
    if (!level)
      yield required('spec.priorityLevelConfiguration.name', 'must reference a priority level');
    else yield* allInvalid('spec.priorityLevelConfiguration.name', level, subdomainName(level));
    for (const [at, rule] of (spec.rules ?? []).entries())
      yield* policyRules(`spec.rules[${at}]`, rule);
    yield* mandatorySchema(metadata.name, spec);
    yield* conditionRules(status?.conditions);
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

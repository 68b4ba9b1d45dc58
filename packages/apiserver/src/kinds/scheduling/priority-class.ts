import { PriorityClasses } from '@coxswain/api';
import type { PriorityClass } from '@coxswain/api/types/scheduling-v1';
import type { Kind } from '../kind.ts';
import { ageColumn, countColumn, nameColumn, textColumn } from '../rules/columns.ts';
import { forbiddenField, oneOf, type Rules } from '../rules/field.ts';
import { immutable } from '../rules/meta.ts';

const userPriorityMax = 1_000_000_000;
const systemClasses: Readonly<Record<string, number>> = {
  'system-cluster-critical': 2_000_000_000,
  'system-node-critical': 2_000_001_000,
};

function* systemRules({ metadata, value = 0, globalDefault = false }: PriorityClass): Rules {
  const { name } = metadata;
  // A name that is still missing is another rule's matter.
  if (Boolean(name) && name.startsWith('system-')) {
    const known = systemClasses[name];
    const why =
      known === undefined
        ? `${name} is not a known system priority class`
        : value === known
          ? globalDefault && `globalDefault of system priority class ${name} must be false`
          : `value of ${name} PriorityClass must be ${known}`;
    if (why)
      yield forbiddenField(
        'metadata.name',
        `priority class names with 'system-' prefix are reserved for system use only. error: ${why}`,
      );
  } else if (value > userPriorityMax)
    yield forbiddenField(
      'value',
      `maximum allowed value of a user defined priority is ${userPriorityMax}`,
    );
}

function* rules(object: PriorityClass): Rules {
  yield* systemRules(object);
  if (object.preemptionPolicy !== undefined)
    yield* oneOf('preemptionPolicy', object.preemptionPolicy, ['PreemptLowerPriority', 'Never']);
}

/** Names a priority for pods. */
export const priorityClassKind: Kind<PriorityClass> = {
  resource: PriorityClasses,
  shortNames: ['pc'],
  generation: () => false,
  defaults: (draft) => {
    draft.preemptionPolicy ??= 'PreemptLowerPriority';
  },
  validate: rules,
  *validateUpdate(next, before) {
    if ((next.value ?? 0) !== (before.value ?? 0))
      yield forbiddenField('value', 'may not be changed in an update.');
    yield* immutable('preemptionPolicy', next.preemptionPolicy, before.preemptionPolicy);
  },
  columns: [
    nameColumn,
    countColumn('Value', 'The priority; more comes first.', ({ value = 0 }) => value),
    {
      name: 'Global-Default',
      type: 'boolean',
      description: 'Whether pods that name no class get this one.',
      value: ({ globalDefault = false }) => globalDefault,
    },
    ageColumn,
    textColumn(
      'PreemptionPolicy',
      'Whether its pods may take the place of others.',
      ({ preemptionPolicy = '' }) => preemptionPolicy,
    ),
  ],
};

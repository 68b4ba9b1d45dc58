import type {
  FlowSchemaSpec,
  PriorityLevelConfigurationSpec,
} from '@coxswain/api/types/flowcontrol-v1';
import { equal } from '../rules/equal.ts';
import { invalidValue, type Rules } from '../rules/field.ts';
import { internalForm } from '../rules/internal-form.ts';

const everybody = ['system:unauthenticated', 'system:authenticated'];
const all = (groups: readonly string[]): NonNullable<FlowSchemaSpec['rules']> => [
  {
    subjects: groups.map((name) => ({ kind: 'Group', group: { name } })),
    resourceRules: [
      { verbs: ['*'], apiGroups: ['*'], resources: ['*'], clusterScope: true, namespaces: ['*'] },
    ],
    nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
  },
];

/** What the server cannot be without, to the letter. */
const schemas: Readonly<Record<string, FlowSchemaSpec>> = {
  exempt: {
    priorityLevelConfiguration: { name: 'exempt' },
    matchingPrecedence: 1,
    rules: all(['system:masters']),
  },
  'catch-all': {
    priorityLevelConfiguration: { name: 'catch-all' },
    matchingPrecedence: 10_000,
    distinguisherMethod: { type: 'ByUser' },
    rules: all(everybody),
  },
};
const catchAll: PriorityLevelConfigurationSpec = {
  type: 'Limited',
  limited: {
    nominalConcurrencyShares: 5,
    limitResponse: { type: 'Reject' },
    lendablePercent: 0,
  },
};

/** Nobody changes the schemas `exempt` and `catch-all`. */
export function* mandatorySchema(name: string, spec: FlowSchemaSpec): Rules {
  const fixed = Object.hasOwn(schemas, name) ? schemas[name] : undefined;
  if (fixed && !equal(plain(spec), plain(fixed)))
    yield invalidValue(
      'spec',
      internalForm('flowcontrol.FlowSchemaSpec', spec),
      `spec of '${name}' must equal the fixed value`,
    );
}

/** Nor the level `catch-all`; of `exempt` only what it lends. */
export function* mandatoryLevel(name: string, spec: PriorityLevelConfigurationSpec): Rules {
  if (name === 'exempt' && (spec.type !== 'Exempt' || spec.limited))
    yield invalidValue(
      'spec',
      levelForm(spec),
      "spec of 'exempt' except the 'spec.exempt' field must equal the fixed value",
    );
  if (name === 'catch-all' && !equal(plain(spec), plain(catchAll)))
    yield invalidValue('spec', levelForm(spec), "spec of 'catch-all' must equal the fixed value");
}

const levelForm = (spec: PriorityLevelConfigurationSpec): unknown =>
  internalForm('flowcontrol.PriorityLevelConfigurationSpec', spec);

/** Without members that are not set. */
const plain = (value: object): object => JSON.parse(JSON.stringify(value)) as object;

import {
  CustomResourceDefinitions,
  dns1123SubdomainErrors,
  formatTime,
  nilList,
} from '@coxswain/api';
import type {
  CustomResourceDefinition,
  CustomResourceDefinitionStatus,
} from '@coxswain/api/types/apiextensions-v1';
import { cleanupFinalizer, isTrue } from '../../crd/definition.ts';
import { terminating, withCondition } from '../../crd/lifecycle.ts';
import { unrecognized } from '../../crd/schema/formats.ts';
import { schemasIn } from '../../crd/schema/schema.ts';
import type { Kind } from '../kind.ts';
import { nameColumn } from '../rules/columns.ts';
import { createdAtColumn } from '../rules/created-at.ts';
import { invalidValue, type Rules } from '../rules/field.ts';
import { immutable } from '../rules/meta.ts';
import { approvalRules, nameRules, specRules, storedVersionRules } from './spec-rules.ts';
import { type Choices, strict } from './choices.ts';
import { choicesFor } from './ratchet.ts';

const webhookPort = 443;

function* wholeRules(
  definition: CustomResourceDefinition,
  before: CustomResourceDefinition | undefined,
  choices: Choices,
): Rules {
  const { spec, status } = definition;
  yield* specRules(spec, choices);
  if (before) {
    if (isTrue(before, 'Established')) {
      yield* immutable('spec.scope', spec.scope, before.spec.scope);
      yield* immutable('spec.names.kind', spec.names.kind, before.spec.names.kind);
    }
    yield* immutable('spec.group', spec.group, before.spec.group);
    yield* immutable('spec.names.plural', spec.names.plural, before.spec.names.plural);
  }
  yield* nameRules(status?.acceptedNames, 'status.acceptedNames');
  yield* storedVersionRules(status?.storedVersions ?? [], spec.versions ?? []);
  yield* approvalRules(definition, before);
  if (spec.preserveUnknownFields === true && before?.spec.preserveUnknownFields !== true)
    yield invalidValue(
      'spec.preserveUnknownFields',
      true,
      'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead',
    );
}

const formatsOf = ({ spec }: CustomResourceDefinition): readonly string[] => [
  ...new Set(
    (spec.versions ?? []).flatMap(({ schema }) =>
      [...schemasIn(schema?.openAPIV3Schema)].flatMap(unrecognized),
    ),
  ),
];

/** The version that is stored now is one of those that were ever stored. */
function withStored(
  status: CustomResourceDefinitionStatus,
  { spec }: CustomResourceDefinition,
): CustomResourceDefinitionStatus {
  const name = (spec.versions ?? []).find(({ storage }) => storage)?.name;
  const { storedVersions = [] } = status;
  if (name === undefined || storedVersions.includes(name)) return status;
  return { ...status, storedVersions: [...storedVersions, name] };
}

const marked =
  'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon';

/** A kind that users add. */
export const customResourceDefinitionKind: Kind<CustomResourceDefinition> = {
  resource: CustomResourceDefinitions,
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  defaults: ({ spec }) => {
    spec.names.singular ||= spec.names.kind.toLowerCase();
    if (spec.names.kind) spec.names.listKind ||= `${spec.names.kind}List`;
    spec.conversion ??= { strategy: 'None' };
    const { service } = spec.conversion.webhook?.clientConfig ?? {};
    if (service) service.port ??= webhookPort;
  },
  prepareForCreate: (object) => ({
    ...object,
    status: withStored(
      { conditions: nilList, acceptedNames: { plural: '', kind: '' }, storedVersions: [] },
      object,
    ),
  }),
  prepareForUpdate: (next, before) => ({ ...next, status: withStored(before.status ?? {}, next) }),
  resetFields: [['f:status']],
  allowUnconditionalUpdate: false,
  markDeleted: (object, { nowMs }) => ({
    ...object,
    metadata: {
      ...object.metadata,
      deletionTimestamp: formatTime(nowMs),
      finalizers: [...new Set([...(object.metadata.finalizers ?? []), cleanupFinalizer])],
    },
    status: withCondition(
      object.status ?? {},
      terminating('True', 'InstanceDeletionPending', marked),
      nowMs,
    ),
  }),
  validateName: (name, prefix, { spec }) => [
    ...dns1123SubdomainErrors(prefix ? name.replace(/(?<=.)-$/, 'a') : name),
    ...(name === `${spec.names.plural}.${spec.group}`
      ? []
      : ['must be spec.names.plural+"."+spec.group']),
  ],
  validate: (object) => wholeRules(object, undefined, strict),
  validateUpdate: (next, before) => wholeRules(next, before, choicesFor(next, before)),
  *warnings(object, before) {
    const known = new Set(before && formatsOf(before));
    for (const format of formatsOf(object))
      if (!known.has(format)) yield `unrecognized format ${JSON.stringify(format)}`;
  },
  status: {
    prepareForUpdate: (next, before) => ({ ...next, spec: before.spec }),
    validateUpdate: ({ status }) => nameRules(status?.acceptedNames, 'status.acceptedNames'),
    resetFields: [['f:spec']],
  },
  columns: [nameColumn, createdAtColumn],
};

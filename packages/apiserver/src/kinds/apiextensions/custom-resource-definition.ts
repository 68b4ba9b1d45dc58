import { CustomResourceDefinitions, formatTime, nilList } from '@coxswain/api';
import type { CustomResourceDefinition } from '@coxswain/api/types/apiextensions-v1';
import { cleanupFinalizer } from '../../crd/definition.ts';
import { terminating, withCondition } from '../../crd/lifecycle.ts';
import type { Kind } from '../kind.ts';
import { nameColumn } from '../rules/columns.ts';
import { createdAtColumn } from '../rules/created-at.ts';
import { invalidValue, notSupported, required, type Rules } from '../rules/field.ts';
import { immutable } from '../rules/meta.ts';
import { splitStatus } from '../rules/split.ts';

const webhookPort = 443;
const split = splitStatus<CustomResourceDefinition>();

function* rules({ metadata, spec }: CustomResourceDefinition): Rules {
  const { group, names, scope } = spec;
  const versions = spec.versions ?? [];
  if (metadata.name !== `${names.plural}.${group}`)
    yield invalidValue('metadata.name', metadata.name, 'must be spec.names.plural+"."+spec.group');
  if (!group) yield required('spec.group');
  if (scope !== 'Cluster' && scope !== 'Namespaced')
    yield notSupported('spec.scope', scope, ['Cluster', 'Namespaced']);
  if (versions.filter(({ storage }) => storage).length !== 1)
    yield invalidValue(
      'spec.versions',
      versions,
      'must have exactly one version marked as storage version',
    );
  for (const field of ['plural', 'kind'] as const)
    if (!names[field]) yield required(`spec.names.${field}`);
}

/** A kind that users add. */
export const customResourceDefinitionKind: Kind<CustomResourceDefinition> = {
  resource: CustomResourceDefinitions,
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  ...split,
  defaults: ({ spec }) => {
    spec.scope ||= 'Namespaced';
    spec.names.singular ||= spec.names.kind.toLowerCase();
    spec.names.listKind ||= `${spec.names.kind}List`;
    spec.conversion ??= { strategy: 'None' };
    const { service } = spec.conversion.webhook?.clientConfig ?? {};
    if (service) service.port ??= webhookPort;
  },
  prepareForCreate: (object) => ({
    ...object,
    status: {
      conditions: nilList,
      acceptedNames: { plural: '', kind: '' },
      storedVersions: object.spec.versions.filter(({ storage }) => storage).map(({ name }) => name),
    },
  }),
  markDeleted: (object, { nowMs }) => ({
    ...object,
    metadata: {
      ...object.metadata,
      deletionTimestamp: formatTime(nowMs),
      finalizers: [...new Set([...(object.metadata.finalizers ?? []), cleanupFinalizer])],
    },
    status: withCondition(
      object.status ?? {},
      terminating(
        'True',
        'InstanceDeletionPending',
        'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
      ),
      nowMs,
    ),
  }),
  validate: rules,
  *validateUpdate(next, before) {
    yield* rules(next);
    yield* immutable('spec.group', next.spec.group, before.spec.group);
    yield* immutable('spec.scope', next.spec.scope, before.spec.scope);
    yield* immutable('spec.names.kind', next.spec.names.kind, before.spec.names.kind);
    yield* immutable('spec.names.plural', next.spec.names.plural, before.spec.names.plural);
  },
  columns: [nameColumn, createdAtColumn],
};

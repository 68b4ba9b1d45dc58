import { Namespaces } from '@coxswain/api';
import type { Namespace } from '@coxswain/api/types/core-v1';
import type { Kind } from '../kind.ts';
import { ageColumn, nameColumn, textColumn } from '../rules/columns.ts';
import { allInvalid, invalidValue, type Rules } from '../rules/field.ts';
import { kubeFinalizer } from '../rules/meta.ts';
import { labelName, qualifiedName } from '../rules/name.ts';
import { splitStatus } from '../rules/split.ts';

const split = splitStatus<Namespace>();
const nameLabel = 'kubernetes.io/metadata.name';
const own = 'kubernetes';

function* finalizers(list: readonly string[] | undefined, path: (index: number) => string): Rules {
  for (const [index, name] of (list ?? []).entries()) {
    yield* allInvalid(path(index), name, qualifiedName(name));
    yield* kubeFinalizer(path(index), name);
  }
}

/** A scope for names. It goes only when its own finalizer has seen everything in it go. */
export const namespaceKind: Kind<Namespace> = {
  resource: Namespaces,
  shortNames: ['ns'],
  verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
  validateName: labelName,
  generation: false,
  subresources: ['finalize'],

  defaults: (draft) => {
    draft.spec ??= {};
    draft.status ??= {};
    draft.status.phase ||= 'Active';
    const { name, labels } = draft.metadata;
    if (name && labels?.[nameLabel] !== name)
      draft.metadata = { ...draft.metadata, labels: { ...labels, [nameLabel]: name } };
  },
  prepareForCreate: (object) => {
    const { metadata, spec } = object;
    const given = spec?.finalizers ?? [];
    return {
      ...object,
      metadata: metadata.name
        ? { ...metadata, labels: { ...metadata.labels, [nameLabel]: metadata.name } }
        : metadata,
      spec: { ...spec, finalizers: given.includes(own) ? given : [...given, own] },
      status: { phase: 'Active' },
    };
  },
  prepareForUpdate: (next, before) => ({
    ...next,
    spec: { ...next.spec, finalizers: before.spec.finalizers },
    status: before.status,
  }),
  resetFields: split.resetFields!,
  validate: ({ spec }) => finalizers(spec.finalizers, () => 'spec.finalizers'),
  *validateUpdate() {},

  status: {
    ...split.status,
    *validateUpdate({ metadata, status }) {
      const expected = metadata.deletionTimestamp ? 'Terminating' : 'Active';
      if (status?.phase !== expected)
        yield invalidValue(
          'status.Phase',
          status?.phase ?? '',
          expected === 'Active'
            ? "may only be 'Active' if `deletionTimestamp` is empty"
            : "may only be 'Terminating' if `deletionTimestamp` is not empty",
        );
    },
  },
  facets: {
    finalize: {
      prepareForUpdate: (next, before) => ({ ...next, status: before.status }),
      validateUpdate: ({ spec }) => finalizers(spec.finalizers, (at) => `spec.finalizers[${at}]`),
      resetFields: [['f:status']],
    },
  },

  selectableFields: { 'status.phase': ({ status }) => status?.phase ?? '' },
  columns: [
    nameColumn,
    textColumn(
      'Status',
      'Whether the namespace is in use or being emptied.',
      ({ status }) => status?.phase ?? '',
    ),
    ageColumn,
  ],
};

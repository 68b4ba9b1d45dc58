import { ControllerRevisions } from '@coxswain/api';
import type { ControllerRevision } from '@coxswain/api/types/apps-v1';
import type { Kind } from '../kind.ts';
import { ageColumn, nameColumn, textColumn } from '../rules/columns.ts';
import { nonNegative, required, type Rules } from '../rules/field.ts';
import { immutable } from '../rules/meta.ts';

function* rules({ data, revision }: ControllerRevision): Rules {
  yield* nonNegative('revision', revision);
  if (data === undefined || data === null) yield required('data', 'data is mandatory');
  else if (typeof data !== 'object' || Array.isArray(data))
    yield required('data', 'data must be a valid JSON object');
}

function controllerText({ metadata }: ControllerRevision): string {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller);
  if (!owner) return '<none>';
  const group = owner.apiVersion.includes('/') ? `.${owner.apiVersion.split('/')[0]}` : '';
  return `${owner.kind}${group}`.toLowerCase() + `/${owner.name}`;
}

/** A state that a controller once had, kept so that it can go back. */
export const controllerRevisionKind: Kind<ControllerRevision> = {
  resource: ControllerRevisions,
  generation: false,
  validate: rules,
  *validateUpdate(next, before) {
    yield* nonNegative('revision', next.revision);
    yield* immutable('data', next.data, before.data);
  },
  columns: [
    nameColumn,
    textColumn('Controller', 'Whose state it is.', controllerText),
    textColumn('Revision', 'Its number.', ({ revision }) => revision),
    ageColumn,
  ],
};

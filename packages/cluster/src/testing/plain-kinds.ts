import * as api from '@coxswain/api';
import type { Kind } from '@coxswain/apiserver';
import type { KubeObject, Resource } from '@coxswain/api';

type WithStatus = KubeObject & { readonly spec?: unknown; readonly status?: unknown };

const isResource = (value: unknown): value is Resource =>
  typeof value === 'object' && value !== null && 'resource' in value && 'namespaced' in value;

/** Every resource of the API with the one rule that all kinds share: status is written through `/status` only. */
export function plainKinds(except: readonly Kind[] = []): readonly Kind[] {
  const known = new Set(except.map(({ resource }) => idOf(resource)));
  return Object.values(api)
    .filter(isResource)
    .filter((resource) => !known.has(idOf(resource)))
    .map(plainKind);
}

const idOf = ({ group, version, resource }: Resource): string => `${resource}.${version}.${group}`;

const plainKind = (resource: Resource): Kind => ({
  resource,
  prepareForUpdate: (next, before) => withPart(next, before, 'status'),
  status: { prepareForUpdate: (next, before) => withPart(next, before, 'spec') },
  parts: {
    finalize: { prepareForUpdate: (next, before) => withPart(before, next, 'spec') },
  },
  columns: [],
});

function withPart(object: WithStatus, from: WithStatus, part: 'spec' | 'status'): WithStatus {
  const { [part]: _own, ...rest } = object;
  return from[part] === undefined
    ? rest
    : { ...rest, metadata: object.metadata, [part]: from[part] };
}

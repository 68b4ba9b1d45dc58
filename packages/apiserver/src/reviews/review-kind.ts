import type { Resource } from '@coxswain/api';
import { unreachable } from '../crd/webhook.ts';
import { converterOf } from '../crd/converter.ts';
import type { Definition } from '../crd/definition.ts';
import { kindOf } from '../crd/kind-of.ts';
import type { Kind } from '../kinds/kind.ts';
import type { Schema } from '../crd/schema/schema.ts';

/** A kind of one's own that asks something and is never stored: read by a structural schema, as custom resources are. */
export function reviewKind(resource: Resource, singular: string, schema: Schema): Kind {
  const { group, version, resource: plural, kind, namespaced } = resource;
  const served = {
    name: version,
    served: true,
    storage: true,
    schema: { openAPIV3Schema: schema },
  };
  const definition: Definition = {
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      names: { plural, singular, kind },
      scope: namespaced ? 'Namespaced' : 'Cluster',
      versions: [served],
    },
  };
  const {
    storedAs: _stored,
    custom,
    ...made
  } = kindOf(definition, served, converterOf(definition, unreachable));
  const { status: _status, ...rest } = made;
  return {
    ...rest,
    verbs: ['create'],
    unstored: true,
    generation: false,
    custom: { ...custom!, discovered: ['create'] },
  };
}

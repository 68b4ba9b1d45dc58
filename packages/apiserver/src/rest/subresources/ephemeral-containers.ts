import type { FieldError } from '@coxswain/api';
import type { Pod } from '@coxswain/api/types/core-v1';
import type { Subresource } from '../engine.ts';
import { isSame } from '../equal.ts';
import type { Facet } from '../facet.ts';
import { ofFacet } from './of-facet.ts';
import { withPodGeneration } from './pod-generation.ts';

const field = 'spec.ephemeralContainers';

/** Containers added to a running pod: those that are there stay as they are. */
const facet: Facet = {
  subresource: 'ephemeralcontainers',
  prepare(next, before) {
    const wanted = (next as Pod).spec?.ephemeralContainers;
    const { ephemeralContainers: _, ...spec } = (before as Pod).spec!;
    const { managedFields, resourceVersion } = next.metadata;
    const pod: Pod = {
      ...(before as Pod),
      metadata: { ...before.metadata, managedFields, resourceVersion },
      spec: { ...spec, ...(wanted && { ephemeralContainers: wanted }) },
    };
    return withPodGeneration(pod, before as Pod);
  },
  *validate(next, before, { served: { kind }, context }): Generator<FieldError, void> {
    const rules = kind.facets?.['ephemeralcontainers']?.validateUpdate;
    if (rules) yield* rules(next, before, context);
    const now = (next as Pod).spec?.ephemeralContainers ?? [];
    for (const old of (before as Pod).spec?.ephemeralContainers ?? []) {
      const same = now.find(({ name }) => name === old.name);
      if (!same)
        yield {
          type: 'FieldValueForbidden',
          field,
          detail: `existing ephemeral containers ${JSON.stringify(old.name)} may not be removed\n`,
        };
      else if (!isSame(same, old))
        yield {
          type: 'FieldValueForbidden',
          field,
          detail: `existing ephemeral containers ${JSON.stringify(old.name)} may not be changed\n`,
        };
    }
  },
  isWhole: false,
};

export const ephemeralContainers: Subresource = ofFacet(facet);

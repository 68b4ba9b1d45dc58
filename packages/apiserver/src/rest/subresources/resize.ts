import type { FieldError } from '@coxswain/api';
import type { Container, Pod } from '@coxswain/api/types/core-v1';
import type { Subresource } from '../engine.ts';
import type { Facet } from '../facet.ts';
import { ofFacet } from './of-facet.ts';
import { withPodGeneration } from './pod-generation.ts';

/** Resources and resize policies of a running pod's containers, and nothing else of it. */
const facet: Facet = {
  subresource: 'resize',
  prepare(next, before) {
    const [wanted, old] = [(next as Pod).spec!, (before as Pod).spec!];
    const initContainers = resized(wanted.initContainers ?? [], old.initContainers ?? []);
    const { managedFields, resourceVersion } = next.metadata;
    const pod: Pod = {
      ...(before as Pod),
      metadata: { ...before.metadata, managedFields, resourceVersion },
      spec: {
        ...old,
        containers: resized(wanted.containers, old.containers),
        ...(initContainers.length > 0 && { initContainers }),
        ...(wanted.resources && { resources: wanted.resources }),
      },
    };
    return withPodGeneration(pod, before as Pod);
  },
  *validate(next, before, { served: { kind }, context }): Generator<FieldError, void> {
    const rules = kind.facets?.['resize']?.validateUpdate;
    if (rules) yield* rules(next, before, context);
    const [now, old] = [(next as Pod).spec!, (before as Pod).spec!];
    if (!sameNames(now.containers, old.containers))
      yield {
        type: 'FieldValueForbidden',
        field: 'spec.containers',
        detail: 'containers may not be renamed or reordered on resize',
      };
  },
  isWhole: false,
};

const sameNames = (a: readonly Container[], b: readonly Container[]): boolean =>
  a.length === b.length && a.every(({ name }, i) => name === b[i]!.name);

/** Renamed or reordered containers are left for validation to refuse. */
function resized(wanted: readonly Container[], old: readonly Container[]): readonly Container[] {
  if (!sameNames(wanted, old)) return wanted;
  return old.map((container, i) => {
    const { resources, resizePolicy } = wanted[i]!;
    return { ...container, ...(resources && { resources }), ...(resizePolicy && { resizePolicy }) };
  });
}

export const resize: Subresource = ofFacet(facet);

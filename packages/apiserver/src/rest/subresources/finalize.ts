import type { Namespace } from '@coxswain/api/types/core-v1';
import type { Subresource } from '../engine.ts';
import type { Facet } from '../facet.ts';
import { updateOf } from '../update.ts';

/** A namespace's own finalizers; when the last one goes, so does a namespace that is being deleted. */
const finalizers: Facet = {
  subresource: 'finalize',
  prepare: (next, before) => {
    const { spec, ...rest } = before as Namespace;
    const wanted = (next as Namespace).spec?.finalizers;
    const { metadata } = next;
    return {
      ...rest,
      metadata,
      spec: { ...spec, ...(wanted ? { finalizers: wanted } : { finalizers: [] }) },
    } as Namespace;
  },
  validate: () => undefined,
  isWhole: false,
};

export const finalize: Subresource = { update: updateOf(finalizers) };

import { type Selector, selectorOf } from '@coxswain/api';
import type { Pod, PodAffinityTerm, WeightedPodAffinityTerm } from '@coxswain/api/types/core-v1';
import type { Surroundings } from '../framework/plugin.ts';

/** A wish about other pods: which ones, and in which topology. */
export interface Term {
  readonly key: string; // topologyKey
  readonly weight: number; // of a preference; 0 for what is required
  readonly selector: Selector;
  readonly namespaces: ReadonlySet<string>;
  readonly namespaceSelector: Selector | undefined;
}

export interface Terms {
  readonly near: readonly Term[]; // required
  readonly far: readonly Term[];
  readonly preferNear: readonly Term[];
  readonly preferFar: readonly Term[];
}

const none: Terms = { near: [], far: [], preferNear: [], preferFar: [] };
const known = new WeakMap<Pod, Terms>();

/** A pod's wishes about others, read once per pod. */
export function termsOf(pod: Pod): Terms {
  const { podAffinity, podAntiAffinity } = pod.spec.affinity ?? {};
  if (!podAffinity && !podAntiAffinity) return none;
  let terms = known.get(pod);
  if (!terms) {
    const required = (list: readonly PodAffinityTerm[] | undefined): readonly Term[] =>
      (list ?? []).map((each) => termOf(pod, each, 0));
    const preferred = (list: readonly WeightedPodAffinityTerm[] | undefined): readonly Term[] =>
      (list ?? []).map(({ podAffinityTerm, weight }) => termOf(pod, podAffinityTerm, weight));
    terms = {
      near: required(podAffinity?.requiredDuringSchedulingIgnoredDuringExecution),
      far: required(podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution),
      preferNear: preferred(podAffinity?.preferredDuringSchedulingIgnoredDuringExecution),
      preferFar: preferred(podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution),
    };
    known.set(pod, terms);
  }
  return terms;
}

function termOf(pod: Pod, term: PodAffinityTerm, weight: number): Term {
  const { namespaces = [], namespaceSelector } = term;
  const own = namespaces.length === 0 && !namespaceSelector;
  return {
    key: term.topologyKey,
    weight,
    selector: selectorOf(term.labelSelector),
    namespaces: new Set(own ? [pod.metadata.namespace ?? ''] : namespaces),
    namespaceSelector: namespaceSelector ? selectorOf(namespaceSelector) : undefined,
  };
}

/** Whether a term means `pod`. */
export function means(term: Term, { metadata }: Pod, around: Surroundings): boolean {
  const namespace = metadata.namespace ?? '';
  const isThere =
    term.namespaces.has(namespace) ||
    (term.namespaceSelector?.matches(around.labelsOf(namespace) ?? {}) ?? false);
  return isThere && term.selector.matches(metadata.labels ?? {});
}

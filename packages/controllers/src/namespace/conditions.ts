import { formatTime } from '@coxswain/api';
import type { NamespaceCondition } from '@coxswain/api/types/core-v1';

/** What a round of deletion found. */
export interface Findings {
  readonly discoveryErrors: readonly string[];
  readonly parseErrors: readonly string[];
  readonly deletionErrors: readonly string[];
  readonly remaining: ReadonlyMap<string, number>; // 'pods.' or 'deployments.apps' -> instances
  readonly finalizers: ReadonlyMap<string, number>; // finalizer -> instances
}

interface Kind {
  readonly type: string;
  readonly good: readonly [reason: string, message: string];
  readonly bad: (findings: Findings) => readonly [reason: string, message: string] | undefined;
}

const kinds: readonly Kind[] = [
  {
    type: 'NamespaceDeletionDiscoveryFailure',
    good: ['ResourcesDiscovered', 'All resources successfully discovered'],
    bad: ({ discoveryErrors }) =>
      discoveryErrors.length > 0
        ? [
            'DiscoveryFailed',
            `Discovery failed for some groups, ${discoveryErrors.length} failing: ${discoveryErrors.toSorted().join(', ')}`,
          ]
        : undefined,
  },
  {
    type: 'NamespaceDeletionGroupVersionParsingFailure',
    good: ['ParsedGroupVersions', 'All legacy kube types successfully parsed'],
    bad: ({ parseErrors }) =>
      parseErrors.length > 0 ? ['GroupVersionParsingFailed', parseErrors.join(', ')] : undefined,
  },
  {
    type: 'NamespaceDeletionContentFailure',
    good: ['ContentDeleted', 'All content successfully deleted, may be waiting on finalization'],
    bad: ({ deletionErrors }) =>
      deletionErrors.length > 0
        ? [
            'ContentDeletionFailed',
            `Failed to delete all resource types, ${deletionErrors.length} remaining: ${deletionErrors.toSorted().join(', ')}`,
          ]
        : undefined,
  },
  {
    type: 'NamespaceContentRemaining',
    good: ['ContentRemoved', 'All content successfully removed'],
    bad: ({ remaining }) => {
      const parts = present(remaining, (what, count) => `${what} has ${count} resource instances`);
      return parts ? ['SomeResourcesRemain', `Some resources are remaining: ${parts}`] : undefined;
    },
  },
  {
    type: 'NamespaceFinalizersRemaining',
    good: ['ContentHasNoFinalizers', 'All content-preserving finalizers finished'],
    bad: ({ finalizers }) => {
      const parts = present(finalizers, (what, count) => `${what} in ${count} resource instances`);
      return parts
        ? [
            'SomeFinalizersRemain',
            `Some content in the namespace has finalizers remaining: ${parts}`,
          ]
        : undefined;
    },
  },
];

function present(
  counts: ReadonlyMap<string, number>,
  text: (what: string, count: number) => string,
): string {
  const parts = [...counts]
    .filter(([, count]) => count > 0)
    .map(([what, count]) => text(what, count));
  return parts.toSorted().join(', ');
}

/** The conditions of a namespace in deletion, in upstream's words; the same list where nothing changed. */
export function conditionsAfter(
  before: readonly NamespaceCondition[] | undefined,
  findings: Findings,
  nowMs: number,
): readonly NamespaceCondition[] {
  const after = [...(before ?? [])];
  for (const { type, good, bad } of kinds) {
    const failure = bad(findings) || undefined;
    const [reason, message] = failure ?? good;
    const status = failure ? 'True' : 'False';
    const at = after.findIndex((condition) => condition.type === type);
    const now: NamespaceCondition = {
      type,
      status,
      lastTransitionTime: formatTime(nowMs),
      reason,
      message,
    };
    const old = after[at];
    if (!old) after.push(now);
    else if (old.status !== status || old.reason !== reason || old.message !== message)
      after[at] = now;
  }
  return after;
}

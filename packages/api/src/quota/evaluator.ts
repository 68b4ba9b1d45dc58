import type {
  ResourceList,
  ResourceQuota,
  ScopedResourceSelectorRequirement,
} from '../generated/core-v1.ts';
import type { KubeObject, Resource } from '../resource.ts';

/** What measuring may look at beside the object. */
export interface QuotaReads {
  readonly nowMs: number;
  get<T extends KubeObject>(resource: Resource<T>, name: string, namespace?: string): T | undefined;
  all<T extends KubeObject>(resource: Resource<T>, namespace?: string): Iterable<T>;
}

export interface QuotaWrite {
  readonly operation: string;
  readonly subresource: string;
  readonly object: KubeObject | undefined;
  readonly before: KubeObject | undefined;
}

/** How objects of one resource count in quotas. */
export interface QuotaEvaluator<T extends KubeObject = any> {
  readonly group: string;
  readonly resource: string;
  /** Whether the write can change what is used. */
  readonly charges: (write: QuotaWrite) => boolean;
  /** Those of a quota's resource names that it measures. */
  readonly measures: (name: string, reads: QuotaReads) => boolean;
  readonly usage: (object: T, reads: QuotaReads) => ResourceList;
  /** Absent: no quota with a scope concerns these objects. */
  readonly inScope?: (scope: ScopedResourceSelectorRequirement, object: T) => boolean;
  /** What the object must say for itself when `names` are restricted; the reason when it does not. */
  readonly lacks?: (names: readonly string[], object: T) => string | undefined;
}

/** A quota's scopes in their general form. */
export const scopesOf = ({
  spec,
}: Pick<ResourceQuota, 'spec'>): readonly ScopedResourceSelectorRequirement[] => [
  ...(spec?.scopes ?? []).map((scopeName) => ({ scopeName, operator: 'Exists' })),
  ...(spec?.scopeSelector?.matchExpressions ?? []),
];

/** Whether the object lies in all scopes of the quota. */
export const inScopes = (
  evaluator: QuotaEvaluator,
  quota: Pick<ResourceQuota, 'spec'>,
  object: KubeObject,
): boolean => scopesOf(quota).every((scope) => evaluator.inScope?.(scope, object) ?? false);

/** Whether one of `values` is what a scope asks for; none at all counts as an absent label. */
export function scopeHolds(
  { operator, values = [] }: ScopedResourceSelectorRequirement,
  given: readonly string[],
): boolean {
  switch (operator) {
    case 'Exists':
      return given.length > 0;
    case 'DoesNotExist':
      return given.length === 0;
    case 'In':
      return given.some((value) => values.includes(value));
    case 'NotIn':
      return given.length === 0 || given.some((value) => !values.includes(value));
    default:
      return false;
  }
}

export const countName = ({
  group,
  resource,
}: {
  readonly group: string;
  readonly resource: string;
}): string => `count/${resource}${group ? `.${group}` : ''}`;

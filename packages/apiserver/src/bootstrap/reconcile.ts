import type { KubeObject } from '@coxswain/api';
import type { FlowSchema, PriorityLevelConfiguration } from '@coxswain/api/types/flowcontrol-v1';
import type { ServiceCIDR } from '@coxswain/api/types/networking-v1';
import type { ClusterRole, ClusterRoleBinding } from '@coxswain/api/types/rbac-v1';
import { equal } from '../kinds/rules/equal.ts';
import { missingFrom } from '../authz/covers.ts';

/**
 * What to do so that an object is as the system wants it. `recreate`: the part that differs cannot be updated.
 * Undefined: it is well as it stands, or its owner asked to leave it alone.
 */
export type Repair =
  | { readonly do: 'update' | 'recreate'; readonly object: KubeObject }
  | undefined;

type Reconcile = (expected: any, existing: any) => Repair;

const autoupdate = 'rbac.authorization.kubernetes.io/autoupdate';

/** How each kind is brought up to date; kinds that are not here are only made when missing. */
const byKind: Readonly<Record<string, Reconcile>> = {
  ClusterRole: repairRole,
  Role: repairRole,
  ClusterRoleBinding: repairBinding,
  RoleBinding: repairBinding,
  FlowSchema: repairFlowControl,
  PriorityLevelConfiguration: repairFlowControl,
  ServiceCIDR: repairServiceRange,
};

/** Compares what stands with what is wanted; what users added stays. */
export function repair(expected: KubeObject, existing: KubeObject): Repair {
  return byKind[expected.kind ?? '']?.(expected, existing);
}

function repairRole(expected: ClusterRole, existing: ClusterRole): Repair {
  if (isProtected(existing)) return undefined;
  const rules = missingFrom(existing.rules ?? [], expected.rules ?? []);
  const selectors = (expected.aggregationRule?.clusterRoleSelectors ?? []).filter(
    (selector) =>
      !existing.aggregationRule?.clusterRoleSelectors?.some((one) => equal(one, selector)),
  );
  const { aggregationRule, ...others } = existing;
  const gathered = [...(aggregationRule?.clusterRoleSelectors ?? []), ...selectors];
  return changed(existing, {
    ...others,
    metadata: merged(expected, existing),
    ...(rules.length && { rules: [...(existing.rules ?? []), ...rules] }),
    ...(expected.aggregationRule && { aggregationRule: { clusterRoleSelectors: gathered } }),
  });
}

function repairBinding(expected: ClusterRoleBinding, existing: ClusterRoleBinding): Repair {
  if (isProtected(existing)) return undefined;
  if (!equal(expected.roleRef, existing.roleRef)) return { do: 'recreate', object: expected };
  const subjects = (expected.subjects ?? []).filter(
    (subject) => !existing.subjects?.some((one) => equal(one, subject)),
  );
  return changed(existing, {
    ...existing,
    metadata: merged(expected, existing),
    ...(subjects.length && { subjects: [...(existing.subjects ?? []), ...subjects] }),
  });
}

/** The spec is the system's as long as the annotation says so; the two mandatory objects always are. */
function repairFlowControl(
  expected: FlowSchema | PriorityLevelConfiguration,
  existing: FlowSchema | PriorityLevelConfiguration,
): Repair {
  const { name } = expected.metadata;
  const mandatory = name === 'exempt' || name === 'catch-all';
  if (!mandatory && existing.metadata.annotations?.['apf.kubernetes.io/autoupdate-spec'] !== 'true')
    return undefined;
  if (holds(expected.spec, existing.spec)) return undefined;
  const object = { ...existing, spec: expected.spec };
  return { do: 'update', object };
}

/** A second family may come to the default range; nothing else of it may change. */
function repairServiceRange(expected: ServiceCIDR, existing: ServiceCIDR): Repair {
  const [wanted = [], held = []] = [expected.spec.cidrs, existing.spec.cidrs];
  if (wanted.length !== 2 || held.length !== 1 || wanted[0] !== held[0]) return undefined;
  const object = { ...existing, spec: expected.spec };
  return { do: 'update', object };
}

const isProtected = ({ metadata }: KubeObject): boolean =>
  metadata.annotations?.[autoupdate] === 'false';

/** Labels and annotations that are wanted are added; values that stand already win. */
function merged(expected: KubeObject, existing: KubeObject): KubeObject['metadata'] {
  return {
    ...existing.metadata,
    labels: { ...expected.metadata.labels, ...existing.metadata.labels },
    annotations: { ...expected.metadata.annotations, ...existing.metadata.annotations },
  };
}

function changed<T extends KubeObject>(existing: T, object: T): Repair {
  return equal(existing, object) ? undefined : { do: 'update', object };
}

/** Whether `held` says all that `wanted` says; defaults that were filled in beside it do not count. */
function holds(wanted: unknown, held: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null) return equal(wanted, held);
  if (Array.isArray(wanted))
    return (
      Array.isArray(held) &&
      wanted.length === held.length &&
      wanted.every((item, index) => holds(item, held[index]))
    );
  return Object.entries(wanted).every(([key, value]) =>
    holds(value, (held as Record<string, unknown> | undefined)?.[key]),
  );
}

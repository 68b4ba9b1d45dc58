import { Namespaces, notFound, Pods } from '@coxswain/api';
import type { Pod, Toleration } from '@coxswain/api/types/core-v1';
import { equal } from '../kinds/rules/equal.ts';
import { qosClass } from '../kinds/rules/pod-resources.ts';
import type { Admission, AdmissionPlugin } from './plugin.ts';
import { isWrite, plainError } from './refuse.ts';

const defaultsKey = 'scheduler.alpha.kubernetes.io/defaultTolerations';
const allowedKey = 'scheduler.alpha.kubernetes.io/tolerationsWhitelist';
const memoryPressure: Toleration = {
  key: 'node.kubernetes.io/memory-pressure',
  operator: 'Exists',
  effect: 'NoSchedule',
};

interface TolerationRestriction {
  readonly default?: readonly Toleration[];
  readonly whitelist?: readonly Toleration[];
}

/** Reads the configuration; undefined restricts nothing. Throws on another kind. */
export function tolerationRestriction(file: unknown): TolerationRestriction {
  if (file === undefined) return {};
  const { apiVersion, kind, ...rest } = file as TolerationRestriction & {
    readonly apiVersion?: string;
    readonly kind?: string;
  };
  if (
    apiVersion !== 'podtolerationrestriction.admission.k8s.io/v1alpha1' ||
    kind !== 'Configuration'
  )
    throw new Error(`no kind "${kind}" is registered for version "${apiVersion}"`);
  return rest;
}

/** Gives pods the tolerations of their namespace, and lets them have no others than it allows. */
export function podTolerationRestriction(configured: TolerationRestriction): AdmissionPlugin {
  const check = (admission: Admission): void => {
    const { tolerations = [] } = (admission.object as Pod).spec;
    if (tolerations.length === 0) return;
    const own = annotated(admission, allowedKey);
    const allowed = own ?? configured.whitelist ?? [];
    const isGood = (each: Toleration): boolean => allowed.some((other) => includes(other, each));
    if (allowed.length > 0 && !tolerations.every(isGood))
      throw plainError(
        `pod tolerations (possibly merged with namespace default tolerations) conflict with its ${own ? 'namespace' : 'cluster'} whitelist`,
      );
  };
  return {
    name: 'PodTolerationRestriction',
    handles: (admission) => isWrite(admission, Pods, ['CREATE', 'UPDATE']),
    mutate(admission) {
      const pod = admission.object as Pod;
      const more = [
        ...(admission.operation === 'CREATE'
          ? (annotated(admission, defaultsKey) ?? configured.default ?? [])
          : []),
        ...(qosClass(pod.spec) === 'BestEffort' ? [] : [memoryPressure]),
      ];
      const tolerations = merged([...(pod.spec.tolerations ?? []), ...more]);
      const object = more.length > 0 ? { ...pod, spec: { ...pod.spec, tolerations } } : pod;
      check({ ...admission, object });
      return object;
    },
    validate: check,
  };
}

/** What an annotation of the namespace holds; undefined when it has none. */
function annotated(
  { context, namespace }: Admission,
  key: string,
): readonly Toleration[] | undefined {
  const found = context.lookup(Namespaces, namespace);
  if (!found) throw notFound({ ...Namespaces, name: namespace });
  const text = found.metadata.annotations?.[key];
  if (text === undefined) return undefined;
  if (text === '') return [];
  try {
    return JSON.parse(text) as readonly Toleration[];
  } catch (error) {
    throw plainError((error as Error).message);
  }
}

/** Without those that others include; of equal ones the first stays. */
function merged(all: readonly Toleration[]): readonly Toleration[] {
  const kept: Toleration[] = [];
  for (const [at, each] of all.entries()) {
    if (kept.some((other) => includes(other, each))) continue;
    if (all.slice(at + 1).some((other) => !equal(each, other) && includes(other, each))) continue;
    kept.push(each);
  }
  return kept;
}

/** Whether `a` tolerates all that `b` does. */
function includes(a: Toleration, b: Toleration): boolean {
  if (equal(a, b)) return true;
  const anyKey = !a.key && a.operator === 'Exists';
  if ((a.key ?? '') !== (b.key ?? '') && !anyKey) return false;
  if (a.effect && a.effect !== b.effect) return false;
  const isBrief = a.effect === 'NoExecute' && a.tolerationSeconds !== undefined;
  if (isBrief && (b.tolerationSeconds ?? Number.POSITIVE_INFINITY) > a.tolerationSeconds!)
    return false;
  if (a.operator === 'Exists') return true;
  return (
    (!a.operator || a.operator === 'Equal') &&
    b.operator === 'Equal' &&
    (a.value ?? '') === (b.value ?? '')
  );
}

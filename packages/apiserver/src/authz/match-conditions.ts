import type { SubjectAccessReviewSpec } from '@coxswain/api/types/authorization-v1';
import {
  base,
  celTypes as t,
  type Compiled,
  compile,
  extend,
  fromJson,
  type Program,
} from '@coxswain/cel';

const requirement = t.objectType('kubernetes.SelectorRequirement', {
  ...{ key: t.string, operator: t.string, values: t.listOf(t.string) },
});
const selectorOf = (what: string): ReturnType<typeof t.objectType> =>
  t.objectType(`kubernetes.${what}SelectorAttributes`, {
    rawSelector: t.string,
    requirements: t.listOf(requirement),
  });
const request = t.objectType('kubernetes.SubjectAccessReviewSpec', {
  resourceAttributes: t.objectType('kubernetes.ResourceAttributes', {
    ...{ namespace: t.string, verb: t.string, group: t.string, version: t.string },
    ...{ resource: t.string, subresource: t.string, name: t.string },
    fieldSelector: selectorOf('Field'),
    labelSelector: selectorOf('Label'),
  }),
  nonResourceAttributes: t.objectType('kubernetes.NonResourceAttributes', {
    ...{ path: t.string, verb: t.string },
  }),
  ...{ user: t.string, uid: t.string, groups: t.listOf(t.string) },
  extra: t.mapOf(t.string, t.listOf(t.string)),
});
const environment = extend(base, { variables: { request } });

/** A condition under which an authorisation webhook is asked. */
export const compileCondition = (text: string): Compiled =>
  compile(text, environment, { returns: [t.bool] });

/** Whether all conditions hold; one that is false settles it. Throws what failed when none is false. */
export function matchesAll(
  conditions: readonly Program[],
  { resourceAttributes, nonResourceAttributes, ...who }: SubjectAccessReviewSpec,
): boolean {
  if (conditions.length === 0) return true;
  const { user = '', uid = '', groups = [], extra = {} } = who;
  const empty = { namespace: '', verb: '', group: '', version: '' };
  const given = fromJson({
    ...{ user, uid, groups, extra },
    ...(resourceAttributes && {
      resourceAttributes: {
        ...empty,
        ...{ resource: '', subresource: '', name: '' },
        ...resourceAttributes,
      },
    }),
    ...(nonResourceAttributes && { nonResourceAttributes }),
  });
  const errors: string[] = [];
  for (const condition of conditions) {
    const { value, error } = condition.run({ request: given });
    if (error)
      errors.push(
        `cel evaluation error: expression '${condition.text}' resulted in error: ${error.message}`,
      );
    else if (value === false) return false;
  }
  if (errors.length === 0) return true;
  const distinct = [...new Set(errors)];
  throw new Error(distinct.length === 1 ? distinct[0] : `[${distinct.join(', ')}]`);
}

import { type Resource, type Selector, selectorOf } from '@coxswain/api';
import type {
  MatchResources,
  NamedRuleWithOperations,
  ValidatingWebhook,
} from '@coxswain/api/types/admissionregistration-v1';
import type { Admission } from '../plugin.ts';
import type { Hook } from '../webhook/hooks.ts';
import { invocationOf, type Matching } from '../webhook/match.ts';
import { isExempt } from '../webhook/rules.ts';

const everything: Selector = selectorOf({});
const anyRule = {
  operations: ['*'],
  apiGroups: ['*'],
  apiVersions: ['*'],
  resources: ['*', '*/*'],
};

const reviews = new Set([
  ...['selfsubjectreviews', 'tokenreviews', 'localsubjectaccessreviews', 'subjectaccessreviews'],
  ...['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
]);

/** Policies have no say in who says what about policies, nor in questions about access. */
export const isBeyondPolicies = (admission: Admission): boolean =>
  isExempt(admission) ||
  (/^auth(entication|orization)\.k8s\.io$/.test(admission.resource.group) &&
    reviews.has(admission.resource.resource));

const named = (
  rules: readonly NamedRuleWithOperations[] | undefined,
  { name }: Admission,
): readonly NamedRuleWithOperations[] =>
  (rules ?? []).filter(
    ({ resourceNames }) => !resourceNames?.length || resourceNames.includes(name),
  );

/** What matches, as the webhooks' matching takes it. */
const hookOf = (
  rules: readonly NamedRuleWithOperations[],
  match: MatchResources,
  selects: boolean,
): Hook => ({
  id: '',
  configuration: '',
  webhook: { rules, matchPolicy: match.matchPolicy } as unknown as ValidatingWebhook,
  namespaces: selects ? selectorOf(match.namespaceSelector ?? {}) : everything,
  objects: selects ? selectorOf(match.objectSelector ?? {}) : everything,
});

/** As which resource a policy or binding wants the request; undefined when it does not. Throws 404 for a namespace that is not there. */
export function wantedAs(
  matching: Matching,
  match: MatchResources,
  admission: Admission,
): Resource | undefined {
  const excluded = named(match.excludeResourceRules, admission);
  if (excluded.length && invocationOf(matching, hookOf(excluded, match, false), admission))
    return undefined;
  const rules = match.resourceRules?.length ? named(match.resourceRules, admission) : [anyRule];
  if (!rules.length) return undefined;
  return invocationOf(matching, hookOf(rules, match, true), admission)?.resource;
}

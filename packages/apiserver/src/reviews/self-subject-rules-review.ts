import { badRequest, type KubeObject } from '@coxswain/api';
import type { SelfSubjectRulesReview } from '@coxswain/api/types/authorization-v1';
import { nodeOf } from '../authz/node-identity.ts';
import type { RbacIndex } from '../authz/rbac-index.ts';
import type { Answer } from './review-call.ts';

/** Lists what the caller may do in a namespace, as far as roles say it. */
export function selfSubjectRulesReview(index: RbacIndex): Answer {
  return (object, { context: { user } }) => {
    const review = object as SelfSubjectRulesReview;
    const namespace = review.spec.namespace ?? '';
    if (!namespace) throw badRequest('no namespace on request');
    const { grants, errors } = index.grantsFor(user, namespace);
    const rules = grants.flatMap(({ rules }) => rules);
    const isNode = nodeOf(user) !== undefined;
    const said = [
      ...(isNode ? ['node authorizer does not support user rule resolution'] : []),
      ...new Set(errors),
    ];
    return {
      ...{ kind: review.kind, apiVersion: review.apiVersion, metadata: {}, spec: {} },
      status: {
        resourceRules: [
          ...rules
            .filter(({ resources }) => resources?.length)
            .map(({ verbs, apiGroups, resources, resourceNames }) => ({
              verbs,
              apiGroups: apiGroups ?? [],
              resources: resources!,
              ...(resourceNames?.length && { resourceNames }),
            })),
        ],
        nonResourceRules: [
          ...rules
            .filter(({ nonResourceURLs }) => nonResourceURLs?.length)
            .map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs: nonResourceURLs! })),
        ],
        incomplete: said.length > 0,
        ...(said.length && {
          evaluationError: said.length === 1 ? said[0] : `[${said.join(', ')}]`,
        }),
      },
    } as unknown as KubeObject;
  };
}

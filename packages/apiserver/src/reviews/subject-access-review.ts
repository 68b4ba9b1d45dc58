import { type FieldError, invalid, type UserInfo } from '@coxswain/api';
import type {
  LocalSubjectAccessReview,
  NonResourceAttributes,
  ResourceAttributes,
  SelfSubjectAccessReview,
  SubjectAccessReview,
  SubjectAccessReviewSpec,
  SubjectAccessReviewStatus,
} from '@coxswain/api/types/authorization-v1';
import type { Authorizer } from '../authz/authorizer.ts';
import { decide } from '../chain/authorize.ts';
import type { RequestInfo } from '../chain/request-info.ts';
import type { Answer, ReviewCall } from './review-call.ts';
import { selectorText } from './selector-text.ts';

const group = 'authorization.k8s.io';

/** Answers whether somebody may do something, as the authorizers would decide. */
export function subjectAccessReview(authorizers: readonly Authorizer[]): Answer {
  return async (object, call) => {
    const review = object as SubjectAccessReview;
    refuseInvalid('SubjectAccessReview', [
      ...wrongAttributes(review.spec),
      ...wrongSubject(review.spec),
    ]);
    return {
      ...review,
      status: await answer(authorizers, subjectOf(review.spec), review.spec, call),
    };
  };
}

/** The same inside one namespace, for who may not ask about others. */
export function localSubjectAccessReview(authorizers: readonly Authorizer[]): Answer {
  return async (object, call) => {
    const review = object as LocalSubjectAccessReview;
    const { spec } = review;
    refuseInvalid('LocalSubjectAccessReview', [
      ...wrongAttributes(spec),
      ...wrongSubject(spec),
      ...wrongNamespace(spec, call.namespace),
    ]);
    return { ...review, status: await answer(authorizers, subjectOf(spec), spec, call) };
  };
}

/** The same about whoever asks. */
export function selfSubjectAccessReview(authorizers: readonly Authorizer[]): Answer {
  return async (object, call) => {
    const review = object as SelfSubjectAccessReview;
    refuseInvalid('SelfSubjectAccessReview', wrongAttributes(review.spec));
    return { ...review, status: await answer(authorizers, call.context.user, review.spec, call) };
  };
}

interface Asked {
  readonly resourceAttributes?: ResourceAttributes | undefined;
  readonly nonResourceAttributes?: NonResourceAttributes | undefined;
}

async function answer(
  authorizers: readonly Authorizer[],
  user: UserInfo,
  asked: Asked,
  { request }: ReviewCall,
): Promise<SubjectAccessReviewStatus> {
  const { decision, reason } = await decide(authorizers, user, infoOf(asked), request.signal);
  return {
    allowed: decision === 'allow',
    ...(decision === 'deny' && { denied: true }),
    ...(reason && { reason }),
  };
}

const subjectOf = ({ user = '', groups = [], uid, extra }: SubjectAccessReviewSpec): UserInfo => ({
  name: user,
  groups,
  ...(uid && { uid }),
  ...(extra && { extra }),
});

/** The request that is asked about. */
function infoOf({ resourceAttributes: of, nonResourceAttributes: path }: Asked): RequestInfo {
  const name = of?.name ?? '';
  return {
    isResource: of !== undefined,
    verb: of?.verb ?? path?.verb ?? '',
    group: of?.group ?? '',
    version: of?.version ?? '',
    resource: of?.resource ?? '',
    subresource: of?.subresource ?? '',
    namespace: of?.namespace ?? '',
    name,
    path: path?.path ?? '',
    rest: '',
    labelSelector: selectorText(of?.labelSelector),
    fieldSelector: selectorText(of?.fieldSelector),
  };
}

function refuseInvalid(kind: string, errors: readonly FieldError[]): void {
  if (errors.length) throw invalid({ group, resource: '', kind, name: '' }, errors);
}

function wrongAttributes({
  resourceAttributes,
  nonResourceAttributes,
}: Asked): readonly FieldError[] {
  if (resourceAttributes && nonResourceAttributes)
    return [
      {
        type: 'FieldValueInvalid',
        field: 'spec.nonResourceAttributes',
        value: nonResourceAttributes,
        detail: 'cannot be specified in combination with resourceAttributes',
      },
    ];
  if (resourceAttributes || nonResourceAttributes) return [];
  return [
    {
      type: 'FieldValueInvalid',
      field: 'spec.resourceAttributes',
      value: null,
      detail: 'exactly one of nonResourceAttributes or resourceAttributes must be specified',
    },
  ];
}

const wrongSubject = ({ user, groups }: SubjectAccessReviewSpec): readonly FieldError[] =>
  user || groups?.length
    ? []
    : [
        {
          type: 'FieldValueInvalid',
          field: 'spec.user',
          value: '',
          detail: 'at least one of user or group must be specified',
        },
      ];

function wrongNamespace(
  { resourceAttributes, nonResourceAttributes }: Asked,
  namespace: string,
): readonly FieldError[] {
  if (nonResourceAttributes)
    return [
      {
        type: 'FieldValueInvalid',
        field: 'spec.nonResourceAttributes',
        value: nonResourceAttributes,
        detail: 'disallowed on this kind of request',
      },
    ];
  if (!resourceAttributes || (resourceAttributes.namespace ?? '') === namespace) return [];
  return [
    {
      type: 'FieldValueInvalid',
      field: 'spec.resourceAttributes.namespace',
      value: resourceAttributes.namespace ?? '',
      detail: `must match metadata.namespace: ${namespace}`,
    },
  ];
}

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
import { parseFieldSelector } from '@coxswain/api/fields';
import { parseSelector } from '@coxswain/api/labels';
import { labelValueErrors, qualifiedNameErrors } from '@coxswain/api/names';
import type { FieldSelectorRequirement, ObjectMeta } from '@coxswain/api/types/meta';
import type { Authorizer, Decision } from '../authz/authorizer.ts';
import { decide } from '../chain/authorize.ts';
import type { RequestInfo } from '../chain/request-info.ts';
import type { Answer, ReviewCall } from './review-call.ts';
import { readSelector } from './selector-text.ts';

const group = 'authorization.k8s.io';

/** Answers whether somebody may do something, as the authorizers would decide. */
export function subjectAccessReview(authorizers: readonly Authorizer[]): Answer {
  return async (object, call) => {
    const review = object as SubjectAccessReview;
    refuseInvalid([
      ...wrongAttributes(review.spec),
      ...wrongSubject(review.spec),
      ...wrongSelectors(review.spec),
      ...wrongMetadata(review, 'must be empty'),
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
    refuseInvalid([
      ...wrongAttributes(spec),
      ...wrongSubject(spec),
      ...wrongSelectors(spec),
      ...wrongMetadata(review, 'must be empty except for namespace'),
      ...wrongNamespace(spec, call.namespace),
    ]);
    return { ...review, status: await answer(authorizers, subjectOf(spec), spec, call) };
  };
}

/** The same about whoever asks. */
export function selfSubjectAccessReview(authorizers: readonly Authorizer[]): Answer {
  return async (object, call) => {
    const review = object as SelfSubjectAccessReview;
    refuseInvalid([
      ...wrongAttributes(review.spec),
      ...wrongSelectors(review.spec),
      ...wrongMetadata(review, 'must be empty'),
    ]);
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
  const { fieldSelector, labelSelector } = asked.resourceAttributes ?? {};
  const fields = readSelector(fieldSelector, 'fieldSelector', parseFieldSelector);
  const labels = readSelector(labelSelector, 'labelSelector', parseSelector);
  const info = {
    ...infoOf(asked),
    ...{ fieldSelector: fields.text, labelSelector: labels.text },
  };
  const errors: string[] = [];
  let decided: Decision = { decision: 'no-opinion', reason: '' };
  try {
    decided = await decide(authorizers, user, info, request.signal);
  } catch (error) {
    request.signal.throwIfAborted();
    errors.push(error instanceof Error ? error.message : String(error));
  }
  for (const [name, { text, isPartial }] of Object.entries({
    fieldSelector: fields,
    labelSelector: labels,
  }))
    if (isPartial)
      errors.push(
        `spec.resourceAttributes.${name} ${text ? 'partially ' : ''}ignored due to parse error`,
      );
  const { decision, reason } = decided;
  return {
    allowed: decision === 'allow',
    ...(decision === 'deny' && { denied: true }),
    ...(reason && { reason }),
    ...(errors.length > 0 && { evaluationError: errors.join('; ') }),
  };
}

const subjectOf = ({ user = '', groups = [], uid, extra }: SubjectAccessReviewSpec): UserInfo => ({
  name: user,
  groups,
  ...(uid && { uid }),
  ...(extra && { extra }),
});

/** The request that is asked about, but for its selectors. */
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
    labelSelector: '',
    fieldSelector: '',
  };
}

/** Upstream does not say which kind of review it refuses. */
function refuseInvalid(errors: readonly FieldError[]): void {
  if (errors.length) throw invalid({ group, resource: '', kind: '', name: '' }, errors);
}

/** A path by the names that it has inside upstream, which its messages show. */
const inGo = ({ path = '', verb = '' }: NonResourceAttributes): object => ({
  Path: path,
  Verb: verb,
});

/** A review is nothing that has a name. */
function wrongMetadata(
  { metadata }: { readonly metadata?: ObjectMeta | undefined },
  detail: string,
): readonly FieldError[] {
  const { namespace, managedFields: _, creationTimestamp: _c, ...others } = metadata ?? {};
  const isAlone = detail === 'must be empty' && Boolean(namespace);
  if (!isAlone && Object.values(others).every((value) => value === undefined || value === ''))
    return [];
  return [{ type: 'FieldValueInvalid', field: 'metadata', value: metadata, detail }];
}

/** An operator that this server does not know is for others to judge. */
function* wrongRequirement(
  at: string,
  { key, operator, values = [] }: FieldSelectorRequirement,
  of: 'fieldSelector' | 'labelSelector',
): Generator<FieldError, void> {
  const invalidAt = (field: string, value: string, detail: string): FieldError => ({
    ...{ type: 'FieldValueInvalid', field: `${at}.${field}`, value, detail },
  });
  if (of === 'fieldSelector' && !key)
    yield { type: 'FieldValueRequired', field: `${at}.key`, detail: 'must be specified' };
  if ((operator === 'In' || operator === 'NotIn') && !values.length)
    yield {
      type: 'FieldValueRequired',
      field: `${at}.values`,
      detail: "must be specified when `operator` is 'In' or 'NotIn'",
    };
  if ((operator === 'Exists' || operator === 'DoesNotExist') && values.length)
    yield {
      type: 'FieldValueForbidden',
      field: `${at}.values`,
      detail: "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
    };
  if (of === 'fieldSelector') return;
  for (const detail of qualifiedNameErrors(key)) yield invalidAt('key', key, detail);
  for (const [index, value] of values.entries())
    for (const detail of labelValueErrors(value))
      yield invalidAt(`values[${index}]`, value, detail);
}

/** Selectors say something, and say it once. */
function* wrongSelectors({ resourceAttributes }: Asked): Generator<FieldError, void> {
  for (const name of ['fieldSelector', 'labelSelector'] as const) {
    const selector = resourceAttributes?.[name];
    if (!selector) continue;
    const at = `spec.resourceAttributes.${name}`;
    const { rawSelector = '', requirements = [] } = selector;
    if (rawSelector && requirements.length)
      yield {
        type: 'FieldValueInvalid',
        field: `${at}.rawSelector`,
        value: rawSelector,
        detail: 'may not specified at the same time as requirements',
      };
    if (!rawSelector && !requirements.length)
      yield {
        type: 'FieldValueRequired',
        field: `${at}.requirements`,
        detail: `when ${at} is specified, requirements or rawSelector is required`,
      };
    for (const [index, requirement] of requirements.entries())
      yield* wrongRequirement(`${at}.requirements[${index}]`, requirement, name);
  }
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
        value: inGo(nonResourceAttributes),
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
        value: inGo(nonResourceAttributes),
        detail: 'disallowed on this kind of request',
      },
    ];
  if (!resourceAttributes || (resourceAttributes.namespace ?? '') === namespace) return [];
  return [
    {
      type: 'FieldValueInvalid',
      field: 'spec.resourceAttributes.namespace',
      value: resourceAttributes.namespace ?? '',
      detail: 'must match metadata.namespace',
    },
  ];
}

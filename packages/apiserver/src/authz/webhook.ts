import type { UserInfo } from '@coxswain/api';
import type {
  SubjectAccessReview,
  ResourceAttributes,
  SubjectAccessReviewSpec,
  SubjectAccessReviewStatus,
} from '@coxswain/api/types/authorization-v1';
import type { Clock } from '@coxswain/base';
import type { Program } from '@coxswain/cel';
import type { RequestInfo } from '../chain/request-info.ts';
import {
  TtlCache,
  type WebhookClient,
  type WebhookTarget,
  withRetries,
} from '../webhook-client/index.ts';
import { type Authorizer, Contradiction, type Decision } from './authorizer.ts';
import { matchesAll } from './match-conditions.ts';
import { fieldRequirements, labelRequirements } from './selector-requirements.ts';

/** `--authorization-webhook-*`. */
export interface AuthorizationWebhook {
  readonly target: WebhookTarget;
  readonly version: 'v1' | 'v1beta1';
  readonly authorizedTtlMs: number;
  readonly unauthorizedTtlMs: number;
  /** Thirty seconds when absent. */
  readonly timeoutMs?: number | undefined;
  /** Who cannot be asked says no, rather than nothing. */
  readonly failsClosed?: boolean | undefined;
  /** Asked only when all of these hold. */
  readonly conditions?: readonly Program[] | undefined;
}

const answersMax = 8192;
/** What a caller can make longer is not kept from here on. */
const controlledBytesMax = 10_000;
const defaultTimeoutMs = 30_000;
const group = 'authorization.k8s.io';
const expects = {
  kind: 'SubjectAccessReview',
  apiVersions: [`${group}/v1`, `${group}/v1beta1`],
};

/** Asks a server outside by SubjectAccessReviews. Rejects when it cannot be asked: then others decide, or nobody. */
export function webhookAuthorizer(
  settings: AuthorizationWebhook,
  client: WebhookClient,
  clock: Clock,
): Authorizer {
  const { target, version, authorizedTtlMs, unauthorizedTtlMs, conditions = [] } = settings;
  const { timeoutMs = defaultTimeoutMs, failsClosed = false } = settings;
  const known = new TtlCache<SubjectAccessReviewStatus>(clock, answersMax);
  const ask = async (spec: object, signal: AbortSignal): Promise<SubjectAccessReviewStatus> => {
    const review = { kind: 'SubjectAccessReview', apiVersion: `${group}/${version}`, metadata: {} };
    const answer = await withRetries(clock, signal, () =>
      client.post(
        target,
        { ...review, spec, status: { allowed: false } },
        { timeoutMs, signal, expects },
      ),
    );
    return (answer as SubjectAccessReview).status ?? { allowed: false };
  };
  return {
    name: 'Webhook',
    failsClosed,
    async authorize(user, info, signal) {
      if (!matchesAll(conditions, specOf(user, info, 'v1')))
        return { decision: 'no-opinion', reason: '' };
      const spec = specOf(user, info, version);
      const key = JSON.stringify(spec);
      let status = known.get(key);
      if (!status) {
        status = await ask(spec, signal);
        if (controlledBytes(info) < controlledBytesMax)
          known.set(key, status, status.allowed ? authorizedTtlMs : unauthorizedTtlMs);
      }
      return decisionOf(status);
    },
  };
}

function decisionOf({ allowed, denied, reason = '' }: SubjectAccessReviewStatus): Decision {
  if (denied === true && allowed)
    throw new Contradiction('webhook subject access review returned both allow and deny response');
  if (denied === true) return { decision: 'deny', reason };
  return { decision: allowed ? 'allow' : 'no-opinion', reason };
}

const controlledBytes = ({ path, namespace, name, resource, ...rest }: RequestInfo): number =>
  [path, namespace, name, resource, rest.verb, rest.group, rest.version, rest.subresource].join('')
    .length;

function specOf(
  { name: user, uid, groups, extra }: UserInfo,
  info: RequestInfo,
  version: AuthorizationWebhook['version'],
): SubjectAccessReviewSpec {
  const { isResource, verb, path } = info;
  return {
    ...(isResource
      ? { resourceAttributes: attributesOf(info) }
      : { nonResourceAttributes: { path, verb } }),
    user,
    // The older version has another name for it.
    ...(groups.length > 0 && { [version === 'v1' ? 'groups' : 'group']: groups }),
    ...(extra && Object.keys(extra).length > 0 && { extra }),
    ...(uid && { uid }),
  };
}

function attributesOf(info: RequestInfo): ResourceAttributes {
  const { namespace, verb, group: ofGroup, version, resource, subresource, name } = info;
  const all = { namespace, verb, group: ofGroup, version, resource, subresource, name };
  const fields = fieldRequirements(info.fieldSelector);
  const labels = labelRequirements(info.labelSelector);
  return {
    ...Object.fromEntries(Object.entries(all).filter(([, value]) => value !== '')),
    ...(fields.length > 0 && { fieldSelector: { requirements: fields } }),
    ...(labels.length > 0 && { labelSelector: { requirements: labels } }),
  };
}

import { ApiError, badRequest, internalError } from '@coxswain/api';
import { uuid } from '@coxswain/base';
import type { AdmissionResponse } from '@coxswain/api/types/admission-v1';
import type { ServiceReference } from '@coxswain/api/types/admissionregistration-v1';
import type { Status } from '@coxswain/api/types/meta';
import type { WebhookClient, WebhookTarget } from '../../webhook-client/index.ts';
import type { Hook } from './hooks.ts';
import {
  type ReviewAnswer,
  reviewOf,
  reviewVersion,
  type Seen,
  verifiedResponse,
} from './review.ts';

/** A webhook that could not be asked, or whose answer is none: its failurePolicy decides. */
export class CallFailure extends Error {
  constructor(webhook: string, why: string, cause: unknown) {
    super(`failed calling webhook "${webhook}": ${why}`, { cause });
    this.name = 'CallFailure';
  }
}

const timeoutSecondsDefault = 10;
const expects = {
  kind: 'AdmissionReview',
  apiVersions: ['admission.k8s.io/v1', 'admission.k8s.io/v1beta1'],
};
const withoutEffects = new Set(['None', 'NoneOnDryRun']);

/** Asks a webhook and hands on its warnings and annotations. Throws a CallFailure, or the ApiError of its refusal. */
export async function callHook(
  client: WebhookClient,
  { webhook }: Hook,
  seen: Seen,
  isMutating: boolean,
  signal: AbortSignal,
): Promise<AdmissionResponse> {
  const { name, sideEffects, timeoutSeconds = timeoutSecondsDefault } = webhook;
  const { admission } = seen;
  if (admission.dryRun && !withoutEffects.has(sideEffects))
    throw badRequest(`admission webhook "${name}" does not support dry run`);
  const attempt = async <T>(what: string, make: () => Promise<T> | T): Promise<T> => {
    try {
      return await make();
    } catch (cause) {
      throw new CallFailure(name, `${what}: ${(cause as Error).message}`, cause);
    }
  };
  const version = await attempt('could not create admission objects', () =>
    reviewVersion(webhook.admissionReviewVersions),
  );
  const uid = uuid(admission.context.random);
  const review = reviewOf(uid, version, seen);
  const call = { timeoutMs: timeoutSeconds * 1000, signal, tellsTimeout: true, expects };
  const answer = await attempt('failed to call webhook', () =>
    client.post(targetOf(webhook.clientConfig), review, call),
  );
  const response = await attempt('received invalid webhook response', () =>
    verifiedResponse(uid, version, isMutating, answer as ReviewAnswer | null),
  );
  for (const [key, value] of Object.entries(response.auditAnnotations ?? {}))
    admission.annotate(`${name}/${key}`, value);
  for (const text of response.warnings ?? []) admission.warn(text);
  if (!response.allowed) throw denial(name, response.status ?? {});
  return response;
}

const targetOf = ({
  url,
  service,
  caBundle,
}: {
  readonly url?: string | undefined;
  readonly service?: ServiceReference | undefined;
  readonly caBundle?: string | undefined;
}): WebhookTarget => ({ url, service, caBundle });

/** The refusal of a webhook as the client gets it. */
function denial(
  webhook: string,
  { code = 0, reason = '', message = '', details }: Status,
): ApiError {
  const why = message || reason;
  const text = `admission webhook "${webhook}" denied the request`;
  return new ApiError(
    Math.max(code, 400),
    reason,
    why ? `${text}: ${why}` : `${text} without explanation`,
    details,
  );
}

/** What a failed call is to the request: an error, or nothing when the webhook's policy is to go on. */
export function failureOf({ webhook }: Hook, error: CallFailure): ApiError | undefined {
  return webhook.failurePolicy === 'Ignore' ? undefined : internalError(error);
}

/** Throws 504 when the time of the request itself is over. */
export function checkTime(signal: AbortSignal): void {
  if (signal.aborted)
    throw new ApiError(
      504,
      'Timeout',
      'Timeout: request did not complete within requested timeout',
    );
}

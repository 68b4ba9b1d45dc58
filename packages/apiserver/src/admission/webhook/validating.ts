import { ApiError } from '@coxswain/api';
import type { AdmissionParts } from '../index.ts';
import type { Admission, AdmissionPlugin } from '../plugin.ts';
import { callHook, CallFailure, checkTime, failureOf } from './call-hook.ts';
import { validatingHooks } from './hooks.ts';
import { type Invocation, invocationOf } from './match.ts';
import type { Seen } from './review.ts';
import { isExempt } from './rules.ts';

const failedOpen = 'failed-open.validating.webhook.admission.k8s.io/round_0_index_';

/** Asks the webhooks of ValidatingWebhookConfigurations, all at the same time; the first refusal stands. */
export function validatingWebhooks({
  objects,
  versions,
  webhooks,
}: AdmissionParts): AdmissionPlugin {
  const hooks = validatingHooks(objects);
  const seenBy = (admission: Admission, { resource }: Invocation): Seen => {
    const convert = (object: Admission['object']): Admission['object'] =>
      object && versions.convert(object, admission.resource, resource);
    return {
      ...{ admission, resource },
      object: convert(admission.object),
      before: convert(admission.before),
    };
  };
  const ask = async (
    admission: Admission,
    invocation: Invocation,
    index: number,
    signal: AbortSignal,
  ): Promise<ApiError | undefined> => {
    const { hook } = invocation;
    try {
      await callHook(webhooks, hook, seenBy(admission, invocation), false, signal);
      return undefined;
    } catch (error) {
      if (error instanceof ApiError) return error;
      if (!(error instanceof CallFailure)) throw error;
      const failure = failureOf(hook, error);
      if (!failure) admission.annotate(`${failedOpen}${index}`, hook.webhook.name);
      return failure;
    }
  };
  return {
    name: 'ValidatingAdmissionWebhook',
    handles: (admission) => hooks.all.length > 0 && !isExempt(admission),
    async validate(admission, signal) {
      const matching = { objects, versions };
      const wanting = hooks.all.flatMap((hook) => invocationOf(matching, hook, admission) ?? []);
      if (wanting.length === 0) return;
      checkTime(signal);
      const first: ApiError[] = [];
      await Promise.all(
        wanting.map(async (invocation, index) => {
          const refused = await ask(admission, invocation, index, signal);
          if (refused) first.push(refused);
        }),
      );
      if (first[0]) throw first[0];
    },
  };
}

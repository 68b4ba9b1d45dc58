import { ApiError } from '@coxswain/api';
import type { AdmissionParts } from '../index.ts';
import type { AdmissionPlugin } from '../plugin.ts';
import { callHook, CallFailure, checkTime, failureOf } from './call-hook.ts';
import { meetsConditions } from './conditions.ts';
import { type Hook, validatingHooks } from './hooks.ts';
import { invocationOf, seenAs } from './match.ts';
import type { Seen } from './review.ts';
import { isExempt } from './rules.ts';

const failedOpen = 'failed-open.validating.webhook.admission.k8s.io/round_0_index_';

interface Wanting {
  readonly hook: Hook;
  readonly seen: Seen;
}

/** Asks the webhooks of ValidatingWebhookConfigurations, all at the same time; the first refusal stands. */
export function validatingWebhooks(parts: AdmissionParts): AdmissionPlugin {
  const { objects, versions, webhooks, authorizers } = parts;
  const hooks = validatingHooks(objects);
  const ask = async (
    { hook, seen }: Wanting,
    index: number,
    signal: AbortSignal,
  ): Promise<ApiError | undefined> => {
    try {
      await callHook(webhooks, hook, seen, false, signal);
      return undefined;
    } catch (error) {
      if (error instanceof ApiError) return error;
      if (!(error instanceof CallFailure)) throw error;
      const failure = failureOf(hook, error);
      if (!failure) seen.admission.annotate(`${failedOpen}${index}`, hook.webhook.name);
      return failure;
    }
  };
  return {
    name: 'ValidatingAdmissionWebhook',
    handles: (admission) => hooks.all.length > 0 && !isExempt(admission),
    async validate(admission, signal) {
      const wanting: Wanting[] = [];
      for (const hook of hooks.all) {
        const resource = invocationOf(parts, hook, admission)?.resource;
        if (!resource) continue;
        const seen = seenAs(versions, admission, resource);
        if (await meetsConditions(authorizers, hook, seen, signal)) wanting.push({ hook, seen });
      }
      if (wanting.length === 0) return;
      checkTime(signal);
      const first: ApiError[] = [];
      await Promise.all(
        wanting.map(async (each, index) => {
          const refused = await ask(each, index, signal);
          if (refused) first.push(refused);
        }),
      );
      if (first[0]) throw first[0];
    },
  };
}

import { ApiError } from '@coxswain/api';
import type { SelfSubjectReview } from '@coxswain/api/types/authentication-v1';
import { systemClock } from '@coxswain/base';
import type { Client } from '@coxswain/client';
import {
  answer,
  type Answer,
  lookThrough,
  messagesFor,
  type Question,
  render,
  type WhyReview,
} from '@coxswain/why';
import type { VerbContext } from '../command/verb.ts';
import { Failure } from '../command/verb.ts';

const path = '/apis/coxswain.dev/v1/whyreviews';

/** Asks the cluster; one that does not know WhyReviews is looked at from here, by its status, conditions and events. */
export async function askWhy(client: Client, spec: Question, signal: AbortSignal): Promise<Answer> {
  const body = { apiVersion: 'coxswain.dev/v1', kind: 'WhyReview', metadata: {}, spec };
  try {
    const { status } = (await client.raw({ method: 'POST', path, body, signal })) as WhyReview;
    return status!;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.code !== 404 || error.details?.name)
      throw new Failure(error.message, { cause: error });
  }
  const asker =
    spec.can && !spec.can.user ? await whoAmI(client, signal) : { name: '', groups: [] };
  const look = lookThrough(client, systemClock.now(), signal);
  return answer(spec, asker, look).catch((error: unknown) => {
    if (error instanceof ApiError) throw new Failure(error.message, { cause: error });
    throw error;
  });
}

async function whoAmI(
  client: Client,
  signal: AbortSignal,
): Promise<{ readonly name: string; readonly groups: readonly string[] }> {
  const { status } = (await client.raw({
    method: 'POST',
    path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview', metadata: {} },
    signal,
  })) as SelfSubjectReview;
  return { name: status?.userInfo?.username ?? '', groups: status?.userInfo?.groups ?? [] };
}

/** Prints an answer as text in the user's language, or as JSON. */
export function printAnswer(
  found: Answer,
  format: 'text' | 'json',
  { terminal, env }: VerbContext,
): void {
  if (format === 'json') return terminal.out(`${JSON.stringify(found, null, 2)}\n`);
  const { out, columns: width, colour } = terminal;
  out(render(found, { messages: messagesFor(env), width, colour: colour.out }));
}

import { type ApiError, forbidden, internalError, type UserInfo } from '@coxswain/api';
import { type Authorizer, Contradiction, type Decision } from '../authz/authorizer.ts';
import type { AccessFigures } from '../metrics/access.ts';
import type { RequestInfo } from './request-info.ts';
import type { Next, Request, Response, Station } from './station.ts';

const results = { allow: 'allowed', deny: 'denied', 'no-opinion': 'no-opinion' } as const;

/** Lets pass what the first authorizer with an opinion allows; 403 with upstream's words otherwise. */
export function authorize(authorizers: readonly Authorizer[], figures?: AccessFigures): Station {
  const passDecided = (
    request: Request,
    next: Next,
    { decision, reason }: Decision,
  ): Promise<Response> => {
    request.annotate('authorization.k8s.io/decision', decision === 'allow' ? 'allow' : 'forbid');
    request.annotate('authorization.k8s.io/reason', reason);
    if (decision !== 'allow') throw refusal(request.user!, request.info, reason);
    return next(request);
  };
  return {
    name: 'authorize',
    pass(request, next) {
      const sinceMs = figures?.now() ?? 0;
      const decided = (decision: Decision): Promise<Response> => {
        figures?.authorized(results[decision.decision], sinceMs);
        return passDecided(request, next, decision);
      };
      const undecided = async (error: unknown): Promise<Response> => {
        figures?.authorized('error', sinceMs);
        if (request.signal.aborted) throw error;
        request.annotate('authorization.k8s.io/reason', 'internal error');
        return failed(request, error);
      };
      let answer: Decision | Promise<Decision>;
      try {
        answer = decide(authorizers, request.user!, request.info, request.signal);
      } catch (error) {
        return undecided(error);
      }
      return answer instanceof Promise ? answer.then(decided, undecided) : decided(answer);
    },
  };
}

/** The words for who cannot be told whether they may: plain text, as upstream's. A direct call gets an error. */
function failed({ body, target }: Request, error: unknown): Response {
  const { message } = error instanceof Error ? error : new Error(String(error));
  if (body.from === 'memory') throw internalError(error);
  const text = `Internal Server Error: ${JSON.stringify(withoutMarkup(target))}: ${withoutMarkup(message)}\n`;
  return {
    as: 'bytes',
    code: 500,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
    body: new TextEncoder().encode(text),
  };
}

/**
 * What `authorizers` say together, at once where none of them has to wait: the first allow or deny, else no opinion with all
 * their reasons. One that fails has no opinion, but nobody is refused for that: it throws or rejects when no other decides.
 */
export function decide(
  authorizers: readonly Authorizer[],
  user: UserInfo,
  info: RequestInfo,
  signal: AbortSignal,
): Decision | Promise<Decision> {
  const reasons: string[] = [];
  const errors: unknown[] = [];
  const end = (): Decision => {
    if (errors.length > 0) throw together(errors);
    return { decision: 'no-opinion', reason: reasons.join('\n') };
  };
  const ask = (at: number): Decision | Promise<Decision> => {
    const authorizer = authorizers[at];
    if (!authorizer) return end();
    const said = (decision: Decision): Decision | Promise<Decision> => {
      if (decision.decision !== 'no-opinion') return decision;
      if (decision.reason) reasons.push(decision.reason);
      return ask(at + 1);
    };
    const broke = (error: unknown): Decision | Promise<Decision> => {
      errors.push(error);
      return authorizer.failsClosed || error instanceof Contradiction ? end() : ask(at + 1);
    };
    let answer: Decision | Promise<Decision>;
    try {
      answer = authorizer.authorize(user, info, signal);
    } catch (error) {
      return broke(error);
    }
    return answer instanceof Promise ? answer.then(said, broke) : said(answer);
  };
  return ask(0);
}

function together(errors: readonly unknown[]): Error {
  const texts = [
    ...new Set(errors.map((error) => (error instanceof Error ? error.message : String(error)))),
  ];
  if (texts.length === 1 && errors[0] instanceof Error) return errors[0];
  return new Error(`[${texts.join(', ')}]`, { cause: errors[0] });
}

/** The 403 of a request that nobody allowed. */
export function refusal(user: UserInfo, info: RequestInfo, reason: string): ApiError {
  const why = withoutMarkup(refusalText(user, info)) + (reason ? `: ${reason}` : '');
  return forbidden({ group: info.group, resource: info.resource, name: info.name }, why);
}

/** No error may look like HTML to a browser. */
const withoutMarkup = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

function refusalText(user: UserInfo, info: RequestInfo): string {
  const who = `User ${JSON.stringify(user.name)} cannot ${info.verb}`;
  if (!info.isResource) return `${who} path ${JSON.stringify(info.path)}`;
  const resource = info.subresource ? `${info.resource}/${info.subresource}` : info.resource;
  const what = `${who} resource ${JSON.stringify(resource)} in API group ${JSON.stringify(info.group)}`;
  return info.namespace
    ? `${what} in the namespace ${JSON.stringify(info.namespace)}`
    : `${what} at the cluster scope`;
}

import {
  type ApiAnswer,
  type ApiCall,
  ApiError,
  type ApiHandler,
  type WatchEvent,
} from '@coxswain/api';
import type { Status } from '@coxswain/api/types/meta';
import { parseRequestInfo } from '../chain/parse-request-info.ts';
import { freezeDeep } from '../watch-cache/index.ts';
import type { Next, Request, RequestBody, Response } from '../chain/station.ts';

/** Calls the whole chain without bytes: objects in, frozen shared objects out. */
export function direct(handle: Next, freezeDeeply: boolean): ApiHandler {
  return async (call) => {
    const warnings: string[] = [];
    const body = { from: 'memory', object: call.body, patchType: call.patchType } as const;
    const response = await handle(requestOf(call, body, warnings));
    const answer = answerOf(response, warnings);
    return freezeDeeply ? frozen(answer) : answer;
  };
}

/** For tests: whoever changes an object that is shared learns it at once. */
function frozen({ watch, ...answer }: ApiAnswer): ApiAnswer {
  freezeDeep(answer.object);
  return watch ? { ...answer, watch: frozenEvents(watch) } : answer;
}

async function* frozenEvents(
  watch: NonNullable<ApiAnswer['watch']>,
): AsyncGenerator<readonly WatchEvent[], void> {
  for await (const batch of watch) {
    for (const { object } of batch) freezeDeep(object);
    yield batch;
  }
}

/** Nobody adds to a request's query: those without share one. */
const noQuery = new URLSearchParams();

function isEmpty(query: object): boolean {
  for (const _ in query) return false;
  return true;
}

/** The request of a call from this process, whatever it brings as its body. */
export function requestOf(
  call: Omit<ApiCall, 'body'>,
  body: RequestBody,
  warnings: string[],
): Request {
  const query = isEmpty(call.query)
    ? noQuery
    : new URLSearchParams(call.query as Record<string, string>);
  const text = query.size === 0 ? '' : query.toString();
  // Names are escaped in paths, as over HTTP: `system:node` is a name too.
  const path = call.path.includes('%') ? decodeURIComponent(call.path) : call.path;
  return {
    info: parseRequestInfo(call.method, path, query),
    method: call.method,
    path,
    target: text ? `${call.path}?${text}` : call.path,
    query,
    headers: { 'user-agent': call.agent },
    user: call.user,
    auditId: '',
    remoteAddress: '',
    clientCertificate: undefined,
    body,
    signal: call.signal,
    warn(warning) {
      if (!warnings.includes(warning)) warnings.push(warning);
    },
    annotate() {},
  };
}

function answerOf(response: Response, warnings: readonly string[]): ApiAnswer {
  switch (response.as) {
    case 'object':
      if (response.code >= 400) throw ApiError.fromStatus(response.object as Status);
      return { code: response.code, object: response.object, warnings };
    case 'watch':
      return { code: 200, watch: response.events, warnings };
    case 'bytes':
      return bytesAnswer(response, warnings);
    case 'upgrade':
      throw new ApiError(400, 'BadRequest', 'Upgrade request required');
  }
}

const decoder = new TextDecoder();

function bytesAnswer(
  { code, body, headers }: Extract<Response, { as: 'bytes' }>,
  warnings: readonly string[],
): ApiAnswer {
  if (code === 404) throw noSuchResource();
  if (!(body instanceof Uint8Array)) return { code, object: body, warnings };
  const text = decoder.decode(body);
  const isJson = String(headers['content-type']).startsWith('application/json');
  if (code >= 400) throw new ApiError(code, '', text.trim());
  return { code, object: isJson ? JSON.parse(text) : text, warnings };
}

/** As clients read a 404 that is no Status. */
const noSuchResource = (): ApiError =>
  new ApiError(404, 'NotFound', 'the server could not find the requested resource');

import { ApiError, badRequest, internalError, invalid, methodNotSupported } from '@coxswain/api';
import type { PodLogOptions } from '@coxswain/api/types/core-v1';
import type { HttpAnswer } from '@coxswain/base';
import { bodyOf, isWebSocket, logOptionErrors, logOptionsOf } from '@coxswain/api/streaming';
import type { Response } from '../chain/station.ts';
import { aboutOf } from '../rest/catalog.ts';
import type { ConnectCall } from './connect-call.ts';
import { chooseContainer } from './container-choice.ts';
import { kubeletUrl } from './kubelet-address.ts';
import { podOf } from './lookup.ts';
import { webSocketLog } from './websocket-log.ts';

/** Longest refusal of a kubelet that is passed on, as upstream. */
const refusalCharsMax = 50_000;
const plain = { 'content-type': 'text/plain', 'cache-control': 'no-cache, private' };
const decoder = new TextDecoder();

/** `pods/log`. */
export async function log(call: ConnectCall): Promise<Response> {
  const { request, name } = call;
  if (request.method !== 'GET' && request.method !== 'HEAD')
    throw methodNotSupported(aboutOf(call.served), request.info.verb);
  const options = logOptionsOf(request.query);
  const errors = [...logOptionErrors(options)];
  if (errors.length > 0)
    throw invalid({ group: '', resource: 'pods', name, kind: 'PodLogOptions' }, errors);
  const pod = podOf(call);
  const container = chooseContainer(pod, options.container);
  // Not assigned to a node: there is no log, and that is no error.
  if (!pod.spec?.nodeName) return { as: 'bytes', code: 204, headers: {}, body: new Uint8Array(0) };
  const url = kubeletUrl(call, pod);
  const query = queryOf(options);
  const dial = options.insecureSkipTLSVerifyBackend
    ? call.wire.dialKubeletUnchecked
    : call.wire.dialKubelet;
  const path = `/containerLogs/${call.namespace}/${name}/${container}`;
  const answer = await dial({
    method: 'GET',
    url,
    target: query ? `${path}?${query}` : path,
    headers: [['Host', url.host]],
    signal: request.signal,
  }).catch((cause: Error) => {
    const full = `https://${url.host}${path}${query && `?${query}`}`;
    throw new ApiError(500, '', `Get ${JSON.stringify(full)}: ${cause.message}`, undefined, {
      cause,
    });
  });
  if (answer.status < 200 || answer.status > 206) throw await refusalOf(answer, name);
  if (isWebSocket(request.headers)) return webSocketLog(request.headers, answer.body, call.wire);
  return { as: 'bytes', code: 200, headers: plain, body: answer.body };
}

/** What the kubelet is asked, its keys in order. */
function queryOf(options: PodLogOptions): string {
  const params = new URLSearchParams();
  for (const name of ['follow', 'previous', 'timestamps'] as const)
    if (options[name]) params.append(name, 'true');
  for (const name of ['sinceSeconds', 'sinceTime', 'tailLines', 'limitBytes'] as const)
    if (options[name] !== undefined) params.append(name, String(options[name]));
  params.sort();
  return params.toString();
}

async function refusalOf(answer: HttpAnswer, name: string): Promise<ApiError> {
  const text = decoder.decode((await bodyOf(answer)).subarray(0, refusalCharsMax));
  if (answer.status === 500) return internalError(new Error(text));
  if (answer.status === 400) return badRequest(text);
  return genericRefusal(answer.status, text, name);
}

const reasons: Readonly<Record<number, readonly [reason: string, message: string]>> = {
  401: ['Unauthorized', 'the server has asked for the client to provide credentials'],
  403: ['Forbidden', ''],
  404: ['NotFound', 'the server could not find the requested resource'],
  405: ['MethodNotAllowed', 'the server does not allow this method on the requested resource'],
  409: ['Conflict', 'the server reported a conflict'],
  422: ['Invalid', 'the server rejected our request due to an error in our request'],
  429: [
    'TooManyRequests',
    'the server has received too many requests and has asked us to try again later',
  ],
  503: ['ServiceUnavailable', 'the server is currently unable to handle the request'],
  504: ['Timeout', 'the server was unable to return a response in the time allotted'],
};

/** A refusal whose text is no Status, as clients of a Kubernetes API put it into one. */
function genericRefusal(status: number, text: string, name: string): ApiError {
  const [reason, known = ''] = reasons[status] ?? [];
  const message =
    known ||
    (status === 403
      ? text
      : `the server responded with the status code ${status} but did not return more details`);
  return new ApiError(status, reason ?? 'Unknown', `${message} (pods/log ${name})`, {
    name,
    kind: 'pods/log',
    causes: text ? [{ reason: 'UnexpectedServerResponse', message: text }] : [],
  });
}

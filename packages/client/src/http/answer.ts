import { ApiError } from '@coxswain/api';
import type { Status } from '@coxswain/api/types/meta';
import type { Request } from '../verbs/index.ts';
import type { WireAnswer } from './wire.ts';

/** Reads `body` whole. */
export async function bytesOf(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Reads `body` whole, as text. */
export const textOf = async (body: AsyncIterable<Uint8Array>): Promise<string> =>
  (await bytesOf(body)).toString('utf8');

/** What an answer says: JSON, or else its text. */
export const answerIn = (text: string): unknown =>
  text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text;

/** The Status that the server sent; where a proxy on the way answered, upstream's words for the bare code. */
export function errorOf(
  { method, path }: Request,
  answer: Pick<WireAnswer, 'status'>,
  text: string,
): ApiError {
  const status = statusIn(text);
  if (status) return ApiError.fromStatus(status);
  const [reason, words] = bareCodes[answer.status] ?? [
    answer.status >= 500 ? 'InternalError' : '',
    `the server responded with the status code ${answer.status} but did not return more information`,
  ];
  return new ApiError(answer.status, reason, `${words} (${verbs[method]} ${path})`, {
    causes: [{ reason: 'UnexpectedServerResponse', message: text.slice(0, 2048).trim() }],
  });
}

function statusIn(text: string): Status | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const parsed = JSON.parse(text) as Status;
    return parsed.kind === 'Status' ? parsed : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined; // not an API server's answer
    throw error;
  }
}

const verbs: Readonly<Record<Request['method'], string>> = {
  GET: 'get',
  POST: 'post',
  PUT: 'put',
  PATCH: 'patch',
  DELETE: 'delete',
};

/** As `NewGenericServerResponse` of apimachinery words them. */
const bareCodes: Readonly<Record<number, readonly [reason: string, words: string]>> = {
  400: ['BadRequest', 'the server rejected our request for an unknown reason'],
  401: ['Unauthorized', 'the server has asked for the client to provide credentials'],
  403: ['Forbidden', 'the server does not allow access to the requested resource'],
  404: ['NotFound', 'the server could not find the requested resource'],
  405: ['MethodNotAllowed', 'the server does not allow this method on the requested resource'],
  409: ['Conflict', 'the server reported a conflict'],
  410: ['Gone', 'the server no longer has the requested resource'],
  429: [
    'TooManyRequests',
    'the server has received too many requests and has asked us to try again later',
  ],
  500: ['InternalError', 'an error on the server has prevented the request from succeeding'],
  503: ['ServiceUnavailable', 'the server is currently unable to handle the request'],
  504: [
    'Timeout',
    'the server was unable to return a response in the time allotted, but may still be processing the request',
  ],
};

import { ApiError } from '@coxswain/api';

/** What Go's client makes of an answer that is an error and no Status: reason and words by the code. */
const known: Readonly<Record<number, readonly [reason: string, message?: string]>> = {
  400: ['BadRequest', 'the server rejected our request for an unknown reason'],
  401: ['Unauthorized', 'the server has asked for the client to provide credentials'],
  403: ['Forbidden'],
  404: ['NotFound', 'the server could not find the requested resource'],
  405: ['MethodNotAllowed', 'the server does not allow this method on the requested resource'],
  406: ['NotAcceptable'],
  409: ['AlreadyExists', 'the server reported a conflict'],
  415: ['UnsupportedMediaType'],
  422: ['Invalid', 'the server rejected our request due to an error in our request'],
  429: [
    'TooManyRequests',
    'the server has received too many requests and has asked us to try again later',
  ],
  503: ['ServiceUnavailable', 'the server is currently unable to handle the request'],
  504: [
    'Timeout',
    'the server was unable to return a response in the time allotted, but may still be processing the request',
  ],
};

/** The error of an answer with `code` whose body is no Status. */
export function responseError(code: number, body: string, contentType: string): ApiError {
  const said = contentType.startsWith('text/') ? body.trim() : 'unknown';
  const [reason, message] = known[code] ?? [code >= 500 ? 'InternalError' : ''];
  const fallback =
    code in known
      ? said
      : code >= 500
        ? `an error on the server (${JSON.stringify(said)}) has prevented the request from succeeding`
        : `the server responded with the status code ${code} but did not return more information`;
  return new ApiError(code, reason, message ?? fallback, {
    causes: [{ reason: 'UnexpectedServerResponse', message: said }],
  });
}

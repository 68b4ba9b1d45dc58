import { parseRequestInfo } from '../../chain/parse-request-info.ts';
import type { Request } from '../../chain/station.ts';

/** A GET of `/version` with these headers, for tests. */
export function requestWith(
  headers: Readonly<Record<string, string>>,
  of: Partial<Request> = {},
): Request {
  const query = new URLSearchParams();
  return {
    info: parseRequestInfo('GET', '/version', query),
    ...{
      method: 'GET',
      path: '/version',
      target: '/version',
      query,
      headers,
      user: undefined,
      remoteAddress: '127.0.0.1',
    },
    auditId: '',
    clientCertificate: undefined,
    body: { from: 'memory', object: undefined },
    signal: new AbortController().signal,
    warn: () => {},
    annotate: () => {},
    ...of,
  };
}

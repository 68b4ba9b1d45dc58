import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import { connect as connectHttp2 } from 'node:http2';
import type { CheckResult, HttpRequest, NetworkChecks } from '../host.ts';

const bodyBytesMax = 10 * 1024;
const redirectsMax = 10;

const authority = (host: string, port: number): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

const errorNames: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connect: connection refused',
  EHOSTUNREACH: 'connect: no route to host',
  ENETUNREACH: 'connect: network is unreachable',
  ETIMEDOUT: 'connect: connection timed out',
  ECONNRESET: 'read: connection reset by peer',
};
const wordsOf = (error: NodeJS.ErrnoException): string =>
  errorNames[error.code ?? ''] ?? error.message;

/** Checks by plain connections from this machine: pods are reachable by route. */
export const networkChecks: NetworkChecks = {
  http: (request, timeoutMs, signal) => checkHttp(request, timeoutMs, signal, redirectsMax),

  tcp(host, port, timeoutMs, signal) {
    return new Promise((resolve) => {
      const at = authority(host, port);
      const socket = connect({ host, port, signal });
      const end = (result: CheckResult): void => {
        socket.destroy();
        resolve(result);
      };
      socket.setTimeout(timeoutMs, () =>
        end({ is: 'failure', output: `dial tcp ${at}: i/o timeout` }),
      );
      socket.once('connect', () => end({ is: 'success', output: '' }));
      socket.once('error', (error) =>
        end({ is: 'failure', output: `dial tcp ${at}: ${wordsOf(error)}` }),
      );
    });
  },

  grpc: checkGrpc,
};

/** Success from 200 to 399. A redirect to another host is not followed and only warned about. */
async function checkHttp(
  request: HttpRequest,
  timeoutMs: number,
  signal: AbortSignal,
  redirectsLeft: number,
): Promise<CheckResult> {
  const url = `${request.scheme}://${authority(request.host, request.port)}${request.path}`;
  try {
    const { response, body } = await get(request, timeoutMs, signal);
    const status = response.statusCode ?? 0;
    const location = response.headers.location;
    if (status >= 300 && status < 400 && location) {
      const next = new URL(location, url);
      if (next.hostname !== new URL(url).hostname)
        return { is: 'warning', output: `Probe terminated redirects, Response body: ${body}` };
      if (redirectsLeft === 0)
        return { is: 'failure', output: `Get "${url}": stopped after ${redirectsMax} redirects` };
      const scheme = next.protocol === 'https:' ? 'https' : 'http';
      const port = Number(next.port) || (scheme === 'https' ? 443 : 80);
      const again = { ...request, scheme, port, path: next.pathname + next.search } as const;
      return await checkHttp(again, timeoutMs, signal, redirectsLeft - 1);
    }
    if (status >= 200 && status < 400) return { is: 'success', output: body };
    return { is: 'failure', output: `HTTP probe failed with statuscode: ${status}` };
  } catch (error) {
    signal.throwIfAborted();
    return { is: 'failure', output: `Get "${url}": ${httpWords(request, error as Error)}` };
  }
}

function httpWords({ host, port }: HttpRequest, error: NodeJS.ErrnoException): string {
  if (error.message === 'timeout')
    return 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)';
  return error.code?.startsWith('E') && error.code !== 'ECONNRESET'
    ? `dial tcp ${authority(host, port)}: ${wordsOf(error)}`
    : wordsOf(error);
}

function get(
  { scheme, host, port, path, headers }: HttpRequest,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<{ response: IncomingMessage; body: string }> {
  return new Promise((resolve, reject) => {
    const options: RequestOptions & { rejectUnauthorized: boolean } = {
      ...{ host, port, path, signal, agent: false, rejectUnauthorized: false },
      headers: Object.fromEntries(headers.map(({ name, value }) => [name, value])),
    };
    const call = (scheme === 'https' ? httpsRequest : httpRequest)(options, (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      const end = (): void => resolve({ response, body: Buffer.concat(chunks).toString() });
      response.on('data', (chunk: Buffer) => {
        if (bytes < bodyBytesMax) chunks.push(chunk.subarray(0, bodyBytesMax - bytes));
        bytes += chunk.length;
        if (bytes >= bodyBytesMax) {
          end();
          call.destroy();
        }
      });
      response.once('end', end);
      response.once('error', reject);
    });
    call.setTimeout(timeoutMs, () => call.destroy(new Error('timeout')));
    call.once('error', reject);
    call.end();
  });
}

const servingStatuses = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'];

/** grpc.health.v1.Health/Check, spoken directly: one small message there and back. */
function checkGrpc(
  host: string,
  port: number,
  service: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<CheckResult> {
  return new Promise((resolve) => {
    const session = connectHttp2(`http://${authority(host, port)}`, {
      settings: { enablePush: false },
    });
    const end = (is: CheckResult['is'], output: string): void => {
      session.destroy();
      resolve({ is, output });
    };
    const stop = (): void => end('failure', 'canceled');
    signal.addEventListener('abort', stop, { once: true });
    session.once('close', () => signal.removeEventListener('abort', stop));
    session.once('error', (error) =>
      end(
        'failure',
        `timeout: failed to connect service "${authority(host, port)}" within ${timeoutMs / 1000}s: ${wordsOf(error)}`,
      ),
    );
    session.setTimeout(timeoutMs, () =>
      end('failure', `timeout: health rpc did not complete within ${timeoutMs / 1000}s`),
    );
    const name = Buffer.from(service);
    const message = name.length > 0 ? Buffer.concat([Buffer.from([10, name.length]), name]) : name;
    const frame = Buffer.alloc(5);
    frame.writeUInt32BE(message.length, 1);
    const stream = session.request({
      ...{ ':method': 'POST', ':path': '/grpc.health.v1.Health/Check', te: 'trailers' },
      ...{ 'content-type': 'application/grpc', 'user-agent': 'kube-probe/1.36' },
    });
    const chunks: Buffer[] = [];
    let grpcStatus = '0';
    let grpcMessage = '';
    const readStatus = (headers: Readonly<Record<string, unknown>>): void => {
      if (headers['grpc-status'] !== undefined) grpcStatus = String(headers['grpc-status']);
      if (headers['grpc-message'] !== undefined) grpcMessage = String(headers['grpc-message']);
    };
    stream.on('response', readStatus);
    stream.on('trailers', readStatus);
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('error', (error) =>
      end('failure', `error: health rpc probe failed: ${error.message}`),
    );
    stream.on('end', () => {
      if (grpcStatus === '12')
        return end(
          'failure',
          `error: this server does not implement the grpc health protocol (grpc.health.v1.Health): ${grpcMessage}`,
        );
      if (grpcStatus !== '0')
        return end('failure', `error: health rpc probe failed: ${grpcMessage}`);
      // Field 1 of the answer is the status; absent is UNKNOWN.
      const answer = Buffer.concat(chunks).subarray(5);
      const status = servingStatuses[answer[0] === 8 ? (answer[1] ?? 0) : 0] ?? 'UNKNOWN';
      end(
        status === 'SERVING' ? 'success' : 'failure',
        status === 'SERVING' ? '' : `service unhealthy (responded with "${status}")`,
      );
    });
    stream.end(Buffer.concat([frame, message]));
  });
}

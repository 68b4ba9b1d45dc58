import { Agent, request as httpsRequest } from 'node:https';
import { adminToken } from '../testing/upstream.ts';
import type { Request } from './request.ts';

/** What a server said: the part of it that is compared. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: unknown; // parsed where it is JSON
}

const compared = ['content-type', 'warning', 'allow', 'retry-after', 'www-authenticate'];
const answerDeadlineMs = 30_000;

/** Sends requests to one server as its administrator, and remembers the revisions it named. */
export class Sender implements Disposable {
  readonly #agent = new Agent({ keepAlive: true, rejectUnauthorized: false, maxSockets: 1 });
  readonly #revisions = new Map<string, string>();
  readonly #url: string;
  readonly #token: string;

  constructor(url: string, token: string = adminToken) {
    this.#url = url;
    this.#token = token;
  }

  async send(request: Request): Promise<Answer> {
    const { method, body, contentType, accept = 'application/json', as } = request;
    const sent = body === undefined ? undefined : this.#bodyOf(request);
    const headers = {
      authorization: `Bearer ${this.#token}`,
      accept,
      'user-agent': 'differential/1.0',
      ...(sent !== undefined && {
        'content-type': contentType ?? 'application/json',
        'content-length': Buffer.byteLength(sent),
      }),
      ...(as && { 'impersonate-user': as.user, 'impersonate-group': [...(as.groups ?? [])] }),
    };
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const call = httpsRequest(
      `${this.#url}${request.path}`,
      { method, headers, agent: this.#agent, timeout: answerDeadlineMs },
      (response) => {
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.on('error', reject);
        response.on('end', () => {
          const answer = {
            status: response.statusCode!,
            headers: Object.fromEntries(
              compared.flatMap((name) => {
                const value = response.headers[name];
                return value === undefined ? [] : [[name, value]];
              }),
            ),
            body: parsed(Buffer.concat(pieces)),
          };
          this.#remember(request, answer);
          resolve(answer);
        });
      },
    );
    call.on('error', reject);
    call.on('timeout', () => call.destroy(new Error(`no answer to ${method} ${request.path}`)));
    call.end(sent);
    return promise;
  }

  #bodyOf({ body, path }: Request): string {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return text.replaceAll('$resourceVersion', this.#revisions.get(objectPath(path)) ?? '0');
  }

  #remember({ path, method }: Request, { status, body }: Answer): void {
    const { metadata } = (body ?? {}) as { metadata?: { name?: string; resourceVersion?: string } };
    if (status >= 300 || metadata?.resourceVersion === undefined) return;
    const at = objectPath(path);
    const named = method === 'POST' && metadata.name !== undefined ? `${at}/${metadata.name}` : at;
    this.#revisions.set(named, metadata.resourceVersion);
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }
}

/** The path of the object, without query and sub-resource. */
const objectPath = (path: string): string =>
  path.split('?')[0]!.replace(/\/(status|scale|resize|ephemeralcontainers|approval)$/, '');

function parsed(bytes: Buffer): unknown {
  const text = bytes.toString('utf8');
  if (!/^[[{]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

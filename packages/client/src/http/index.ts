import type { World } from '@coxswain/base';
import type { WatchEvent } from '@coxswain/api';
import type { Client } from '../client.ts';
import { clientOver, type Request } from '../verbs/index.ts';
import { answerIn, errorOf, textOf } from './answer.ts';
import { linesOf } from './lines.ts';
import { openWire } from './open-wire.ts';
import { type Server, Unreachable, type WireAnswer } from './wire.ts';

export { loadKubeconfig } from './load-kubeconfig.ts';
export { bytesOf, errorOf, textOf } from './answer.ts';
export { linesOf } from './lines.ts';
export { openWire } from './open-wire.ts';
export { shortWire } from './short-wire.ts';
export {
  type Server,
  type Step,
  Unreachable,
  type Wire,
  type WireAnswer,
  type WireRequest,
} from './wire.ts';

/** How to reach a server, and as whom. */
export interface HttpTarget extends Server {
  /** A bearer token, asked for anew with each request since bound tokens are rotated. */
  readonly token?: (() => Promise<string>) | undefined;
  readonly impersonate?: { readonly user: string; readonly groups: readonly string[] } | undefined;
}

export interface HttpOptions {
  readonly world: World;
  readonly agent: string; // the User-Agent: 'kubelet/v1.36.0'
}

/** Times that a request is sent again because the server asked to come later, as client-go does. */
const retriesMax = 10;
/** Times that a request which the server never took is sent again. */
const reconnectsMax = 3;

/** A client over HTTPS: HTTP/2 where the server speaks it. Disposing it ends every running call. */
export function httpClient(target: HttpTarget, { world, agent }: HttpOptions): Client & Disposable {
  const wire = openWire(target, world.clock);
  const send = async (request: Request): Promise<WireAnswer> => {
    const headers = await headersOf(target, agent, request);
    const search = new URLSearchParams(request.query).toString();
    const body = request.body === undefined ? undefined : JSON.stringify(request.body);
    const base = new URL(target.url).pathname.replace(/\/$/, '');
    const wireRequest = {
      method: request.method,
      target: `${base}${request.path}${search && `?${search}`}`,
      headers,
      body,
      signal: request.signal,
    };
    for (let reconnects = 0, retries = 0; ;) {
      try {
        const answer = await wire.send(wireRequest);
        if (answer.status < 400) return answer;
        const text = await textOf(answer.body);
        const later = retryAfterMs(answer);
        if (later === undefined || ++retries > retriesMax) throw errorOf(request, answer, text);
        await world.clock.sleep(later, request.signal);
      } catch (error) {
        if (!(error instanceof Unreachable) || ++reconnects > reconnectsMax) throw error;
      }
    }
  };
  const client = clientOver({
    async call(request) {
      const text = await world.work.track(send(request).then(({ body }) => textOf(body)));
      return request.isUnread ? undefined : answerIn(text);
    },
    async *watch(request) {
      const { body } = await send(request);
      for await (const lines of linesOf(body))
        yield lines.map((line) => JSON.parse(line) as WatchEvent);
    },
  });
  return { ...client, [Symbol.dispose]: () => wire[Symbol.dispose]() };
}

async function headersOf(
  target: HttpTarget,
  agent: string,
  request: Request,
): Promise<Record<string, string>> {
  const headers: Record<string, string> = {
    'user-agent': agent,
    accept: request.metadataOnly ? metadataAccept(request) : 'application/json',
  };
  if (target.token) headers['authorization'] = `Bearer ${await target.token()}`;
  if (target.impersonate) {
    headers['impersonate-user'] = target.impersonate.user;
    const groups = target.impersonate.groups.join(',');
    if (groups) headers['impersonate-group'] = groups;
  }
  if (request.body !== undefined) headers['content-type'] = request.patchType ?? 'application/json';
  return headers;
}

const metadataAccept = ({ query }: Request): string =>
  `application/json;as=PartialObjectMetadata${query['watch'] ? '' : 'List'};g=meta.k8s.io;v=v1,application/json`;

/** As client-go: only 429 and 5xx, and only where the server names a time. */
function retryAfterMs({ status, header }: WireAnswer): number | undefined {
  if (status !== 429 && status < 500) return undefined;
  const seconds = Number(header('retry-after'));
  return header('retry-after') !== undefined && Number.isFinite(seconds)
    ? seconds * 1000
    : undefined;
}

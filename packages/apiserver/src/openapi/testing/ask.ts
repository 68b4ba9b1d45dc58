import { virtualWorld } from '@coxswain/base';
import { openMemoryStorage } from '@coxswain/storage/memory';
import type { Request, Response } from '../../chain/station.ts';
import { parseRequestInfo } from '../../chain/parse-request-info.ts';
import { builtInKinds } from '../../kinds/index.ts';
import type { Kind } from '../../kinds/kind.ts';
import { type ApiServer, createApiServer } from '../../server.ts';

/** A server of all built-in kinds, for one administrator. */
export async function openServer(more: readonly Kind[] = []): Promise<ApiServer> {
  const world = virtualWorld();
  const server = createApiServer({
    world,
    storage: openMemoryStorage(world),
    kinds: [...builtInKinds, ...more],
    parts: () => ({
      authenticators: [{ name: 'all', authenticate: async () => ({ name: 'admin', groups: [] }) }],
      authorizers: [{ name: 'all', authorize: () => ({ decision: 'allow', reason: '' }) }],
      admission: [],
    }),
  });
  await server.ready();
  return server;
}

export type Bytes = Extract<Response, { as: 'bytes' }> & { readonly body: Uint8Array };

/** What the server answers to a GET. */
export async function ask(
  server: ApiServer,
  target: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Bytes> {
  const [path = '', search = ''] = target.split('?');
  const query = new URLSearchParams(search);
  const request: Request = {
    info: parseRequestInfo('GET', path, query),
    ...{ method: 'GET', path, target, query, headers },
    ...{ user: undefined, auditId: '', remoteAddress: '127.0.0.1', clientCertificate: undefined },
    body: { from: 'memory', object: undefined },
    signal: new AbortController().signal,
    warn() {},
    annotate() {},
  };
  return (await server.respond(request)) as Bytes;
}

/** The JSON of that answer. */
export const askJson = async <T>(server: ApiServer, target: string): Promise<T> =>
  JSON.parse(new TextDecoder().decode((await ask(server, target)).body)) as T;

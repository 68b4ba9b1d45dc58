import type { APIService } from '@coxswain/api/types/apiregistration-v1';
import type { World } from '@coxswain/base';
import type { Next, Request, Response } from '../chain/station.ts';
import { answerIndex, answerV2 } from '../openapi/answer.ts';
import { type Document, documentOf } from '../openapi/documents-cache.ts';
import { protobufV2 } from '../openapi/gnostic/v2.ts';
import type { KnownRemote, Ranks } from './merge.ts';
import { mergedOpenApi, type Swagger } from './merge-openapi.ts';
import { bytesOf } from './remote-get.ts';

export interface OpenApiParts {
  readonly world: World;
  readonly remotes: readonly KnownRemote[];
  readonly ranks: Ranks;
  readonly passOn: (service: APIService, request: Request) => Promise<Response>;
}

interface Index {
  readonly paths: Readonly<Record<string, { readonly serverRelativeURL: string }>>;
}

/** What was put together, and of what: it holds as long as all of that does. */
interface Kept {
  readonly key: string;
  readonly made: Promise<Document>;
}

/** Puts what other servers say of their APIs into the documents of this one. */
export class MergedOpenApi {
  #v2: Kept | undefined;

  /** Answers requests below `/openapi/`. */
  async pass(request: Request, next: Next, parts: OpenApiParts): Promise<Response> {
    const { path, method } = request;
    const { remotes } = parts;
    if (method !== 'GET' || !remotes.some(({ openApi }) => openApi?.v2 ?? openApi?.v3))
      return next(request);
    if (path === '/openapi/v2') return this.#answerV2(request, next, parts);
    const name = path.replace(/^\/openapi\/v3\/?/, '');
    if (name === '') return answerIndexOf(request, next, parts);
    const local = await next(request);
    if (local.as !== 'bytes' || local.code !== 404) return local;
    const remote = remotes.find(({ openApi }) => Object.hasOwn(openApi?.v3 ?? {}, name));
    return remote ? parts.passOn(remote.service, request) : local;
  }

  async #answerV2(request: Request, next: Next, parts: OpenApiParts): Promise<Response> {
    const local = await localOf(request, next);
    if (!local) return next(request);
    const others = inOrder(parts).flatMap(({ openApi }) => openApi?.v2 ?? []);
    const key = [local.etag, ...others.map(({ etag }) => etag)].join(' ');
    if (this.#v2?.key !== key) {
      const merged = others.reduce(
        (one, { document }) => mergedOpenApi(one, document),
        local.read() as Swagger,
      );
      this.#v2 = { key, made: documentOf(parts, merged, protobufV2) };
    }
    return answerV2(this.#v2.made, request);
  }
}

async function answerIndexOf(request: Request, next: Next, parts: OpenApiParts): Promise<Response> {
  const local = await localOf(request, next);
  if (!local) return next(request);
  const { paths } = local.read() as Index;
  const all = Object.assign(
    {},
    ...inOrder(parts).map(({ openApi }) => openApi?.v3),
    paths,
  ) as Index['paths'];
  const names = Object.keys(all).toSorted();
  const index = { paths: Object.fromEntries(names.map((name) => [name, all[name]])) };
  return answerIndex(
    documentOf(parts, index, () => new Uint8Array()),
    request,
  );
}

/** This server's own document, whatever form of it is asked for. */
async function localOf(
  request: Request,
  next: Next,
): Promise<{ readonly etag: string; readonly read: () => object } | undefined> {
  const { 'if-none-match': _, ...headers } = request.headers;
  const local = await next({ ...request, headers: { ...headers, accept: 'application/json' } });
  if (local.as !== 'bytes' || local.code !== 200) return undefined;
  const bytes = await bytesOf(local.body);
  return {
    etag: String(local.headers['etag']),
    read: () => JSON.parse(new TextDecoder().decode(bytes)) as object,
  };
}

/** The higher its group and version stand, the earlier a server's names count. */
const inOrder = ({ remotes, ranks }: OpenApiParts): readonly KnownRemote[] =>
  remotes.toSorted(({ service: { spec: a } }, { service: { spec: b } }) => {
    const [x, y] = [a.group ?? '', b.group ?? ''];
    if (x !== y) return ranks.group(y) - ranks.group(x) || (x < y ? -1 : 1);
    return ranks.version(y, b.version ?? '') - ranks.version(x, a.version ?? '');
  });

import type { Request, Response } from '../chain/station.ts';
import { clausesOf } from '../rest/negotiate.ts';
import { pageNotFound } from '../rest/not-found.ts';
import type { Document, Documents } from './documents-cache.ts';
import { hashedUrl } from './hashed-url.ts';

type Form = 'json' | 'protobuf';
type Version = 'v2' | 'v3';

const none = new Uint8Array();
const yearMs = 365 * 24 * 3600 * 1000;

const mediaType = (version: Version, form: Form): string =>
  form === 'json'
    ? 'application/json'
    : `application/com.github.proto-openapi.spec.${version}.v1.0+protobuf`;

/** The form that the client takes before others. Older clients ask for protobuf with an `@`. */
function formOf(accept: string | undefined, version: Version): Form | undefined {
  const protobuf = mediaType(version, 'protobuf');
  for (const { type } of clausesOf(accept || '*/*')) {
    if (type === '*/*' || type === 'application/*' || type === 'application/json') return 'json';
    if (type === protobuf || type.replace('@v1.0', '.v1.0') === protobuf) return 'protobuf';
  }
  return undefined;
}

/** `/openapi/v2`. */
export async function answerV2(found: Promise<Document>, request: Request): Promise<Response> {
  const form = formOf(request.headers.accept, 'v2');
  if (!form) return notAcceptable;
  return document(request, await found, 'v2', form, { vary: 'Accept' });
}

/** `/openapi/v3`. */
export async function answerIndex(found: Promise<Document>, request: Request): Promise<Response> {
  return document(request, await found, 'v3', 'json', {});
}

/** `/openapi/v3/{path}`: under its hash for good, else as it is now. A hash of before leads to the one of now. */
export async function answerV3(
  documents: Documents,
  path: string,
  request: Request,
  nowMs: number,
): Promise<Response> {
  const form = formOf(request.headers.accept, 'v3');
  if (!form) return notAcceptable;
  const found = await documents.v3(path);
  if (!found) return pageNotFound();
  const headers = { vary: 'Accept' };
  const hash = request.query.get('hash');
  if (!hash) return document(request, found, 'v3', form, headers);
  if (hash !== found.hash)
    return {
      as: 'bytes',
      code: 301,
      headers: { ...headers, location: hashedUrl(path, found.hash) },
      body: none,
    };
  return document(request, found, 'v3', form, {
    ...headers,
    'cache-control': 'public, immutable',
    expires: new Date(nowMs + yearMs).toUTCString(),
  });
}

const notAcceptable: Response = {
  as: 'bytes',
  code: 406,
  headers: { vary: 'Accept' },
  body: none,
};

function document(
  request: Request,
  found: Document,
  version: Version,
  form: Form,
  more: Readonly<Record<string, string>>,
): Response {
  const etag = `"${found.hash}"`;
  const headers = { ...more, etag };
  if (isKnown(request.headers['if-none-match'], etag))
    return { as: 'bytes', code: 304, headers, body: none };
  return {
    as: 'bytes',
    code: 200,
    headers: { ...headers, 'content-type': mediaType(version, form) },
    body: form === 'json' ? found.json : found.protobuf(),
  };
}

const isKnown = (header: string | undefined, etag: string): boolean =>
  header !== undefined &&
  header.split(',').some((each) => ['*', etag].includes(each.trim().replace(/^W\//, '')));

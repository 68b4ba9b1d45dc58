import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { bytesOf, type WireAnswer, type WireRequest } from '@coxswain/client/http';
import { keepFile } from './keep-file.ts';

/** Where answers are kept, and the instant. */
export interface HttpCache {
  readonly folder: string;
  readonly nowMs: number;
}

interface Kept {
  readonly headers: Map<string, string>;
  readonly body: Buffer;
}

/** Headers of one connection, which an answer from the cache does not take over. */
const hopByHop = new Set(
  'connection content-encoding keep-alive proxy-authenticate proxy-authorization te trailers transfer-encoding upgrade'.split(
    ' ',
  ),
);
const lineEnd = '\r\n';
const headEnd = `${lineEnd}${lineEnd}`;
const sumBytes = 32;

const sha256 = (of: string | Uint8Array): Buffer => createHash('sha256').update(of).digest();

/**
 * An answer to a GET, from the files in which kubectl keeps what servers say of themselves, in its form: a sum and the answer as HTTP/1.1
 * has it. One that may be old is asked for again by its ETag.
 */
export async function throughCache(
  { folder, nowMs }: HttpCache,
  url: string,
  request: WireRequest,
  send: (request: WireRequest) => Promise<WireAnswer>,
): Promise<WireAnswer> {
  const file = join(folder, sha256(url).toString('hex'));
  const found = kept(file);
  const isSame = found && variesBy(found.headers).every((name) => isAsBefore(found, name, request));
  const tag = isSame ? found.headers.get('etag') : undefined;
  if (isSame && isFresh(found.headers, nowMs)) return answerOf(200, found);
  const answer = await send({
    ...request,
    headers: {
      ...{ ...request.headers, 'accept-encoding': 'gzip' },
      ...(tag && { 'if-none-match': tag }),
    },
  });
  const sent = await bytesOf(answer.body);
  const body = answer.header('content-encoding') === 'gzip' ? gunzipSync(sent) : sent;
  if (answer.status !== 200 && !(answer.status === 304 && found)) {
    rmSync(file, { force: true });
    return { ...answer, body: one(body) };
  }
  const carried = [...answer.headers()].filter(([name]) => !hopByHop.has(name));
  const isOld = answer.status === 304 && found;
  const now: Kept = isOld
    ? { headers: new Map([...found.headers, ...carried]), body: found.body }
    : { headers: new Map(carried), body };
  now.headers.set('content-length', String(now.body.length));
  if (/\bno-store\b/.test(now.headers.get('cache-control') ?? '')) rmSync(file, { force: true });
  else {
    for (const name of variesBy(now.headers)) {
      const value = request.headers[name];
      if (value) now.headers.set(`x-varied-${name}`, value);
    }
    keep(file, now);
  }
  return answerOf(200, now);
}

const variesBy = (headers: ReadonlyMap<string, string>): readonly string[] =>
  (headers.get('vary') ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter(Boolean);

const isAsBefore = ({ headers }: Kept, name: string, request: WireRequest): boolean =>
  (headers.get(`x-varied-${name}`) ?? '') === (request.headers[name] ?? '');

function isFresh(headers: ReadonlyMap<string, string>, nowMs: number): boolean {
  const control = headers.get('cache-control') ?? '';
  const sentMs = Date.parse(headers.get('date') ?? '');
  if (/\bno-cache\b/.test(control) || Number.isNaN(sentMs)) return false;
  const maxAge = /\bmax-age=(\d+)/.exec(control)?.[1];
  const lifetimeMs = maxAge
    ? Number(maxAge) * 1000
    : Date.parse(headers.get('expires') ?? '') - sentMs;
  return lifetimeMs > nowMs - sentMs;
}

function kept(file: string): Kept | undefined {
  let whole: Buffer;
  try {
    whole = readFileSync(file);
  } catch {
    return undefined; // not kept
  }
  const text = whole.subarray(sumBytes);
  if (!sha256(text).equals(whole.subarray(0, sumBytes))) return undefined;
  const end = text.indexOf(headEnd);
  const [first = '', ...lines] = text.toString('latin1', 0, end).split(lineEnd);
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
    }),
  );
  if (end < 0 || !first.includes(' 200 ') || headers.has('transfer-encoding')) return undefined;
  headers.set('x-from-cache', '1');
  return { headers, body: text.subarray(end + headEnd.length) };
}

function keep(file: string, { headers, body }: Kept): void {
  const head = [...headers].map(([name, value]) => `${name}: ${value}`);
  const text = Buffer.concat([
    Buffer.from(`${['HTTP/1.1 200 OK', ...head].join(lineEnd)}${headEnd}`, 'latin1'),
    body,
  ]);
  keepFile(file, Buffer.concat([sha256(text), text]));
}

const answerOf = (status: number, { headers, body }: Kept): WireAnswer => ({
  status,
  header: (name) => headers.get(name),
  headers: () => headers,
  body: one(body),
});

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

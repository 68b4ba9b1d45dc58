/** What the headers of a request say, once they are known to be a request's. */
import { errorCode, StreamError } from './frames.ts';
import type { Field } from './hpack-decoder.ts';

export interface RequestHead {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>; // names in lower case, `host` by the authority
  /** What `content-length` says, if it does. */
  readonly length: number | undefined;
}

/** Of these the first alone counts, as in Node. */
const single = new Set([
  ...['authorization', 'content-length', 'content-type', 'from', 'host', 'if-modified-since'],
  ...['if-unmodified-since', 'max-forwards', 'proxy-authorization', 'referer', 'user-agent'],
]);

/** What a header counts for beside its octets. */
const fieldOverhead = 32;

/** The size of headers as settings count it: a few octets of a block may stand for many. */
export function bytesOf(fields: readonly Field[]): number {
  let bytes = 0;
  for (const { name, value } of fields) bytes += name.length + value.length + fieldOverhead;
  return bytes;
}

export const isPseudo = ({ standing }: Field): boolean => standing === 'pseudo';

const malformed = (message: string): StreamError => new StreamError(errorCode.protocol, message);

/** Throws a StreamError for what is no request. */
export function headOf(fields: readonly Field[]): RequestHead {
  const headers = { __proto__: null } as unknown as Record<string, string>;
  let method: string | undefined;
  let target: string | undefined;
  let scheme: string | undefined;
  let authority: string | undefined;
  let isPlain = false;
  for (const { name, value, standing } of fields) {
    if (standing === 'plain') {
      isPlain = true;
      const before = headers[name];
      if (before === undefined) headers[name] = value;
      else if (!single.has(name))
        headers[name] = `${before}${name === 'cookie' ? ';' : ','} ${value}`;
      continue;
    }
    if (standing === 'malformed' || isPlain) throw malformed(`the header ${name} may not be here`);
    if (name === ':method' && method === undefined) method = value;
    else if (name === ':path' && target === undefined) target = value;
    else if (name === ':scheme' && scheme === undefined) scheme = value;
    else if (name === ':authority' && authority === undefined) authority = value;
    else throw malformed(`the header ${name} may not be here`);
  }
  if (!method || !target || !scheme) throw malformed('a request needs method, path and scheme');
  if (authority !== undefined) headers['host'] ??= authority;
  const said = headers['content-length'];
  if (said !== undefined && !/^\d{1,15}$/.test(said))
    throw malformed('content-length is no number');
  return { method, target, headers, length: said === undefined ? undefined : Number(said) };
}

import { badRequest } from '@coxswain/api';
import type { Revision } from '@coxswain/storage';

/** Where a list goes on: after which key, at which revision; -1 for the newest, when the first one is gone. */
export interface ContinueToken {
  readonly revision: Revision;
  readonly from: string; // relative to the prefix
}

const version = 'meta.k8s.io/v1';
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Upstream's token: what comes right after `lastKey`. */
export function encodeContinue(lastKey: string, prefix: string, revision: Revision): string {
  return encodeStart(`${lastKey.slice(prefix.length)}\0`, revision);
}

export function encodeStart(start: string, rv: Revision): string {
  const json = JSON.stringify({ v: version, rv, start });
  return encoder.encode(json).toBase64({ alphabet: 'base64url', omitPadding: true });
}

/** Where Go finds that a token is no base64; its last four letters are read together. */
function wrongBase64(token: string): string {
  const odd = token.search(/[^\w-]/);
  const at = odd >= 0 ? odd : token.length - (token.length % 4);
  return odd >= 0 || token.length % 4 === 1
    ? `illegal base64 data at input byte ${at}`
    : 'invalid character looking for beginning of value';
}

/** Reads a token. Throws 400 with upstream's words. */
export function decodeContinue(token: string): ContinueToken {
  let read: { v?: unknown; rv?: unknown; start?: unknown };
  try {
    const bytes = Uint8Array.fromBase64(token, { alphabet: 'base64url' });
    read = JSON.parse(decoder.decode(bytes)) as typeof read;
  } catch (error) {
    const why = error instanceof SyntaxError ? wrongBase64(token) : String(error);
    throw badRequest(`invalid continue token: continue key is not valid: ${why}`);
  }
  const { v, rv, start } = read;
  if (v !== version)
    throw badRequest(
      `invalid continue token: continue key is not valid: server does not recognize this encoded version ${String(v)}`,
    );
  if (typeof rv !== 'number' || rv === 0)
    throw badRequest(
      `invalid continue token: continue key is not valid: incorrect encoded start resourceVersion (version ${version})`,
    );
  if (typeof start !== 'string' || start === '')
    throw badRequest(
      `invalid continue token: continue key is not valid: encoded start key empty (version ${version})`,
    );
  if (start.split('/').some((part) => part === '..' || part === '.'))
    throw badRequest(`invalid continue token: continue key is not valid: ${start}`);
  return { revision: rv, from: start.replace(/^\//, '') };
}

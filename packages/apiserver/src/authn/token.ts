import { unauthorized, type UserInfo } from '@coxswain/api';
import type { Request } from '../chain/station.ts';
import type { Authenticator } from './authenticator.ts';
import { headerList } from './header-list.ts';

/** Whom a token speaks for, and which of the audiences asked for it is good for (undefined: it knows of none). */
export interface TokenUser {
  readonly user: UserInfo;
  readonly audiences?: readonly string[] | undefined;
}

/** Knows tokens of one sort. Undefined: not mine. Throws an Error, whose message may be told, for a token that is mine and wrong. */
export interface TokenAuthenticator {
  readonly name: string;
  readonly check: (
    token: string,
    audiences: readonly string[],
    notes?: TokenNotes,
  ) => Promise<TokenUser | undefined>;
}

/** Where something is told about a token beside whom it speaks for: the request that shows it. */
export type TokenNotes = Pick<Request, 'warn' | 'annotate'>;

/** The first that knows the token stands; when none does, what they said is thrown together. */
export async function checkToken(
  authenticators: readonly TokenAuthenticator[],
  token: string,
  audiences: readonly string[],
  notes?: TokenNotes,
): Promise<TokenUser | undefined> {
  const errors: unknown[] = [];
  for (const { check } of authenticators)
    try {
      const found = await check(token, audiences, notes);
      if (found) return found;
    } catch (error) {
      errors.push(error);
    }
  if (errors.length === 0) return undefined;
  const texts = errors.map((error) => (error instanceof Error ? error.message : String(error)));
  throw new Error(texts.length === 1 ? texts[0]! : `[${texts.join(', ')}]`, { cause: errors[0] });
}

/** Tokens of the `Authorization` header, or of the WebSocket sub-protocol that browsers use instead. */
export function bearerTokens(
  authenticators: readonly TokenAuthenticator[],
  audiences: readonly string[],
): Authenticator {
  return {
    name: 'bearer-token',
    async authenticate(request) {
      const { headers } = request;
      const token =
        bearer(headers.authorization) ?? webSocketBearer(headers['sec-websocket-protocol']);
      if (!token) return undefined;
      const found = await checkToken(authenticators, token, audiences, request).catch(
        (cause: unknown) => {
          throw Object.assign(unauthorized(), { cause });
        },
      );
      if (!found) throw unauthorized();
      return found.user;
    },
  };
}

function bearer(header: string | undefined): string | undefined {
  const [scheme, token] = (header ?? '').trim().split(/ +/);
  return scheme?.toLowerCase() === 'bearer' ? token : undefined;
}

const webSocketPrefix = 'base64url.bearer.authorization.k8s.io.';

function webSocketBearer(header: string | undefined): string | undefined {
  const protocol = headerList(header).find((one) => one.startsWith(webSocketPrefix));
  if (!protocol) return undefined;
  try {
    const bytes = Uint8Array.fromBase64(protocol.slice(webSocketPrefix.length), {
      alphabet: 'base64url',
    });
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw Object.assign(unauthorized(), { cause });
  }
}

import { ApiError } from '@coxswain/api';
import type { Response, Station } from '../chain/station.ts';
import type { PublicKey } from './public-key.ts';

export interface IssuerMetadata {
  readonly issuer: string;
  readonly keys: Promise<readonly PublicKey[]>;
  /** Where others find the keys; undefined: it is not known yet. */
  readonly jwksUri: () => string | undefined;
}

/** Publishes the keys of service accounts' tokens, as OpenID Connect has it, for who believes such tokens elsewhere. */
export function issuerMetadata({ issuer, keys, jwksUri }: IssuerMetadata): Station {
  const pages: Readonly<Record<string, () => Promise<Response>>> = {
    '/.well-known/openid-configuration': async () =>
      page('application/json', {
        issuer,
        jwks_uri: jwksUri() ?? '',
        response_types_supported: ['id_token'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: [
          ...new Set((await keys).map(({ algorithm }) => algorithm)),
        ].toSorted(),
      }),
    '/openid/v1/jwks': async () =>
      page('application/jwk-set+json', { keys: await Promise.all((await keys).map(jwkOf)) }),
  };
  return {
    name: 'issuer-metadata',
    skips: ({ info }) => info.isResource,
    pass(request, next) {
      const answer = pages[request.path.replace(/\/$/, '')];
      if (!answer) return next(request);
      if (request.method === 'GET') return answer();
      throw new ApiError(
        405,
        'MethodNotAllowed',
        'the server does not allow this method on the requested resource',
      );
    },
  };
}

const page = (type: string, body: object): Response => ({
  as: 'bytes',
  code: 200,
  headers: { 'content-type': type, 'cache-control': 'public, max-age=3600' },
  body: new TextEncoder().encode(JSON.stringify(body)),
});

async function jwkOf(key: PublicKey): Promise<object> {
  const { id, algorithm } = key;
  const { kty, crv, x, y, n, e } = await key.jwk();
  // In the order that upstream's library writes.
  return { use: 'sig', kty, kid: id, ...(crv && { crv }), alg: algorithm, x, y, n, e };
}

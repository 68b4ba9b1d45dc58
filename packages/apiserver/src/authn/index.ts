import type { World } from '@coxswain/base';
import type { Objects } from '../authz/objects.ts';
import { anonymous } from './anonymous.ts';
import type { Authenticator } from './authenticator.ts';
import { bootstrapTokens } from './bootstrap-token.ts';
import { clientCertificates } from './client-certificate.ts';
import { frontProxy, type ProxyHeaders, usualProxyHeaders } from './front-proxy.ts';
import type { OidcTokens } from './oidc/index.ts';
import type { ServiceAccountTokens } from './service-account-tokens.ts';
import { bearerTokens, type TokenAuthenticator } from './token.ts';
import { tokenFile } from './token-file.ts';
import { ClientTrust } from './trust.ts';

export { clientCertificates } from './client-certificate.ts';
export { ClientTrust } from './trust.ts';
export { type ProxyHeaders, usualProxyHeaders } from './front-proxy.ts';
export { impersonate } from './impersonate.ts';
export { issuerMetadata } from './issuer-metadata.ts';
export { noteUse } from './legacy-token.ts';
export {
  accountTokenSigner,
  defaultIssuer,
  type ServiceAccountKeys,
  ServiceAccountTokens,
} from './service-account-tokens.ts';
export * from './oidc/index.ts';
export { type TokenWebhook, webhookTokens } from './webhook-token.ts';
export { checkToken, type TokenAuthenticator } from './token.ts';

export type Authorities = Pick<AuthenticationSettings, 'clientCa' | 'frontProxyCa'>;

export interface AuthenticationSettings {
  readonly world: World;
  readonly objects: Objects;
  /** PEM of the authorities that sign clients, and front proxies; `follow` hands over those of later. */
  readonly clientCa: string;
  readonly frontProxyCa: string;
  readonly followAuthorities?: ((change: (next: Authorities) => void) => void) | undefined;
  /** `--requestheader-*`; upstream's usual ones when absent. */
  readonly proxyHeaders?: ProxyHeaders | undefined;
  readonly serviceAccounts: ServiceAccountTokens;
  /** The text of `--token-auth-file`. */
  readonly tokenFile?: string | undefined;
  readonly anonymous: boolean;
  /** Where nobody needs to say who they are; none given: everywhere. */
  readonly anonymousPaths?: readonly string[] | undefined;
  readonly oidc?: OidcTokens | undefined;
  readonly webhookTokens?: TokenAuthenticator | undefined;
}

export interface Authentication {
  /** In upstream's order. */
  readonly authenticators: readonly Authenticator[];
  /** Those that know tokens, for TokenReview. */
  readonly tokens: readonly TokenAuthenticator[];
}

/** Every way in which a request may say who sends it. */
export function authentication(settings: AuthenticationSettings): Authentication {
  const { objects, serviceAccounts } = settings;
  const { clock } = settings.world;
  const tokens: readonly TokenAuthenticator[] = [
    ...(settings.tokenFile === undefined ? [] : [tokenFile(settings.tokenFile)]),
    serviceAccounts,
    bootstrapTokens(objects, clock),
    ...(settings.oidc ? [settings.oidc] : []),
    ...(settings.webhookTokens ? [settings.webhookTokens] : []),
  ];
  const clients = new ClientTrust(settings.clientCa);
  const proxies = new ClientTrust(settings.frontProxyCa);
  settings.followAuthorities?.(({ clientCa, frontProxyCa }) => {
    clients.change(clientCa);
    proxies.change(frontProxyCa);
  });
  return {
    tokens,
    authenticators: [
      frontProxy({ trust: proxies, headers: settings.proxyHeaders ?? usualProxyHeaders, clock }),
      clientCertificates(clients, settings.world),
      bearerTokens(tokens, serviceAccounts.audiences),
      ...(settings.anonymous ? [anonymous(settings.anonymousPaths)] : []),
    ],
  };
}

export { authenticationConfiguration } from './configuration.ts';
export type {
  AnonymousSettings,
  AuthenticationConfiguration,
  JwtAuthenticator,
} from './configuration.ts';
export { checkAuthentication, type OidcSettings, OidcTokens } from './oidc-tokens.ts';
export { signingAlgorithms } from './signature.ts';

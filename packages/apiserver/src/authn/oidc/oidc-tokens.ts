import { fieldErrorText } from '@coxswain/api';
import type { Carrier, World } from '@coxswain/base';
import type { TokenAuthenticator, TokenUser } from '../token.ts';
import type { AuthenticationConfiguration, JwtAuthenticator } from './configuration.ts';
import { Issuer } from './issuer.ts';
import { authenticationErrors } from './rules.ts';
import { type ReadJwt, readJwt, signingAlgorithms } from './signature.ts';
import { userOfClaims, type UserOfClaims } from './user-of-claims.ts';

const retryMs = 10_000;
const attemptsMax = 6;
const leewayMs = 60_000;
/** Go's zero time: a token without an end has ended. */
const never = Date.parse('0001-01-01T00:00:00Z');

interface Known {
  readonly settings: JwtAuthenticator;
  readonly issuer: Issuer;
  readonly userOf: UserOfClaims;
}

/** Throws everything that is wrong with a configuration, in upstream's words. */
export function checkAuthentication(
  configuration: AuthenticationConfiguration,
  ownIssuers: readonly string[],
): void {
  const texts = [
    ...new Set([...authenticationErrors(configuration, ownIssuers)].map(fieldErrorText)),
  ];
  if (texts.length > 0) throw new Error(texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`);
}

export interface OidcSettings {
  readonly configuration: AuthenticationConfiguration;
  /** How tokens may be signed; every way when absent. */
  readonly algorithms?: readonly string[] | undefined;
}

/** Tokens of OpenID Connect: JWTs of issuers outside, whose keys are found by discovery. */
export class OidcTokens implements TokenAuthenticator {
  readonly name = 'oidc';
  readonly #world: World;
  readonly #carry: Carrier;
  readonly #algorithms: readonly string[];
  readonly #audiences: readonly string[];
  #known: readonly Known[];

  constructor(
    world: World,
    carry: Carrier,
    { configuration, algorithms = Object.keys(signingAlgorithms) }: OidcSettings,
    audiences: readonly string[],
  ) {
    this.#world = world;
    this.#carry = carry;
    this.#algorithms = algorithms;
    this.#audiences = audiences;
    this.#known = this.#knownOf(configuration);
  }

  /** Takes another configuration as soon as all its issuers have been found; rejects, and keeps the one before, when they cannot. */
  async update(configuration: AuthenticationConfiguration, signal: AbortSignal): Promise<void> {
    const known = this.#knownOf(configuration);
    for (let attempt = 1; ; attempt++) {
      await Promise.all(known.map(({ issuer }) => issuer.discover()));
      const failed = known.find(({ issuer }) => !issuer.isReady);
      if (!failed) break;
      if (attempt >= attemptsMax) throw failed.issuer.problem ?? new Error('no answer');
      await this.#world.clock.sleep(retryMs, signal);
    }
    this.#known = known;
  }

  readonly check = async (
    token: string,
    audiences: readonly string[],
  ): Promise<TokenUser | undefined> => {
    const good = audiences.filter((each) => this.#audiences.includes(each));
    if (audiences.length > 0 && good.length === 0) return undefined;
    const jwt = readJwt(token);
    if (!jwt) return undefined;
    const { iss } = jwt.claims;
    const issuedBy = iss === 'accounts.google.com' ? 'https://accounts.google.com' : iss;
    const known = this.#known.find(({ settings }) => settings.issuer.url === issuedBy);
    if (!known) return undefined;
    if (!known.issuer.isReady) {
      void known.issuer.discover();
      throw new Error('oidc: authenticator not initialized');
    }
    await this.#verify(known, jwt).catch((cause: Error) => {
      throw new Error(`oidc: verify token: ${cause.message}`, { cause });
    });
    const user = known.userOf(jwt.claims);
    return { user, ...(good.length > 0 && { audiences: good }) };
  };

  #knownOf({ jwt = [] }: AuthenticationConfiguration): readonly Known[] {
    return jwt.map((settings) => ({
      settings,
      issuer: new Issuer(settings.issuer, this.#carry, this.#world.clock),
      userOf: userOfClaims(settings),
    }));
  }

  async #verify({ settings, issuer }: Known, jwt: ReadJwt): Promise<void> {
    if (!this.#algorithms.includes(jwt.algorithm))
      throw new Error(
        `oidc: id token signed with unsupported algorithm, expected ${goList(this.#algorithms)} got "${jwt.algorithm}"`,
      );
    await issuer.checkSignature(jwt);
    const { aud, exp, nbf } = jwt.claims;
    const named = Array.isArray(aud) ? aud : aud === undefined ? [] : [aud];
    const { audiences = [] } = settings.issuer;
    if (!audiences.some((each) => named.includes(each)))
      throw new Error(
        audiences.length === 1
          ? `oidc: expected audience "${audiences[0]!}" got ${goList(named)}`
          : `oidc: expected audience in ${goList(audiences.toSorted())} got ${goList(named)}`,
      );
    const nowMs = this.#world.clock.now();
    const untilMs = typeof exp === 'number' ? Math.trunc(exp) * 1000 : never;
    if (untilMs < nowMs)
      throw new Error(`oidc: token is expired (Token Expiry: ${goTime(untilMs)})`);
    if (typeof nbf === 'number' && nowMs + leewayMs < nbf * 1000)
      throw new Error(
        `oidc: current time ${goTime(nowMs)} before the nbf (not before) time: ${goTime(Math.trunc(nbf) * 1000)}`,
      );
  }
}

const goList = (values: readonly unknown[]): string =>
  `[${values.map((value) => JSON.stringify(value)).join(' ')}]`;

/** A time as Go prints it. */
const goTime = (ms: number): string =>
  new Date(ms)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.000Z|Z$/, ' +0000 UTC');

import {
  type KubeObject,
  Nodes,
  Pods,
  type Resource,
  Secrets,
  ServiceAccounts,
  type UserInfo,
} from '@coxswain/api';
import type { Secret } from '@coxswain/api/types/core-v1';
import { uuid, type World } from '@coxswain/base';
import type { Objects } from '../authz/objects.ts';
import { type Claims, claimsOf, isSigned, signJwt } from './jwt.ts';
import { legacyAccount, legacyIssuer } from './legacy-token.ts';
import { type PublicKey, publicKey, type SigningKey, signingKey } from './public-key.ts';
import {
  type Bound,
  type ServiceAccountClaims,
  serviceAccountGroups,
  serviceAccountUser,
} from './service-account-claims.ts';
import type { TokenAuthenticator, TokenNotes, TokenUser } from './token.ts';
import { accountFigures, type AccountFigures } from './account-figures.ts';
import { pemBytes } from './x509.ts';

export const defaultIssuer = 'https://kubernetes.default.svc.cluster.local';

export interface ServiceAccountKeys {
  /** PEM; signs. */
  readonly key: string;
  /** PEM; the public half of `key` first, then older keys whose tokens are still good. */
  readonly publicKeys: readonly string[];
}

/** Tokens whose signature was found good, at once; the oldest go first. */
const verifiedMax = 4096;
/** How far the clocks of the cluster's machines may be apart. */
const leewayMs = 60_000;
const extra = 'authentication.kubernetes.io';

/** Issues and checks the tokens of service accounts: signed JWTs that die with what they are bound to. */
export class ServiceAccountTokens implements TokenAuthenticator {
  readonly name = 'service-account';
  /** Whose tokens are taken; new ones are the first's. */
  readonly issuers: readonly string[];
  readonly audiences: readonly string[];
  readonly #objects: Objects;
  readonly #world: World;
  readonly #signing: Promise<SigningKey>;
  /** Those whose tokens are taken. */
  readonly keys: Promise<readonly PublicKey[]>;
  readonly #legacyUsed: (secret: Secret) => void;
  readonly #figures: AccountFigures;
  /** Tokens whose signature is good, with their claims: a signature is checked once, what it speaks of every time. */
  readonly #verified = new Map<string, ServiceAccountClaims>();

  constructor(
    world: World,
    objects: Objects,
    keys: ServiceAccountKeys,
    issuers: readonly string[] = [defaultIssuer],
    audiences: readonly string[] = issuers,
    legacyUsed: (secret: Secret) => void = () => {},
  ) {
    this.#legacyUsed = legacyUsed;
    this.#world = world;
    this.#figures = accountFigures(world);
    this.#objects = objects;
    this.#signing = signingKey(keys.key, keys.publicKeys[0]!);
    this.keys = Promise.all(keys.publicKeys.map((pem) => publicKey(pemBytes(pem))));
    this.issuers = issuers;
    this.audiences = audiences;
  }

  /** A token with the given claims; issuer, id and times are filled in. */
  async issue(
    claims: Required<Pick<ServiceAccountClaims, 'kubernetes.io'>>,
    audiences: readonly string[],
    lifeSeconds: number,
  ): Promise<string> {
    const { namespace, serviceaccount } = claims['kubernetes.io'];
    const now = Math.floor(this.#world.clock.now() / 1000);
    const whole: ServiceAccountClaims = {
      aud: audiences,
      exp: now + lifeSeconds,
      iat: now,
      iss: this.issuers[0]!,
      jti: uuid(this.#world.random),
      ...claims,
      nbf: now,
      sub: serviceAccountUser(namespace, serviceaccount.name),
    };
    return this.#world.work.track(signJwt(whole, await this.#signing));
  }

  readonly check = async (
    token: string,
    audiences: readonly string[],
    notes?: TokenNotes,
  ): Promise<TokenUser | undefined> => {
    const claims = this.#verified.get(token) ?? (await this.#verify(token));
    if (!claims) return undefined;
    if (claims.iss === legacyIssuer) return this.#legacyUser(claims, token, audiences, notes);
    const held = typeof claims.aud === 'string' ? [claims.aud] : (claims.aud ?? []);
    const common = audiences.filter((one) => held.includes(one));
    if (common.length === 0)
      throw new Error(
        `token audiences ${goList(held)} is invalid for the target audiences ${goList(audiences)}`,
      );
    this.#checkTimes(claims);
    const user = this.#userOf(claims);
    this.#figures.projected(claims, this.#world.clock.now(), notes);
    return { user, audiences: common };
  };

  /** Undefined for what is no token of this issuer; throws when nobody of ours signed it. */
  async #verify(token: string): Promise<ServiceAccountClaims | undefined> {
    const claims = claimsOf(token) as ServiceAccountClaims | undefined;
    const isLegacy = claims?.iss === legacyIssuer;
    const isOurs = this.issuers.includes(claims?.iss ?? '') && claims?.['kubernetes.io'];
    if (!claims || (!isLegacy && !isOurs)) return undefined;
    if (!(await this.#world.work.track(isSigned(token, await this.keys))))
      throw new Error('invalid bearer token');
    if (this.#verified.size >= verifiedMax)
      this.#verified.delete(this.#verified.keys().next().value!);
    this.#verified.set(token, claims);
    return claims;
  }

  /** Tokens that secrets hold name no audience: they are for this server. */
  #legacyUser(
    claims: ServiceAccountClaims,
    token: string,
    audiences: readonly string[],
    notes: TokenNotes | undefined,
  ): TokenUser {
    const common = audiences.filter((one) => this.audiences.includes(one));
    if (common.length === 0)
      throw new Error(
        `token audiences ${goList(this.audiences)} is invalid for the target audiences ${goList(audiences)}`,
      );
    const found = legacyAccount(claims, token, this.#objects);
    const { namespace, name, uid, secret } = found;
    this.#legacyUsed(secret);
    this.#figures.legacy(found, notes);
    if (found.invalid) throw new Error(found.invalid);
    const groups = serviceAccountGroups(namespace);
    return { user: { name: serviceAccountUser(namespace, name), uid, groups }, audiences: common };
  }

  #checkTimes({ exp = 0, nbf = 0, iat = 0 }: ServiceAccountClaims): void {
    const nowMs = this.#world.clock.now();
    if (nowMs - leewayMs > exp * 1000) throw new Error('service account token has expired');
    if (nowMs + leewayMs < nbf * 1000) throw new Error('service account token is not valid yet');
    if (nowMs + leewayMs < iat * 1000)
      throw new Error('service account token is issued in the future');
  }

  #userOf(claims: ServiceAccountClaims): UserInfo {
    const { namespace, serviceaccount, pod, secret, node } = claims['kubernetes.io']!;
    const account = this.#objects.get(ServiceAccounts, serviceaccount.name, namespace);
    if (!account) throw new Error(`serviceaccounts "${serviceaccount.name}" not found`);
    if (this.#isLeaving(account))
      throw new Error(`service account ${namespace}/${serviceaccount.name} has been deleted`);
    if (account.metadata.uid !== serviceaccount.uid)
      throw new Error(
        `service account UID (${account.metadata.uid}) does not match claim (${serviceaccount.uid})`,
      );
    if (secret) this.#checkBound('secret', Secrets, secret, namespace);
    if (pod) this.#checkBound('pod', Pods, pod, namespace);
    else if (node) this.#checkBound('node', Nodes, { uid: '', ...node }, '');
    return {
      name: serviceAccountUser(namespace, serviceaccount.name),
      uid: serviceaccount.uid,
      groups: serviceAccountGroups(namespace),
      extra: {
        ...(pod && { [`${extra}/pod-name`]: [pod.name], [`${extra}/pod-uid`]: [pod.uid] }),
        ...(claims.jti && { [`${extra}/credential-id`]: [`JTI=${claims.jti}`] }),
        ...(node && { [`${extra}/node-name`]: [node.name] }),
        ...(node?.uid && { [`${extra}/node-uid`]: [node.uid] }),
      },
    };
  }

  #checkBound(word: string, resource: Resource, bound: Bound, namespace: string): void {
    const object = this.#objects.get(resource, bound.name, namespace);
    if (!object || this.#isLeaving(object))
      throw new Error('service account token has been invalidated');
    if (object.metadata.uid !== bound.uid)
      throw new Error(
        `${word} UID (${object.metadata.uid}) does not match service account ${word} ref claim (${bound.uid})`,
      );
  }

  /** Whether it was deleted so long ago that no clock can doubt it. */
  #isLeaving({ metadata: { deletionTimestamp } }: KubeObject): boolean {
    return (
      deletionTimestamp !== undefined &&
      Date.parse(deletionTimestamp) < this.#world.clock.now() - leewayMs
    );
  }
}

const goList = (values: readonly string[]): string =>
  `[${values.map((value) => JSON.stringify(value)).join(' ')}]`;

/**
 * Signs claims as they are: for the controller that fills the secrets of service accounts. `signature` makes them, where they
 * follow from a seed.
 */
export const accountTokenSigner =
  (
    keys: ServiceAccountKeys,
    world: World,
    signature?: (data: Uint8Array) => Uint8Array,
  ): ((claims: Claims) => Promise<string>) =>
  async (claims) => {
    const key = await world.work.track(signingKey(keys.key, keys.publicKeys[0]!));
    const sign = signature && { sign: async (data: Uint8Array) => signature(data) };
    return world.work.track(signJwt(claims, { ...key, ...sign }));
  };

import type { Carrier, Clock, OutgoingTrust } from '@coxswain/base';
import { Deadline } from '../../webhook-client/index.ts';
import type { Issuer as IssuerSettings } from './configuration.ts';
import { isSignedBy, type Jwk, type ReadJwt } from './signature.ts';

const bytesMax = 2 ** 20;
const timeoutMs = 30_000;
const retryMs = 10_000;
const keysMax = 256;
const wellKnown = '/.well-known/openid-configuration';
const never = new AbortController().signal;

/** An issuer of JWTs: finds out by discovery where its keys are, and fetches them when a token is signed by a new one. */
export class Issuer {
  readonly #settings: IssuerSettings;
  readonly #carry: Carrier;
  readonly #clock: Clock;
  readonly #trust: OutgoingTrust;
  #keysUrl: string | undefined;
  #problem: Error | undefined;
  #finding: Promise<void> | undefined;
  #triedAt = -Infinity;
  #keys: readonly Jwk[] = [];
  #keysGoodUntil = -Infinity;
  #fetching: Promise<void> | undefined;

  constructor(settings: IssuerSettings, carry: Carrier, clock: Clock) {
    this.#settings = settings;
    this.#carry = carry;
    this.#clock = clock;
    this.#trust = { ca: settings.certificateAuthority || undefined };
    void this.discover();
  }

  /** Whether it is known where the keys are. */
  get isReady(): boolean {
    return this.#keysUrl !== undefined;
  }

  /** Why it is not ready. */
  get problem(): Error | undefined {
    return this.#problem;
  }

  /** One attempt, at most every ten seconds; resolves when it has come out well or not. */
  discover(): Promise<void> {
    if (this.isReady) return Promise.resolve();
    if (this.#finding) return this.#finding;
    if (this.#clock.now() < this.#triedAt + retryMs) return Promise.resolve();
    this.#triedAt = this.#clock.now();
    this.#finding = this.#find()
      .catch((error: unknown) => {
        this.#problem = error as Error;
      })
      .finally(() => {
        this.#finding = undefined;
      });
    return this.#finding;
  }

  /** Throws in upstream's words unless the issuer's keys have signed it. */
  async checkSignature(jwt: ReadJwt): Promise<void> {
    if (await isSignedBy(this.#keys, jwt)) return;
    if (this.#clock.now() < this.#keysGoodUntil)
      throw new Error('failed to verify signature: failed to verify id token signature');
    this.#fetching ??= this.#fetchKeys().finally(() => {
      this.#fetching = undefined;
    });
    await this.#fetching.catch((cause: Error) => {
      throw new Error(`failed to verify signature: fetching keys ${cause.message}`, { cause });
    });
    if (!(await isSignedBy(this.#keys, jwt)))
      throw new Error('failed to verify signature: failed to verify id token signature');
  }

  async #find(): Promise<void> {
    const { url = '', discoveryURL } = this.#settings;
    const { status, body } = await this.#get(
      discoveryURL || `${url.replace(/\/$/, '')}${wellKnown}`,
    );
    if (status !== '200 OK') throw new Error(`${status}: ${body}`);
    const { issuer, jwks_uri } = JSON.parse(body) as { issuer?: string; jwks_uri?: string };
    if (issuer !== url)
      throw new Error(
        `oidc: issuer did not match the issuer returned by provider, expected "${url}" got "${issuer ?? ''}"`,
      );
    if (!jwks_uri) throw new Error('provider did not return JWKS URL');
    this.#keysUrl = jwks_uri;
    this.#problem = undefined;
  }

  async #fetchKeys(): Promise<void> {
    const { status, body, goodMs } = await this.#get(this.#keysUrl!).catch((cause: Error) => {
      throw new Error(`oidc: get keys failed ${cause.message}`, { cause });
    });
    if (status !== '200 OK') throw new Error(`oidc: get keys failed: ${status} ${body}`);
    const { keys } = JSON.parse(body) as { keys?: unknown };
    if (!Array.isArray(keys)) throw new Error('oidc: failed to decode keys');
    this.#keys = (keys as readonly Jwk[]).slice(0, keysMax);
    this.#keysGoodUntil = this.#clock.now() + goodMs;
  }

  async #get(url: string): Promise<{ status: string; body: string; goodMs: number }> {
    using deadline = new Deadline(this.#clock, timeoutMs, never);
    const { host, pathname, search } = new URL(url);
    try {
      const answer = await this.#carry({
        method: 'GET',
        url: new URL(url),
        target: `${pathname}${search}`,
        headers: [
          ['Host', host],
          ['User-Agent', 'kube-apiserver'],
          ['Accept', 'application/json'],
        ],
        trust: this.#trust,
        signal: deadline.signal,
      });
      const decoder = new TextDecoder();
      let body = '';
      let size = 0;
      for await (const piece of answer.body) {
        size += piece.length;
        if (size > bytesMax) throw new Error('http: response body too large');
        body += decoder.decode(piece, { stream: true });
      }
      return {
        status: `${answer.status} ${answer.statusText}`.trim(),
        body: body + decoder.decode(),
        goodMs: goodMs(answer.headers),
      };
    } catch (cause) {
      throw new Error(`Get "${url}": ${(cause as Error).message}`, { cause });
    }
  }
}

/** How long an answer may be kept, as its sender says; by default not at all. */
function goodMs(headers: readonly (readonly [string, string])[]): number {
  const control = headers.find(([name]) => name.toLowerCase() === 'cache-control')?.[1] ?? '';
  if (/no-store|no-cache/i.test(control)) return 0;
  return Number(/max-age=(\d+)/i.exec(control)?.[1] ?? 0) * 1000;
}

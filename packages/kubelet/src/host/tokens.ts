import { parseTime, ServiceAccounts } from '@coxswain/api';
import type { TokenRequest } from '@coxswain/api/types/authentication-v1';
import type { Pod, ServiceAccount } from '@coxswain/api/types/core-v1';
import type { World } from '@coxswain/base';
import type { Client } from '@coxswain/client';
import { namespaceOf, uidOf } from '../pods/spec.ts';

interface Kept {
  readonly token: string;
  readonly renewAtMs: number;
  readonly timer: Disposable;
}

const lifeMax = 24 * 3_600_000;
/** A token is renewed when so much of its life is over. */
const renewAfter = 0.8;

/** Tokens of service accounts, bound to the pods they are for; each is renewed before it ends. */
export class PodTokens implements Disposable {
  readonly #client: Client;
  readonly #world: World;
  readonly #signal: AbortSignal;
  readonly #kept = new Map<string, Kept>();

  constructor(client: Client, world: World, signal: AbortSignal) {
    this.#client = client;
    this.#world = world;
    this.#signal = signal;
  }

  /** A token with most of its life before it; `wake` runs when it is time for the next. */
  async get(
    pod: Pod,
    audience: string,
    expirationSeconds: number,
    wake: () => void,
  ): Promise<string> {
    const key = [uidOf(pod), audience, expirationSeconds].join(' ');
    const { clock } = this.#world;
    const kept = this.#kept.get(key);
    if (kept && clock.now() < kept.renewAtMs) return kept.token;
    const namespace = namespaceOf(pod);
    const account = pod.spec!.serviceAccountName || 'default';
    const request: TokenRequest = {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      metadata: { name: account, namespace },
      spec: {
        audiences: audience ? [audience] : [],
        expirationSeconds,
        boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: pod.metadata.name, uid: uidOf(pod) },
      },
    };
    const at = { name: account, subresource: 'token', signal: this.#signal };
    const answer = (await this.#client.create(
      ServiceAccounts,
      request as unknown as ServiceAccount,
      at,
    )) as unknown as TokenRequest;
    const { token = '', expirationTimestamp } = answer.status ?? {};
    const nowMs = clock.now();
    const lifeMs = expirationTimestamp
      ? parseTime(expirationTimestamp) - nowMs
      : expirationSeconds * 1000;
    const renewMs = Math.max(1_000, Math.min(lifeMs * renewAfter, lifeMax));
    kept?.timer[Symbol.dispose]();
    this.#kept.set(key, { token, renewAtMs: nowMs + renewMs, timer: clock.after(renewMs, wake) });
    return token;
  }

  forget(podUid: string): void {
    for (const [key, { timer }] of this.#kept)
      if (key.startsWith(`${podUid} `)) {
        timer[Symbol.dispose]();
        this.#kept.delete(key);
      }
  }

  [Symbol.dispose](): void {
    for (const { timer } of this.#kept.values()) timer[Symbol.dispose]();
    this.#kept.clear();
  }
}

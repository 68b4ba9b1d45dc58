import type { ApiHandler, KubeObject, Resource, UserInfo } from '@coxswain/api';
import type { World } from '@coxswain/base';
import {
  type Cache,
  type Client,
  createInformers,
  type Informers,
  lastingWatchSeconds,
} from '@coxswain/client';
import { directClient } from '@coxswain/client/direct';
import * as identities from '../../packages/cluster/src/boot/identities.ts';
import { type MachineClock, worldOn } from './clock.ts';
import type { Link } from './link.ts';

/** What a component is given when it starts. */
export interface Life {
  readonly world: World;
  readonly informers: Informers;
  readonly signal: AbortSignal;
  readonly clientOf: (user: UserInfo, agent?: string) => Client;
}

/** A component: what it is called, and how it runs until the signal aborts. */
export interface Role {
  readonly name: string;
  /** Its watches last until they break, as those of components beside the server do; others end and are told where they stand. */
  readonly isBesideServer?: boolean;
  readonly run: (life: Life) => Promise<void>;
}

type Selection = Parameters<Informers['of']>[1];

/** A cache of a process, and which objects it is to hold. */
export interface KeptCache {
  readonly cache: Cache<KubeObject>;
  readonly resource: Resource;
  readonly selection: NonNullable<Selection>;
}

/** After how long whatever starts components starts one again. */
const restartMs = 1000;

/** A component in a process of its own, which may die and be started again. It has its machine's clock and its own way to the server. */
export class Process {
  readonly role: Role;
  readonly link: Link;
  readonly clock: MachineClock;
  readonly #world: World;
  readonly #change: (informers: Informers) => Informers;
  readonly #ended: Promise<unknown>[] = [];
  #end: AbortController | undefined;
  #caches = new Map<Cache<any>, KeptCache>();

  constructor(
    role: Role,
    parts: {
      readonly link: Link;
      readonly clock: MachineClock;
      readonly world: World;
      readonly change?: ((informers: Informers) => Informers) | undefined;
    },
  ) {
    this.role = role;
    this.link = parts.link;
    this.clock = parts.clock;
    this.#world = worldOn(parts.world, parts.clock);
    this.#change = parts.change ?? ((informers) => informers);
  }

  get isUp(): boolean {
    return this.#end !== undefined;
  }

  /** The caches of its present life. */
  get caches(): Iterable<KeptCache> {
    return this.#caches.values();
  }

  start(): void {
    if (this.#end) return;
    const end = (this.#end = new AbortController());
    const { signal } = end;
    const handler: ApiHandler = this.link.handler(signal);
    const clientOf: Life['clientOf'] = (user, agent = this.role.name) =>
      directClient(handler, { user, agent: `coxswain/${agent}` });
    const watchSeconds = this.role.isBesideServer ? lastingWatchSeconds : undefined;
    const own = createInformers(clientOf(identities.loopback), this.#world, watchSeconds);
    const informers = this.#change(this.#kept(own));
    const running = this.role.run({ world: this.#world, informers, signal, clientOf });
    const ended = running.catch((error: unknown) => {
      if (!signal.aborted) this.#world.log.error('a component ended', error);
    });
    this.#ended.push(ended.finally(() => this.#restart(end)));
    this.#ended.push(ended.then(() => own[Symbol.asyncDispose]()));
  }

  /** Ends it at once; what it had asked for may still be done, and nobody hears of it. */
  crash(): void {
    const end = this.#end;
    this.#end = undefined;
    this.#caches = new Map();
    end?.abort(new Error(`${this.role.name} crashed`));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.crash();
    await Promise.all(this.#ended);
  }

  #restart(end: AbortController): void {
    if (this.#end !== end) return;
    this.crash();
    this.#world.clock.after(restartMs, () => this.start());
  }

  #kept(informers: Informers): Informers {
    return {
      ...informers,
      of: (resource, selection = {}) => {
        const cache = informers.of(resource, selection);
        if (!this.#caches.has(cache)) this.#caches.set(cache, { cache, resource, selection });
        return cache;
      },
    };
  }
}

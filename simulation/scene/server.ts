import type { ApiHandler } from '@coxswain/api';
import type { ApiServer } from '@coxswain/apiserver';
import { passingPki, type Pki } from '@coxswain/apiserver/certificates';
import { countedWork, seededRandom, type Work, type World } from '@coxswain/base';
import { StoreClosed } from '@coxswain/storage';
import { openApiServer } from '../../packages/cluster/src/boot/api-server.ts';
import {
  type ServerSettings,
  serverSettings,
} from '../../packages/cluster/src/boot/server-settings.ts';
import type { Disk } from './store.ts';

let shared: { readonly pki: Pki; readonly settings: ServerSettings } | undefined;

/** What all servers of all seeds have in common: making keys is slow, and nothing depends on which they are. */
export const common = async (startMs: number): Promise<NonNullable<typeof shared>> =>
  (shared ??= {
    pki: passingPki({ names: [], nodes: [] }, startMs, seededRandom(1)),
    settings: await serverSettings({}),
  });

const noWay = async (): Promise<never> => {
  throw new Error('dial tcp: connect: no route to host');
};

interface Incarnation {
  readonly end: AbortController;
  readonly work: Work;
  readonly server: ApiServer;
}

/** The API server of the cluster: one after another over the same store. */
export class ServerProcess {
  readonly #world: World;
  readonly #disk: Disk;
  readonly #startMs: number;
  readonly #ended: PromiseLike<void>[] = [];
  #up: Incarnation | undefined;
  /** Of the server that is up or starting. */
  #work: Work = countedWork();
  #end: AbortController | undefined;

  constructor(world: World, disk: Disk) {
    this.#world = world;
    this.#disk = disk;
    this.#startMs = world.clock.now();
  }

  /** It is there, or on its way. */
  get isUp(): boolean {
    return this.#end !== undefined;
  }

  get handler(): ApiHandler | undefined {
    return this.#up?.server.handle;
  }

  /** Work in this server that has left the event loop; that of servers which crashed concerns nobody. */
  get outstanding(): number {
    return this.#work.outstanding;
  }

  async start(): Promise<void> {
    const end = (this.#end = new AbortController());
    const work = (this.#work = countedWork());
    const world: World = { ...this.#world, work };
    const { signal } = end;
    const server = await openApiServer({
      ...{ world, storage: this.#disk.open(signal), signal, kubeletAuthority: undefined },
      ...(await common(this.#startMs)),
      wire: {
        ...{ clock: world.clock, headerCompression: undefined as never },
        acceptWebSocket: undefined as never,
        ...{ dialKubelet: noWay, dialKubeletUnchecked: noWay, dial: noWay },
      },
    });
    if (end === this.#end) this.#up = { end, work, server };
    else this.#ended.push(server[Symbol.asyncDispose]());
  }

  /** Ends it at once: what is under way in it is neither done nor answered any more. */
  crash(): void {
    const { server } = this.#up ?? {};
    this.#up = undefined;
    this.#end?.abort(new StoreClosed());
    this.#end = undefined;
    this.#work = countedWork();
    if (server) this.#ended.push(server[Symbol.asyncDispose]());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.crash();
    await Promise.all(this.#ended);
  }
}

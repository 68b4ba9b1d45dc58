import { watch } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { World } from '@coxswain/base';
import { type DriverVersion, DriverWire } from './driver-wire.ts';

/** A driver of devices that runs on this node. */
export interface Driver {
  readonly wire: DriverWire;
  readonly version: DriverVersion;
}

/** A plugin that does not answer is asked again so often, a second apart. */
const triesMax = 60;
const retryMs = 1000;
const known = ['v1.DRAPlugin', 'v1beta1.DRAPlugin'];

/** Drivers whose registration sockets lie in a folder, as upstream's kubelet finds them in `plugins_registry`. */
export class DriverRegistry {
  readonly #world: World;
  readonly #folder: string;
  readonly #signal: AbortSignal;
  /** By socket: undefined while it is asked, and for plugins of other kinds. */
  readonly #found = new Map<
    string,
    { readonly name: string; readonly driver: Driver } | undefined
  >();
  #scanning: Promise<void> = Promise.resolve();

  constructor(world: World, folder: string, signal: AbortSignal) {
    this.#world = world;
    this.#folder = folder;
    this.#signal = signal;
  }

  /** Looks at what is there, and at what comes and goes until the signal aborts. */
  async open(): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    watch(this.#folder, { signal: this.#signal, persistent: false }, () => this.#look()).on(
      'error',
      (error) => this.#world.log.error('plugins are not watched', error),
    );
    this.#look();
    await this.#scanning;
  }

  /** Throws where there is none of the name. */
  driver(name: string): Driver {
    const found = [...this.#found.values()].find((each) => each?.name === name);
    if (found) return found.driver;
    throw new Error(`DRA driver ${name} is not registered`);
  }

  #look(): void {
    this.#scanning = this.#scanning.then(() => this.#scan());
  }

  async #scan(): Promise<void> {
    const names = await readdir(this.#folder).catch(() => []);
    const sockets = new Set(
      names.filter((name) => name.endsWith('.sock')).map((name) => join(this.#folder, name)),
    );
    for (const [socket, plugin] of this.#found) {
      if (sockets.has(socket)) continue;
      this.#found.delete(socket);
      plugin?.driver.wire[Symbol.dispose]();
    }
    for (const socket of sockets) {
      if (this.#found.has(socket)) continue;
      this.#found.set(socket, undefined);
      void this.#ask(socket);
    }
  }

  async #ask(socket: string): Promise<void> {
    const { clock, log } = this.#world;
    for (let tries = 1; !this.#signal.aborted && this.#found.has(socket); tries++)
      try {
        return await this.#register(socket);
      } catch (error) {
        if (this.#signal.aborted) return;
        if (tries >= triesMax) return log.error('plugin not registered', error, { socket });
        await clock.sleep(retryMs, this.#signal).catch(() => {});
      }
  }

  async #register(socket: string): Promise<void> {
    using wire = new DriverWire(socket, this.#world.clock);
    const { type, name, endpoint, supportedVersions } = await wire.info(this.#signal);
    if (type !== 'DRAPlugin') return;
    const chosen = known.find((each) => supportedVersions.includes(each));
    if (!chosen) {
      const quoted = (list: readonly string[]): string =>
        `[${list.map((each) => JSON.stringify(each)).join(' ')}]`;
      const why = `none of services supported by the plugin (${quoted(supportedVersions)}) are supported by the kubelet (${quoted(known)})`;
      return await wire.registered(
        `invalid supported gRPC versions of DRA driver plugin ${name} at endpoint ${endpoint}: ${why}`,
        this.#signal,
      );
    }
    const version = chosen.split('.')[0] as DriverVersion;
    const own = new DriverWire(endpoint || socket, this.#world.clock);
    this.#found.set(socket, { name, driver: { wire: own, version } });
    await wire.registered(undefined, this.#signal);
    this.#world.log.info('device driver registered', { driver: name, version });
  }
}

import { ApiError, type ApiHandler, CustomResourceDefinitions, type UserInfo } from '@coxswain/api';
import type { Objects } from '../authz/objects.ts';
import type { Engine } from '../rest/engine.ts';
import { isSame } from '../rest/equal.ts';
import type { ResourceCache } from '../watch-cache/index.ts';
import { cleanUp } from './clean-up.ts';
import { type AskWebhook, converterOf } from './converter.ts';
import { type Definition, isServed, resourceOf } from './definition.ts';
import { kindOf } from './kind-of.ts';
import { awaitsCleanup, established, withNames, withReviews } from './lifecycle.ts';

/** As upstream's own server calls itself. */
export const loopbackUser: UserInfo = { name: 'system:apiserver', groups: ['system:masters'] };
const agent = 'kube-apiserver';
const retryMs = { first: 100, most: 30_000 } as const;

export interface CustomResourceOptions {
  readonly engine: Engine;
  readonly objects: Objects;
  readonly call: ApiHandler;
  readonly ask: AskWebhook;
}

/** Serves what CustomResourceDefinitions define, and writes their status, one definition after the other. */
export class CustomResources implements AsyncDisposable {
  readonly #options: CustomResourceOptions;
  readonly #abort = new AbortController();
  /** Names of definitions that changed; a name stands once in it, so the definitions bound it. */
  readonly #waiting = new Set<string>();
  readonly #failures = new Map<string, number>();
  /** Definitions that go once the last of their objects has gone. */
  readonly #emptying = new Map<string, Disposable>();
  /** What is served of each definition now. */
  readonly #served = new Map<string, Definition>();
  #following: Disposable | undefined;
  #running: Promise<void> | undefined;

  constructor(options: CustomResourceOptions) {
    this.#options = options;
  }

  /** Serves what is defined already, and follows from there. The caches are open. */
  async open(): Promise<void> {
    const { objects } = this.#options;
    for (const definition of objects.all(CustomResourceDefinitions)) await this.#serve(definition);
    this.#following = objects.follow(CustomResourceDefinitions, (now, before) => {
      const { name } = (now ?? before)!.metadata;
      this.#waiting.add(name);
      if (!now) this.#reconsider(before!);
      this.#start();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#following?.[Symbol.dispose]();
    this.#abort.abort(new Error('the server stops'));
    this.#waiting.clear();
    await this.#running;
  }

  /** Names that were let go may now be given to others of the group. */
  #reconsider({ spec, metadata }: Definition): void {
    for (const other of this.#options.objects.all(CustomResourceDefinitions))
      if (other.spec.group === spec.group && other.metadata.name !== metadata.name)
        this.#waiting.add(other.metadata.name);
  }

  #start(): void {
    if (this.#running || this.#abort.signal.aborted) return;
    const { work } = this.#options.engine.world;
    const run = work.track(this.#run()).finally(() => {
      this.#running = undefined;
      if (this.#waiting.size > 0) this.#start();
    });
    this.#running = run;
  }

  async #run(): Promise<void> {
    await Promise.resolve(); // after the feed's batch has been applied
    for (const name of this.#waiting) {
      this.#waiting.delete(name);
      if (this.#abort.signal.aborted) return;
      try {
        await this.#see(name);
        this.#failures.delete(name);
      } catch (error) {
        this.#again(name, error);
      }
    }
  }

  #again(name: string, error: unknown): void {
    if (this.#abort.signal.aborted) return;
    const { world } = this.#options.engine;
    const failures = (this.#failures.get(name) ?? 0) + 1;
    this.#failures.set(name, failures);
    world.log.named('custom-resources').error('a definition is not served as it stands', error);
    const afterMs = Math.min(retryMs.first * 2 ** (failures - 1), retryMs.most);
    const timer = world.clock.after(afterMs, () => {
      this.#waiting.add(name);
      this.#start();
    });
    this.#abort.signal.addEventListener('abort', () => timer[Symbol.dispose](), { once: true });
  }

  /** Brings one definition a step on; what it writes comes back as a change. */
  async #see(name: string): Promise<void> {
    const { objects, engine } = this.#options;
    const definition = objects.get(CustomResourceDefinitions, name);
    if (!definition) return this.#forget(name);
    const nowMs = engine.world.clock.now();
    const others = [...objects.all(CustomResourceDefinitions)].filter(
      ({ spec, metadata }) => spec.group === definition.spec.group && metadata.name !== name,
    );
    const named = withNames(definition, others, nowMs);
    await this.#serve({ ...definition, status: named });
    const status = withReviews(
      definition,
      established({ ...definition, status: named }, nowMs),
      nowMs,
    );
    if (!isSame(status, definition.status ?? {})) {
      await this.#write({ ...definition, status });
      if (!isSame(status.acceptedNames, definition.status?.acceptedNames))
        this.#reconsider(definition);
      return;
    }
    if (awaitsCleanup(definition))
      await cleanUp(definition, {
        ...{ objects, engine, ask: this.#options.ask, user: loopbackUser, agent },
        signal: this.#abort.signal,
        write: (next) => this.#write(next),
        whenEmpty: (cache) => this.#whenEmpty(name, cache),
      });
  }

  #whenEmpty(name: string, cache: ResourceCache): void {
    if (this.#emptying.has(name)) return;
    const follow = cache.follow(() => {
      if (cache.size > 0) return;
      this.#emptying.get(name)?.[Symbol.dispose]();
      this.#emptying.delete(name);
      this.#waiting.add(name);
      this.#start();
    });
    this.#emptying.set(name, follow);
  }

  /** Puts the versions of a definition into the catalog; what is stored of them is in the cache before. */
  async #serve(definition: Definition): Promise<void> {
    const { engine, ask } = this.#options;
    const { catalog, cache } = engine;
    const { name } = definition.metadata;
    const before = this.#served.get(name);
    if (!isServed(definition)) return before && this.#forget(name);
    if (before && isSame(seen(before), seen(definition))) return;
    const resource = resourceOf(definition, '');
    if (before && before.metadata.uid !== definition.metadata.uid) this.#forget(name);
    if (!this.#served.has(name)) await cache.fillLate(catalog.customCache(resource));
    const converter = converterOf(definition, ask);
    const kinds = (definition.spec.versions ?? [])
      .filter(({ served }) => served)
      .map((version) => kindOf(definition, version, converter));
    catalog.replaceCustom(resource, kinds);
    this.#served.set(name, definition);
    // Watchers come again and see the objects as they are now read.
    if (before && !isSame(before.spec, definition.spec)) catalog.customCache(resource).endWatches();
  }

  #forget(name: string): void {
    const before = this.#served.get(name);
    if (!before) return;
    const { catalog, cache } = this.#options.engine;
    const resource = resourceOf(before, '');
    this.#served.delete(name);
    this.#emptying.get(name)?.[Symbol.dispose]();
    this.#emptying.delete(name);
    catalog.replaceCustom(resource, []);
    const dropped = catalog.dropCustom(resource);
    if (dropped) cache.remove(dropped);
  }

  async #write(definition: Definition): Promise<void> {
    try {
      await this.#options.call({
        method: 'PUT',
        path: `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${definition.metadata.name}/status`,
        query: {},
        user: loopbackUser,
        agent,
        body: definition,
        signal: this.#abort.signal,
      });
    } catch (error) {
      // Gone or changed meanwhile: that change brings it here again.
      if (error instanceof ApiError && (error.code === 404 || error.code === 409)) return;
      throw error;
    }
  }
}

/** What of a definition decides how its resources are served. */
const seen = ({ spec, status }: Definition): object => ({
  spec,
  ending:
    status?.conditions?.some(({ type, status: is }) => type === 'Terminating' && is === 'True') ??
    false,
});

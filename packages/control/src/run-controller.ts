import { ApiError } from '@coxswain/api';
import { type Cache, type Client, keyOf, type Recorder, splitKey } from '@coxswain/client';
import { applyActions, type Written } from './apply.ts';
import type { Because, Controller, Watch } from './controller.ts';
import { KeyedQueue, type Outcome } from './keyed-queue.ts';
import { Declared, type Memory, observe } from './observe.ts';
import type { ControlContext } from './run.ts';

const workersDefault = 5;

interface KeyState extends Memory {
  /** Own writes that the caches do not hold yet. */
  unseen: readonly Written[];
}

/** Runs one controller until `signal` aborts. */
export async function runController(
  controller: Controller<any>,
  context: ControlContext,
  client: Client,
  recorder: Recorder,
  signal: AbortSignal,
): Promise<void> {
  const running = new Running(controller, context, client, recorder, signal);
  await running.run();
}

class Running {
  readonly #controller: Controller<any>;
  readonly #context: ControlContext;
  readonly #client: Client;
  readonly #recorder: Recorder;
  readonly #signal: AbortSignal;
  readonly #declared: Declared;
  readonly #states = new Map<string, KeyState>();

  constructor(
    controller: Controller<any>,
    context: ControlContext,
    client: Client,
    recorder: Recorder,
    signal: AbortSignal,
  ) {
    this.#controller = controller;
    this.#context = context;
    this.#client = client;
    this.#recorder = recorder;
    this.#signal = signal;
    this.#declared = new Declared(controller, context.informers);
  }

  async run(): Promise<void> {
    const { caches, reads } = this.#declared;
    const { name, reconciles, watches, keys: ownKeys, workers } = this.#controller;
    const wholeCaches = [...caches];
    await Promise.all(wholeCaches.map((cache) => cache.whenSynced(this.#signal)));
    await using queue = new KeyedQueue(
      this.#context.world,
      name.replace(/-controller$/, ''),
      workers ?? workersDefault,
      (key) => this.#work(key),
    );
    using subscriptions = new DisposableStack();
    const { clock } = this.#context.world;
    const wake = ({ resource, keys, timed }: Watch<any>): void => {
      if (!keys) return;
      const see: Parameters<Cache<any>['subscribe']>[0] = (changes) => {
        if (timed) this.#declared.note(resource, changes, clock.now());
        for (const { now, before } of changes)
          for (const key of keys(now, before, reads)) queue.add(key);
      };
      subscriptions.use(this.#declared.cache(resource).subscribe(see));
    };
    wake({ resource: reconciles, keys: ownKeys ?? ((now, before) => [keyOf((now ?? before)!)]) });
    for (const watch of watches) wake(watch);
    for (const cache of wholeCaches) subscriptions.use(cache.subscribe(() => queue.unpark()));
    await ended(this.#signal);
  }

  async #work(key: string): Promise<Outcome> {
    const { world, reasons } = this.#context;
    const state: KeyState = this.#states.get(key) ?? { marks: new Map(), unseen: [] };
    state.unseen = state.unseen.filter((written) => !this.#sees(written));
    if (state.unseen.length > 0) return { step: 'park' };
    const { name, namespace } = splitKey(key);
    const { reconciles } = this.#controller;
    const object = this.#declared.cache(reconciles).get(name, namespace);
    const { observed, close } = observe(this.#declared.reads, world, state);
    const plan = this.#controller.plan(object, observed, key);
    Object.assign(state, close());
    this.#remember(key, state, object !== undefined);
    const about = { kind: reconciles.kind, namespace, name, uid: object?.metadata.uid };
    reasons.keep(this.#controller.name, about, observed.nowMs, plan.why ?? []);
    const failure = state.failure;
    try {
      for (const action of plan.actions)
        this.#context.journal?.(this.#controller.name, key, action);
      await applyActions(plan.actions, {
        controller: this.#controller,
        client: this.#client,
        recorder: this.#recorder,
        signal: this.#signal,
        wrote: (written) => this.#wrote(key, state, written),
      });
      state.failure = undefined;
    } catch (error) {
      if (this.#signal.aborted) return { step: 'done' };
      reasons.keep(this.#controller.name, about, observed.nowMs, [
        ...(plan.why ?? []),
        refusal(error as Error),
      ]);
      return this.#failed(key, state, error as Error);
    }
    // A plan that told of a failure is followed by one that tells of its end.
    return { step: 'done', requeueAfterMs: failure ? 0 : plan.requeueAfterMs };
  }

  #failed(key: string, state: KeyState, error: Error): Outcome {
    const { world } = this.#context;
    const before = state.failure;
    state.failure = error;
    this.#remember(key, state, true);
    if (!(error instanceof ApiError)) {
      world.log.error('plan not applied', error, { controller: this.#controller.name, key });
      return { step: 'retry' };
    }
    if (isTerminating(error)) return { step: 'done' }; // nothing can be created there any more
    // Once more at once, so that the plan can tell of the failure; then now and then, since some rules know the time.
    if (error.reason === 'Invalid' && before?.message !== error.message)
      return { step: 'done', requeueAfterMs: 0 };
    if (error.code === 409 || error.code === 404) state.failure = before; // the cache was behind
    return { step: 'retry' };
  }

  #wrote(key: string, state: KeyState, written: Written): void {
    if (this.#sees(written)) return;
    state.unseen = [...state.unseen, written];
    this.#remember(key, state, true);
  }

  /** Keys that are gone and of which nothing need be known are forgotten. */
  #remember(key: string, state: KeyState, exists: boolean): void {
    const empty = state.unseen.length === 0 && state.marks.size === 0 && !state.failure;
    if (empty && !exists) this.#states.delete(key);
    else this.#states.set(key, state);
  }

  #sees(written: Written): boolean {
    const cache = this.#declared.find(written.resource);
    if (!cache) return true;
    if ('object' in written) return cache.has(written.object.metadata.resourceVersion ?? '');
    const { name, namespace, uid } = written.removed.metadata;
    const now = cache.get(name, namespace);
    return !now || now.metadata.uid !== uid || now.metadata.deletionTimestamp !== undefined;
  }
}

/** A write that the server refused, as a reason. */
const refusal = (error: Error): Because => ({
  verdict: 'refused',
  facts: {
    reason: error instanceof ApiError ? error.reason : '',
    code: error instanceof ApiError ? error.code : 0,
    kind: error instanceof ApiError ? (error.details?.kind ?? '') : '',
    message: error.message,
  },
});

/** A create was refused because its namespace is going. */
const isTerminating = (error: ApiError): boolean =>
  error.details?.causes?.some(({ reason }) => reason === 'NamespaceTerminating') ?? false;

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

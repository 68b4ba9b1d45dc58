import { createHash } from 'node:crypto';
import type { ConfigMap } from '@coxswain/api/types/core-v1';
import { faults, kubelets, nodeOf } from './faults.ts';
import { invariants, type Watcher } from './invariants/index.ts';
import type { Step } from './scene/model.ts';
import { type Bug, openScene, type Scene } from './scene/scene.ts';
import { type Chance, chanceOf } from './workload/chance.ts';
import {
  budget,
  cronJob,
  daemonSet,
  deployment,
  job,
  ledger,
  service,
  statefulSet,
} from './workload/objects.ts';
import { operations } from './workload/operations.ts';
import { create, createNode, patch, type Use } from './workload/use.ts';

const durationMs = 30 * 60_000;
const faultsWanted = 20;
const operationsWanted = 22;
/** How long the cluster has to come to where it should be, once all is well; and how often it is looked at. */
const recoveryMs = 20 * 60_000;
const lookEveryMs = 30_000;

/** What was broken, and when. */
export interface Violation {
  readonly invariant: string;
  readonly what: string;
  readonly at: string;
}

/** What a seed came to. */
export interface Outcome {
  readonly seed: number;
  readonly violation: Violation | undefined;
  readonly nodes: number;
  /** Pods that it had in all. */
  readonly pods: number;
  readonly faults: number;
  readonly revisions: number;
  /** Of every revision's keys and instants: equal for equal histories. */
  readonly digest: string;
}

export interface SimulateOptions {
  readonly bug?: Bug | undefined;
  /** Told of everything that is done to the cluster, a line each. */
  readonly tell?: ((line: string) => void) | undefined;
  /** Told of every revision too. */
  readonly trace?: boolean | undefined;
}

class Broken extends Error {}

type Named = Watcher & { readonly name: string };

/** What a process learns once (parsed tables, hashes of types) takes turns that later clusters do not take: it is learnt before. */
let warm: Promise<void> | undefined;
async function warmUp(): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const audience = { committed: () => {}, answered: () => {}, logged: () => {} };
  const scene = await openScene(0, {}, audience, stack.use(new AsyncDisposableStack()));
  await scene.advance(1000);
}

/** Lives through half an hour of a cluster as `seed` has it; everything in it follows from the seed. */
export async function simulate(seed: number, options: SimulateOptions = {}): Promise<Outcome> {
  await (warm ??= warmUp());
  const run = new Run(seed, options);
  try {
    await run.live();
  } catch (error) {
    if (!(error instanceof Broken)) run.fail('it runs at all', String((error as Error).stack));
  }
  return run.outcome();
}

class Run {
  readonly #seed: number;
  readonly #options: SimulateOptions;
  readonly #chance: Chance;
  readonly #hash = createHash('sha256');
  readonly #watchers: Named[] = [];
  readonly #watchersOf = new Map<string, readonly Named[]>();
  #scene: Scene | undefined;
  #violation: Violation | undefined;
  #nodes = 0;
  #pods = 0;
  #faults = 0;
  #revisions = 0;

  constructor(seed: number, options: SimulateOptions) {
    this.#seed = seed;
    this.#options = options;
    this.#chance = chanceOf(seed ^ 0x5eed);
  }

  outcome(): Outcome {
    return {
      ...{ seed: this.#seed, violation: this.#violation, nodes: this.#nodes },
      ...{ pods: this.#pods, faults: this.#faults, revisions: this.#revisions },
      digest: this.#hash.digest('hex').slice(0, 16),
    };
  }

  fail(invariant: string, what: string): void {
    this.#violation ??= { invariant, what, at: this.#time() };
  }

  async live(): Promise<void> {
    await using stack = new AsyncDisposableStack();
    const end = new AbortController();
    stack.defer(() => end.abort(new Error('the simulation ended')));
    const scene = await openScene(
      this.#seed,
      this.#options.bug ?? {},
      {
        committed: (steps) => this.#see(steps),
        answered: (request, answer) => {
          for (const { name, answer: check } of this.#watchers)
            if (check) this.#hold(name, check(request, answer));
        },
        logged: (line) => {
          for (const { name, log } of this.#watchers) if (log) this.#hold(name, log(line));
        },
      },
      stack.use(new AsyncDisposableStack()),
    );
    this.#scene = scene;
    const view = { ...scene, nowMs: () => scene.world.clock.now() };
    for (const { name, watch } of invariants) this.#watchers.push({ name, ...watch(view) });
    const use: Use = {
      ...{ scene, chance: this.#chance, signal: end.signal, ledger: new Map(), next: 1 },
    };
    await this.#begin(use);
    await this.#endure(use);
    await this.#recover(use);
  }

  /** Nodes, and the workload that is there from the start. */
  async #begin(use: Use): Promise<void> {
    const { scene, chance } = use;
    this.#nodes = chance.between(3, 5);
    for (let number = 1; number <= this.#nodes; number++) {
      await createNode(use, `node-${number}`);
      scene.addKubelet(`node-${number}`);
    }
    await create(use, ledger);
    for (let number = 1; number <= 4; number++) {
      const name = `web-${number}`;
      await create(use, deployment(chance, name, 'default'));
      await create(use, service(name, 'default'));
      if (chance.is(0.7)) await create(use, budget(chance, name, 'default'));
    }
    for (const name of ['db-1', 'db-2']) {
      await create(use, statefulSet(chance, name, 'default'));
      await create(use, service(name, 'default'));
      await create(use, budget(chance, name, 'default'));
    }
    await create(use, daemonSet(chance, 'agent', 'default'));
    await create(use, job(chance, 'job', 'default'));
    for (const name of ['cron-1', 'cron-2']) await create(use, cronJob(chance, name, 'default'));
    await this.#pass(120_000);
  }

  async #endure(use: Use): Promise<void> {
    const startMs = use.scene.nowMs();
    const due: { atMs: number; do: () => void }[] = [];
    const at = (): number => startMs + this.#chance.between(0, durationMs);
    for (let n = 0; n < faultsWanted; n++)
      due.push({ atMs: at(), do: () => this.#strike(use, (heal) => due.push(heal)) });
    for (let n = 0; n < operationsWanted; n++)
      due.push({ atMs: at(), do: () => this.#operate(use) });
    for (;;) {
      due.sort((a, b) => b.atMs - a.atMs); // the soonest last
      const next = due.pop();
      await this.#pass(Math.max(0, (next?.atMs ?? startMs + durationMs) - use.scene.nowMs()));
      if (!next) return;
      next.do();
      await this.#pass(0);
    }
  }

  #strike(use: Use, later: (heal: { atMs: number; do: () => void }) => void): void {
    const [, strike] = this.#drawn(faults);
    const { what, forMs, heal } = strike(use);
    this.#faults++;
    this.#tell(`fault: ${what}`);
    if (forMs >= 0) later({ atMs: use.scene.nowMs() + forMs, do: heal });
  }

  #operate(use: Use): void {
    const [, operation] = this.#drawn(operations);
    const [what, done] = operation(use) ?? [];
    if (!done) return;
    this.#tell(what!);
    done.then(
      () => {},
      (error: Error) => this.#tell(`(${what}: ${error.message})`),
    );
  }

  #drawn<T>(table: Readonly<Record<string, readonly [number, T]>>): readonly [number, T] {
    const rows = Object.values(table);
    let left = this.#chance.between(
      1,
      rows.reduce((sum, [weight]) => sum + weight, 0),
    );
    return rows.find(([weight]) => (left -= weight) <= 0)!;
  }

  /** Nothing goes wrong any more: in the end all must be as it should be. */
  async #recover(use: Use): Promise<void> {
    const { scene } = use;
    this.#tell('all is well again');
    scene.userLink.heal();
    scene.disk.slowMs = 0;
    for (const process of scene.processes.values()) {
      process.link.heal();
      process.start();
    }
    if (!scene.server.isUp) scene.startServer();
    await this.#pass(60_000);
    for (const name of kubelets(scene).map(nodeOf))
      if (!scene.model.get(`/registry/minions/${name}`)) await createNode(use, name);
    for (const node of scene.model.objects('minions'))
      if (node['spec'].unschedulable) await patch(use, node, { spec: { unschedulable: null } });
    for (const job of scene.model.objects('jobs'))
      if (job['spec'].suspend) await patch(use, job, { spec: { suspend: false } });
    for (let leftMs = recoveryMs; ; leftMs -= lookEveryMs) {
      await this.#pass(lookEveryMs);
      const open = this.#watchers.flatMap(({ name, end }) =>
        [...(end?.() ?? [])].map((what) => [name, what] as const),
      );
      if (open.length === 0) break;
      if (leftMs > 0) continue;
      for (const [name, what] of open) this.#tell(`${name}: ${what}`);
      this.#hold(open[0]![0], [open[0]![1]]);
      throw new Broken();
    }
    for (const { name, last } of this.#watchers) if (last) this.#hold(name, last());
    const { data = {} } = scene.model.get('/registry/configmaps/default/ledger')!
      .object as ConfigMap;
    for (const [counter, { sure, doubt }] of use.ledger) {
      const value = Number(data[counter] ?? 0);
      if (value < sure || value > sure + doubt)
        this.#hold('no lost write', [`the ledger has ${value} for ${counter}, of ${sure} written`]);
    }
    if (this.#violation) throw new Broken();
  }

  async #pass(ms: number): Promise<void> {
    await this.#scene!.advance(ms);
    if (this.#violation) throw new Broken();
  }

  #see(steps: readonly Step[]): void {
    for (const step of steps) {
      this.#revisions = step.revision;
      this.#hash.update(
        `${step.revision} ${step.key} ${step.atMs} ${step.now ? 'put' : 'remove'}\n`,
      );
      if (step.kind === 'pods' && !step.before) this.#pods++;
      if (this.#options.trace)
        this.#tell(
          `  ${step.revision} ${step.request?.from ?? 'server'} ${step.now ? 'put' : 'remove'} ${step.key}`,
        );
      for (const { name, step: check } of this.#watching(step.kind)) this.#hold(name, check!(step));
    }
  }

  #watching(kind: string): readonly Named[] {
    let found = this.#watchersOf.get(kind);
    if (!found) {
      found = this.#watchers.filter(({ step, kinds }) => step && (kinds?.includes(kind) ?? true));
      this.#watchersOf.set(kind, found);
    }
    return found;
  }

  #hold(invariant: string, broken: Iterable<string>): void {
    for (const what of broken) {
      if (!this.#violation) this.#tell(`BROKEN: ${invariant}: ${what}`);
      this.fail(invariant, what);
    }
  }

  #time(): string {
    return this.#scene ? new Date(this.#scene.nowMs()).toISOString().slice(11, 23) : 'the start';
  }

  #tell(line: string): void {
    this.#options.tell?.(`${this.#time()} ${line}`);
  }
}

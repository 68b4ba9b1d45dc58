import type { ApiAnswer, ApiHandler } from '@coxswain/api';
import {
  advanceTo,
  countedWork,
  createLog,
  type LogLine,
  Metrics,
  seededRandom,
  VirtualClock,
  type Work,
  type World,
} from '@coxswain/base';
import type { Client, Informers } from '@coxswain/client';
import { directClient } from '@coxswain/client/direct';
import type { Storage } from '@coxswain/storage';
import { openMemoryStorage } from '@coxswain/storage/memory';
import { runCompaction } from '../../packages/cluster/src/boot/compaction.ts';
import * as identities from '../../packages/cluster/src/boot/identities.ts';
import { MachineClock, worldOn } from './clock.ts';
import { Link } from './link.ts';
import { Model, type Step } from './model.ts';
import { Process, type Role } from './process.ts';
import type { Request } from './requests.ts';
import { rest } from './rest.ts';
import { controllerRoles, kubeletRole, schedulerRole } from './roles.ts';
import { common, ServerProcess } from './server.ts';
import { type Commit, Disk } from './store.ts';

const startMs = Date.UTC(2026, 0, 1);
const compactionMs = 300_000;
const retention = { forgotten: ['/registry/'] };

/** A bug put in on purpose: a change of one of the seams between components. */
export interface Bug {
  readonly handle?: (next: ApiHandler, link: string) => ApiHandler;
  readonly storage?: (storage: Storage) => Storage;
  readonly informers?: (informers: Informers) => Informers;
}

/** Who is told what happens. */
export interface Audience {
  readonly committed: (steps: readonly Step[]) => void;
  readonly answered: (request: Request, answer: ApiAnswer) => void;
  readonly logged: (line: LogLine) => void;
}

/** A whole cluster, each component of it a process that may die, on a link that may fail. */
export interface Scene extends AsyncDisposable {
  readonly world: World;
  readonly model: Model;
  readonly disk: Disk;
  readonly server: ServerProcess;
  readonly processes: ReadonlyMap<string, Process>;
  /** Whoever uses the cluster. */
  readonly user: Client;
  readonly userLink: Link;
  /** Clocks of all machines. */
  readonly clocks: readonly MachineClock[];
  readonly nowMs: () => number;
  addKubelet(nodeName: string): void;
  crashServer(): void;
  startServer(): void;
  settle(): Promise<void>;
  advance(ms: number): Promise<void>;
}

/** One work of all that is counted in the components and in the server that is up. */
function workWith(server: () => ServerProcess | undefined): Work {
  const own = countedWork();
  return {
    track: (job, by) => own.track(job, by),
    begin: (by) => own.begin(by),
    told: () => own.told(),
    get outstanding() {
      return own.outstanding + (server()?.outstanding ?? 0);
    },
  };
}

/** What makes the links of a scene. */
interface LinkMaking {
  readonly clock: VirtualClock;
  readonly random: () => number;
  readonly server: ServerProcess;
  readonly model: Model;
  readonly bug: Bug;
  readonly audience: Audience;
  readonly signal: AbortSignal;
}

function linkMaker({ clock, random, server, model, bug, audience, signal }: LinkMaking) {
  let touches = 0;
  const touch = async (path: string): Promise<void> => {
    const body = { metadata: { annotations: { 'simulation/touched': String(++touches) } } };
    const patchType = 'application/merge-patch+json';
    const call = { method: 'PATCH', path, query: {}, body, patchType } as const;
    await server
      .handler?.({ ...call, user: identities.admin, agent: 'touch', signal })
      .catch(() => {}); // it may be gone: then there is nothing to come too late for
  };
  return (name: string): Link => {
    const bugged = bug.handle?.((call) => server.handler!(call), name);
    return new Link(name, {
      ...{ clock, random, touch, revision: () => model.revision, answered: audience.answered },
      server: () => server.handler && (bugged ?? server.handler),
    });
  };
}

/** Starts the server and everything beside it but the kubelets; `stack` ends it. */
export async function openScene(
  seed: number,
  bug: Bug,
  audience: Audience,
  stack: AsyncDisposableStack,
): Promise<Scene> {
  const virtual = new VirtualClock(startMs);
  const clock = new MachineClock(virtual);
  const clocks: MachineClock[] = [clock];
  const log = createLog(audience.logged, () => virtual.now());
  const work = workWith(() => server);
  const world: World = {
    ...{ clock, random: seededRandom(seed), work, metrics: new Metrics(), log },
  };
  const end = new AbortController();
  const { signal } = end;
  const model = new Model();
  const memory = stack.use(openMemoryStorage(world, retention));
  const random = seededRandom(~seed);
  const disk = new Disk(bug.storage?.(memory) ?? memory, {
    ...{ clock: virtual, random },
    committed: (commit: Commit) => audience.committed(model.take(commit, virtual.now())),
  });
  const server: ServerProcess = stack.use(new ServerProcess(world, disk));
  const linkOf = linkMaker({ clock: virtual, random, server, model, bug, audience, signal });
  const processes = new Map<string, Process>();
  const add = (role: Role): void => {
    const machine = new MachineClock(virtual);
    machine.shiftMs = clock.shiftMs;
    clocks.push(machine);
    const link = linkOf(role.name);
    const process = new Process(role, { link, clock: machine, world, change: bug.informers });
    processes.set(role.name, stack.use(process));
    process.start();
  };
  const userLink = linkOf('user');
  const settle = (): Promise<void> => rest(virtual, work);
  stack.defer(() => end.abort(new Error('the simulation ended')));
  await server.start();
  void runCompaction(memory, worldOn(world, virtual), compactionMs, signal).catch(() => {});
  for (const role of controllerRoles((await common(startMs)).pki, world)) add(role);
  add(schedulerRole);
  return {
    ...{ world, model, disk, server, processes, userLink, clocks, settle },
    user: directClient(userLink.handler(signal), { user: identities.admin, agent: 'user/1' }),
    nowMs: () => virtual.now(),
    addKubelet: (nodeName) => add(kubeletRole(nodeName)),
    startServer: () =>
      void server.start().catch((error: unknown) => {
        if (!signal.aborted) log.warn('the server did not start', { error: String(error) });
      }),
    crashServer() {
      server.crash();
      for (const { link } of processes.values()) link.breakConnections();
      userLink.breakConnections();
    },
    advance: (ms) => advanceTo(virtual, virtual.now() + ms, settle),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

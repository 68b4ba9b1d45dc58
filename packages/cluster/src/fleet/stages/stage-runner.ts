import { ApiError, formatTime, type KubeObject, Nodes, Pods, type Resource } from '@coxswain/api';
import type { Node, Pod } from '@coxswain/api/types/core-v1';
import { backoffMs, type World } from '@coxswain/base';
import { type Client, createRecorder, type Informers, type Recorder } from '@coxswain/client';
import { AddressPool, isSimulated, Lane, wellConditions } from '@coxswain/kubelet/fleet';
import { chooseStage, type Stage, type StageStep } from './stage.ts';
import { renderText, renderYaml, type TemplatePlace } from './template.ts';

const atOnceMax = 128;
const retry = { firstMs: 1_000, maxMs: 30_000, jitter: 0.2 };

/** What runs Stages. */
export interface StageParts {
  readonly world: World;
  readonly informers: Informers;
  readonly clientOf: (nodeName: string) => Client;
  readonly kubeletPort: number;
  readonly version: string;
  readonly stages: readonly Stage[];
  readonly signal: AbortSignal;
}

/** A simulated Node by its name. */
type NodeOf = (name: string | undefined) => Node | undefined;

/** An object for which a stage has been chosen. */
interface Due {
  readonly stage: Stage;
  timer: Disposable;
}

/** Lets the Pods and Nodes of simulated nodes go through KWOK's Stages, until `signal` aborts. */
export async function runStages(parts: StageParts): Promise<void> {
  const { informers, world, signal, clientOf } = parts;
  const [nodes, pods] = [informers.of(Nodes), informers.of(Pods)];
  await Promise.all([nodes.whenSynced(signal), pods.whenSynced(signal)]);
  await using recorder = createRecorder(clientOf(''), world, { component: 'kwok-controller' });
  const ours = (name: string | undefined): Node | undefined => {
    const node = name ? nodes.get(name) : undefined;
    return node && isSimulated(node) ? node : undefined;
  };
  const runner = new Runner(parts, recorder, ours);
  using _nodes = nodes.subscribe((changes) => {
    for (const { now, before } of changes)
      runner.see(Nodes, 'Node', now, before, (now ?? before)!.metadata.name);
  });
  using _pods = pods.subscribe((changes) => {
    for (const { now, before } of changes)
      runner.see(Pods, 'Pod', now, before, (now ?? before)!.spec?.nodeName);
  });
  if (!signal.aborted)
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}

/** A well node's conditions as KWOK lists them: Ready first, the network's too. */
function nodeConditions(nowMs: number): readonly object[] {
  const [ready, others] = [true, false].map((isReady) =>
    wellConditions([], nowMs).filter(({ type }) => (type === 'Ready') === isReady),
  );
  const message = 'RouteController created a route';
  const network = { type: 'NetworkUnavailable', status: 'False', reason: 'RouteCreated', message };
  return [...ready!, ...others!, network];
}

class Runner {
  readonly #parts: StageParts;
  readonly #recorder: Recorder;
  readonly #nodeOf: NodeOf;
  readonly #due = new Map<string, Due>(); // by uid
  readonly #lane = new Lane(atOnceMax);
  readonly #pools = new Map<string, AddressPool>(); // by node
  readonly #podIps = new Map<string, string>(); // by uid

  constructor(parts: StageParts, recorder: Recorder, nodeOf: NodeOf) {
    this.#parts = parts;
    this.#recorder = recorder;
    this.#nodeOf = nodeOf;
  }

  see<T extends Pod | Node>(
    resource: Resource<T>,
    kind: Stage['kind'],
    now: T | undefined,
    before: T | undefined,
    nodeName: string | undefined,
  ): void {
    if (!now) return this.#forget(before!, nodeName);
    const node = this.#nodeOf(nodeName);
    if (!node) return;
    this.#keepAddress(kind, now, node);
    const { stages, world } = this.#parts;
    const stage = chooseStage(
      stages.filter((each) => each.kind === kind),
      now,
      world.random,
    );
    const uid = now.metadata.uid ?? '';
    const due = this.#due.get(uid);
    if (due?.stage === stage) return; // it is on its way
    due?.timer[Symbol.dispose]();
    this.#due.delete(uid);
    if (!stage) return;
    const delayMs = stage.delayMs(now, world.clock.now(), world.random);
    this.#schedule(resource, uid, stage, node.metadata.name, now, delayMs, 0);
  }

  #schedule(
    resource: Resource,
    uid: string,
    stage: Stage,
    nodeName: string,
    object: KubeObject,
    delayMs: number,
    failures: number,
  ): void {
    const { clock, random, log } = this.#parts.world;
    const due: Due = {
      stage,
      timer: clock.after(delayMs, () => this.#lane.add(() => apply())),
    };
    this.#due.set(uid, due);
    const apply = async (): Promise<void> => {
      if (this.#due.get(uid) !== due) return;
      const { name, namespace } = object.metadata;
      const newest = this.#parts.informers.of(resource).get(name, namespace);
      if (!newest || newest.metadata.uid !== uid || !stage.matches(newest)) {
        this.#due.delete(uid);
        return;
      }
      try {
        for (const step of stage.steps) await this.#apply(step, resource, newest, nodeName);
        if (this.#due.get(uid) === due) this.#due.delete(uid);
        this.#again(resource, stage, uid, nodeName);
      } catch (error) {
        if (this.#parts.signal.aborted || this.#due.get(uid) !== due) return;
        if (error instanceof ApiError && error.code === 404) return;
        log.warn('stage not applied', { stage: stage.name, namespace, name, error: String(error) });
        const waitMs = backoffMs(retry, failures + 1, random);
        this.#schedule(resource, uid, stage, nodeName, object, waitMs, failures + 1);
      }
    };
  }

  /** The cache may have shown the outcome while the stage was still under way. */
  #again(resource: Resource, { kind }: Stage, uid: string, nodeName: string): void {
    const all = this.#parts.informers.of(resource);
    const object = kind === 'Node' ? all.get(nodeName) : undefined;
    if (object?.metadata.uid === uid)
      this.see(resource as never, kind, object as never, object as never, nodeName);
  }

  async #apply(
    step: StageStep,
    resource: Resource,
    object: KubeObject,
    nodeName: string,
  ): Promise<void> {
    const { clientOf, signal } = this.#parts;
    const client = clientOf(nodeName);
    const { name, namespace, uid, finalizers = [] } = object.metadata;
    const at = { namespace, signal };
    const about = { ...object, apiVersion: 'v1', kind: resource.kind };
    switch (step.do) {
      case 'event': {
        const message = renderText(step.message, object, this.#place(nodeName));
        return this.#recorder.record({ about, type: step.type, reason: step.reason, message });
      }
      case 'finalizers': {
        const kept = finalizers.filter(
          (each) => step.remove !== 'all' && !step.remove.includes(each),
        );
        const wanted = [...new Set([...kept, ...step.add])];
        await client.patch(resource, name, 'merge', { metadata: { uid, finalizers: wanted } }, at);
        return;
      }
      case 'delete':
        return client.remove(resource, name, { ...at, uid, graceSeconds: 0 });
      case 'patch': {
        const filled = renderYaml(step.template, object, this.#place(nodeName));
        const patch = step.root ? { [step.root]: filled } : filled;
        await client.patch(resource, name, step.type, patch, {
          ...at,
          subresource: step.subresource,
        });
      }
    }
  }

  #place(nodeName: string): TemplatePlace {
    const { world, kubeletPort, version } = this.#parts;
    const nowMs = world.clock.now();
    const nodeIpOf = (name: string): string =>
      this.#nodeOf(name)?.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ??
      '';
    return {
      now: () => formatTime(nowMs),
      ...{ nodeName, nodeIp: nodeIpOf(nodeName), nodePort: kubeletPort, version, nodeIpOf },
      podIpOf: (node, onHost, uid) => (onHost ? nodeIpOf(node) : this.#podIp(node, uid)),
      conditions: () => nodeConditions(nowMs),
    };
  }

  #podIp(nodeName: string, uid: string): string {
    const known = this.#podIps.get(uid);
    if (known) return known;
    const ip = this.#poolOf(nodeName)?.take() ?? '';
    if (ip) this.#podIps.set(uid, ip);
    return ip;
  }

  #poolOf(nodeName: string): AddressPool | undefined {
    const range = this.#nodeOf(nodeName)?.spec?.podCIDR;
    let pool = this.#pools.get(nodeName);
    if (!pool && range) this.#pools.set(nodeName, (pool = new AddressPool(range)));
    return pool;
  }

  /** Addresses that pods have from earlier are theirs. */
  #keepAddress(kind: Stage['kind'], { metadata, status }: Pod | Node, node: Node): void {
    const ip = kind === 'Pod' ? (status as Pod['status'])?.podIP : undefined;
    if (!ip || this.#podIps.has(metadata.uid ?? '')) return;
    this.#podIps.set(metadata.uid ?? '', ip);
    this.#poolOf(node.metadata.name)?.reserve([ip]);
  }

  #forget({ metadata: { uid = '', name } }: Pod | Node, nodeName: string | undefined): void {
    this.#due.get(uid)?.timer[Symbol.dispose]();
    this.#due.delete(uid);
    const ip = this.#podIps.get(uid);
    if (ip) this.#pools.get(nodeName ?? '')?.giveBack(ip);
    this.#podIps.delete(uid);
    if (nodeName === name) this.#pools.delete(name);
  }
}

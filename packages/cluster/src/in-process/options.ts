import type { KubeObject, Resource } from '@coxswain/api';
import type { Event } from '@coxswain/api/types/core-v1';
import type { Clock, Log } from '@coxswain/base';
import type { Client } from '@coxswain/client';
import type { Unit } from '@coxswain/control';
import type { SimulatedNodeWanted } from '@coxswain/kubelet/fleet';
import type { Answer } from '@coxswain/why';
import type { ObjectOf } from './kinds.ts';
import type { FetchRequest, ProcessFunction } from './process.ts';

/** What a node is like: what is not said is as usual. */
export type NodeWanted = Partial<Omit<SimulatedNodeWanted, 'kubeletVersion'>>;

/** What nodes are like; a number means so many of the usual kind. */
export type NodesWanted = number | readonly (NodeWanted | string)[];

export interface StartOptions {
  /** Default 1. */
  readonly nodes?: NodesWanted;
  /** What names, uids, delays and choices follow from: the same seed and calls give the same history. Default 1. */
  readonly seed?: number;
  /** `virtual`: time moves when told. `real`: it is the machine's. */
  readonly clock?: 'virtual' | 'real';
  /** Where virtual time starts. Default 2026-01-01T00:00:00Z. */
  readonly startTime?: Date | string;
  /** Opens HTTPS on a free port of the loopback, for clients outside of this process. */
  readonly listen?: boolean;
  /** Images that are functions; all others only seem to run. */
  readonly images?: Readonly<Record<string, ProcessFunction>>;
  /** kube-apiserver's own flags, by name: `{ 'feature-gates': 'X=true' }`. */
  readonly flags?: Readonly<Record<string, string>>;
  /** Further controllers, run as the cluster's own are. */
  readonly controllers?: readonly Unit[];
  /** What the cluster's components have to say. Default: nothing is shown. */
  readonly log?: Log;
}

export interface InNamespace {
  readonly namespace?: string;
}

/** Which objects are meant. */
export interface ListOptions extends InNamespace {
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

/** Why an object is as it is: the chain of causes as `cox why -o json` gives it, and `text`, as `cox why` prints it. */
export interface Why extends Answer {
  readonly text: string;
}

export interface ExecResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** `Pod`, `pods`, `po`, `Deployment.apps`, or a typed resource. */
export type KindName = string | Resource;

/** A cluster of this process: its server, all controllers, the scheduler, simulated nodes, and its time. */
export interface Cluster extends AsyncDisposable {
  /** Applies YAML text or objects on the server's side, as `kubectl apply --server-side --force-conflicts`; gives what it stored. */
  apply(
    objects: string | KubeObject | readonly KubeObject[],
    at?: InNamespace & { readonly manager?: string },
  ): Promise<readonly ObjectOf<string>[]>;
  /** In namespace `default` unless another is named. Throws ApiError. */
  get<K extends KindName>(kind: K, name: string, at?: InNamespace): Promise<ObjectOf<K>>;
  /** Of all namespaces unless one is named. */
  list<K extends KindName>(kind: K, at?: ListOptions): Promise<readonly ObjectOf<K>[]>;
  delete(
    kind: KindName,
    name: string,
    at?: InNamespace & { readonly graceSeconds?: number },
  ): Promise<void>;
  /** Until no component has work at this instant. Bounded: throws RestlessError, which names who never settles. */
  settle(): Promise<void>;
  /** Moves time, by `'5m'`, through every instant at which something is due, settling at each. */
  advance(duration: string): Promise<void>;
  /**
   * Until the object has the condition, or is as `is` says (`deleted`: until it is gone); virtual time moves on as it must.
   * Throws after `timeout`, `'5m'` by default, with what the object is then.
   */
  waitFor<K extends KindName>(
    kind: K,
    name: string,
    is: string | ((object: ObjectOf<K>) => boolean),
    at?: InNamespace & { readonly timeout?: string },
  ): Promise<ObjectOf<K> | undefined>;
  /** Events, oldest first; of one object when `about`, `'Pod/web-0'`, is given. */
  events(at?: InNamespace & { readonly about?: string }): Promise<readonly Event[]>;
  /** Why the object is as it is, as `cox why` answers: by what the components kept, and by its conditions, events and logs. */
  why(kind: KindName, name: string, at?: InNamespace): Promise<Why>;
  /** What a container of the pod has written so far. */
  logs(pod: string, at?: InNamespace & { readonly container?: string }): Promise<string>;
  exec(
    pod: string,
    command: readonly string[],
    at?: InNamespace & { readonly container?: string; readonly stdin?: string },
  ): Promise<ExecResult>;
  /** Adds simulated nodes, and gives their names. */
  addNodes(nodes: NodesWanted): Promise<readonly string[]>;
  /**
   * Something goes wrong with a node (`notready`, `partition`, `disk-full`, `memory-full`, `slow=5`) or a pod (`crash-loop`,
   * `oom`, `failed-pull`, `slow-start=30s`); without `fault`, all is well again.
   */
  fault(kind: 'Node' | 'Pod', name: string, fault?: string, at?: InNamespace): Promise<void>;
  /** As from inside a pod: by pod address, Service address or cluster name, to images that are functions. */
  fetch(url: string, request?: FetchRequest): Promise<Response>;
  /** A typed client, as the cluster's administrator. */
  readonly client: Client;
  readonly clock: Clock;
  /** Where clients outside find the server; '' unless it listens. */
  readonly url: string;
  /** A kubeconfig for them, as text; '' unless it listens. */
  readonly kubeconfig: string;
  /** Aborts when the cluster is disposed. */
  readonly signal: AbortSignal;
}

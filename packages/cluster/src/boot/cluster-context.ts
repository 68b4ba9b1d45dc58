import type { UserInfo } from '@coxswain/api';
import type { Pki } from '@coxswain/apiserver/certificates';
import type { World } from '@coxswain/base';
import type { Client, Informers } from '@coxswain/client';
import type { Reasons } from '@coxswain/control';
import type { Configuration } from '@coxswain/scheduler';
import type { ClusterPaths } from '../home/paths.ts';
import type { Settings } from '../home/settings.ts';
import type { AddressPlan } from '../nodes/addresses.ts';
import type { ServerSettings } from './server-settings.ts';

/** What the parts of a cluster in one process are given. */
export interface ClusterContext {
  readonly world: World;
  readonly paths: ClusterPaths;
  readonly settings: Settings;
  readonly serverSettings: ServerSettings;
  /** Undefined: the scheduler's defaults. */
  readonly schedulerConfiguration: Configuration | undefined;
  readonly plan: AddressPlan;
  readonly pki: Pki;
  /** A client that calls as that user, and says of itself what it is. */
  readonly clientAs: (user: UserInfo, name?: string) => Client;
  /** One set of caches for the control plane. */
  readonly informers: Informers;
  readonly loopback: Client;
  /** Why components decided as they did. */
  readonly reasons: Reasons;
  /** Aborts when the cluster stops. */
  readonly signal: AbortSignal;
  /** Keeps a part running: its end before `signal` is an error that is logged, and it is started again. */
  readonly keep: (name: string, run: () => Promise<void>) => void;
  /** `ok`, or throws what a part that is kept has ended with. */
  readonly check: (name: string) => Promise<string>;
}

/** Addresses of the pods of simulated nodes, a /24 each: beyond those of real nodes, which are few. */
export const simulatedPods = '100.64.0.0/10';

/** Names of the nodes, the first being that of the cluster. */
export const nodeNames = ({ name, nodes }: Settings): string[] =>
  Array.from({ length: nodes }, (_, at) => (at === 0 ? name : `${name}-${at + 1}`));

export const clusterDomain = 'cluster.local';

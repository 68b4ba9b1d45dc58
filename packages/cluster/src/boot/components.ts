import type { UserInfo } from '@coxswain/api';
import type { ApiServer } from '@coxswain/apiserver';
import { accountTokenSigner, type ServiceAccountKeys } from '@coxswain/apiserver/authn';
import {
  type Chance,
  type Pki,
  requestAuthority,
  seededJwtSignature,
} from '@coxswain/apiserver/certificates';
import type { World } from '@coxswain/base';
import type { Client, Informers } from '@coxswain/client';
import { directClient } from '@coxswain/client/direct';
import { type ControlContext, type Reasons, runUnits, type Unit } from '@coxswain/control';
import {
  controllers,
  type ControllersOptions,
  type KubernetesServiceOptions,
} from '@coxswain/controllers';
import { runScheduler, type SchedulerOptions } from '@coxswain/scheduler';
import { coxswainVersion } from '../version.ts';
import * as identities from './identities.ts';

/** What a control plane in the server's own process is given, whatever else the cluster is made of. */
export interface ControlPlaneParts {
  readonly world: World;
  readonly clientAs: (user: UserInfo, name?: string) => Client;
  readonly informers: Informers;
  readonly pki: Pki;
  readonly clusterCidr: ControllersOptions['clusterCidr']; // addresses of pods
  readonly nodeMaskBits?: number;
  readonly kubernetesService: KubernetesServiceOptions;
  /** `--service-account-*key-file`; the cluster's own when absent. */
  readonly accountKeys?: ServiceAccountKeys;
  readonly reasons: Reasons;
  /** Controllers beside those of every cluster. */
  readonly units?: readonly Unit[];
  readonly journal?: ControlContext['journal'];
  /** What signatures are drawn from, where a seed tells the cluster's history. */
  readonly chance?: Chance | undefined;
  readonly signal: AbortSignal;
}

/** Those that act under no service account: upstream's API server does the one itself, its controller manager the other. */
const users: Readonly<Record<string, UserInfo>> = {
  'kubernetes-service-controller': identities.loopback,
  'ipallocator-repair-controller': identities.loopback,
  'kube-controller-manager': identities.controllerManager,
};

/** A client of the server in this process, that says of itself what it is. */
export const componentClient = ({ handle }: ApiServer, user: UserInfo, name?: string): Client =>
  directClient(handle, { user, agent: agentOf(name) });

/** The User-Agent of a component. */
export const agentOf = (name?: string): string =>
  ['coxswain', coxswainVersion, name].filter(Boolean).join('/');

/** Runs every controller, each under the account that its role is for, until the signal aborts. */
export function runControllers(parts: ControlPlaneParts): Promise<void> {
  const { world, clientAs, informers, pki, reasons, journal } = parts;
  const { key, publicKey } = pki.serviceAccount;
  const accountKeys = parts.accountKeys ?? { key, publicKeys: [publicKey] };
  const seeded = parts.chance && ((data: Uint8Array) => seededJwtSignature(data, key));
  const units = controllers({
    clusterCidr: parts.clusterCidr,
    nodeMaskBits: parts.nodeMaskBits,
    rootCa: pki.ca.certificate,
    authority: requestAuthority(pki.ca, parts.chance),
    signAccountToken: accountTokenSigner(accountKeys, world, seeded),
    kubernetesService: parts.kubernetesService,
  });
  const clientOf = (name: string): Client =>
    clientAs(users[name] ?? identities.controller(name), name);
  return runUnits(
    [...units, ...(parts.units ?? [])],
    { world, informers, reasons, clientOf, ...(journal && { journal }) },
    parts.signal,
  );
}

/** Runs the scheduler beside them. */
export const runOwnScheduler = (
  { world, clientAs, informers, signal }: ControlPlaneParts,
  options: Pick<SchedulerOptions, 'verdicts' | 'configuration' | 'post'>,
): Promise<void> =>
  runScheduler({
    ...{ world, informers, signal, ...options },
    client: clientAs(identities.scheduler, 'scheduler'),
  });

/** `componentstatuses` tells of the components by upstream's names; `check` asks how a part of ours is. */
export const tellHealth = (
  server: ApiServer,
  check: (part: 'scheduler' | 'controllers') => Promise<string>,
): void =>
  server.addComponents(
    { name: 'scheduler', check: () => check('scheduler') },
    { name: 'controller-manager', check: () => check('controllers') },
  );

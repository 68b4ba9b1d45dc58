import { Nodes, Pods } from '@coxswain/api';
import { accountTokenSigner } from '@coxswain/apiserver/authn';
import { type Pki, requestAuthority, seededJwtSignature } from '@coxswain/apiserver/certificates';
import { seededRandom, type World } from '@coxswain/base';
import type { Informers } from '@coxswain/client';
import { createReasons, runUnits, type Unit } from '@coxswain/control';
import { controllers } from '@coxswain/controllers';
import { startFleet } from '@coxswain/kubelet/fleet';
import { runScheduler } from '@coxswain/scheduler';
import * as identities from '../../packages/cluster/src/boot/identities.ts';
import { kubernetesVersion } from '../../packages/cluster/src/version.ts';
import type { Life, Role } from './process.ts';

const lonely = new Set([
  ...['deployment', 'replicaset', 'statefulset', 'daemonset', 'job', 'cronjob', 'disruption'].map(
    (name) => `${name}-controller`,
  ),
  'garbage-collector-controller',
]);
const clusterCidr = '10.128.0.0/9';

/** Controllers that make, remove or weigh something: each dies and errs by itself. The others share a process. */
export function controllerRoles(pki: Pki, world: World): readonly Role[] {
  const { key, publicKey } = pki.serviceAccount;
  const chance = seededRandom(2);
  const sign = (data: Uint8Array): Uint8Array => seededJwtSignature(data, key);
  const units = controllers({
    ...{ clusterCidr, rootCa: pki.ca.certificate },
    authority: requestAuthority(pki.ca, chance),
    signAccountToken: accountTokenSigner({ key, publicKeys: [publicKey] }, world, sign),
    kubernetesService: { serviceIp: '10.96.0.1', address: '172.31.255.1', port: 6443 },
  });
  const alone = units.filter(({ name }) => lonely.has(name));
  const others = units.filter(({ name }) => !lonely.has(name));
  return [
    ...alone.map((unit) => controllerRole(unit.name, [unit])),
    { ...controllerRole('other-controllers', others), isBesideServer: true },
  ];
}

const controllerRole = (name: string, units: readonly Unit[]): Role => ({
  name,
  run: ({ world, informers, signal, clientOf }: Life) =>
    runUnits(
      units,
      {
        ...{ world, informers, reasons: createReasons() },
        clientOf: (account) => clientOf(identityOf(account), account),
      },
      signal,
    ),
});

/** Those that act under no service account. */
const identityOf = (account: string) =>
  account === 'kubernetes-service-controller' || account === 'ipallocator-repair-controller'
    ? identities.loopback
    : account === 'kube-controller-manager'
      ? identities.controllerManager
      : identities.controller(account);

export const schedulerRole: Role = {
  name: 'scheduler',
  run: ({ world, informers, signal, clientOf }) =>
    runScheduler({ world, informers, signal, client: clientOf(identities.scheduler) }),
};

/** The kubelet of one node: it watches that Node, and the pods that are bound to it. */
export const kubeletRole = (nodeName: string): Role => ({
  name: `kubelet ${nodeName}`,
  async run({ world, informers, signal, clientOf }) {
    await using fleet = startFleet({
      ...{ world, signal, kubeletVersion: kubernetesVersion },
      informers: ofNode(informers, nodeName),
      clientOf: (name) => clientOf(identities.node(name), 'kubelet'),
    });
    await fleet.done;
  },
});

const ofNode = (informers: Informers, nodeName: string): Informers => ({
  ...informers,
  of(resource, selection) {
    const is = (other: { resource: string; group: string }): boolean =>
      resource.resource === other.resource && resource.group === other.group;
    if (is(Nodes)) return informers.of(resource, { fields: `metadata.name=${nodeName}` });
    if (is(Pods)) return informers.of(resource, { fields: `spec.nodeName=${nodeName}` });
    return informers.of(resource, selection);
  },
});

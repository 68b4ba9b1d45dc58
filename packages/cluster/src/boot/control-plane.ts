import { Pods, type UserInfo } from '@coxswain/api';
import { accountTokenSigner } from '@coxswain/apiserver/authn';
import { requestAuthority } from '@coxswain/apiserver/certificates';
import { directClient } from '@coxswain/client/direct';
import { createReasons, runUnits } from '@coxswain/control';
import { controllers } from '@coxswain/controllers';
import { runDns, runRoutes } from '@coxswain/network';
import { createVerdicts, runScheduler } from '@coxswain/scheduler';
import { exec } from '../system/exec.ts';
import { coxswainVersion } from '../version.ts';
import { advertiseAddress } from './advertise-address.ts';
import { type ClusterContext, clusterDomain } from './cluster-context.ts';
import { extenderPost } from './extender-post.ts';
import * as identities from './identities.ts';
import { policyStatus } from './policy-status.ts';
import { dnsAddress, kubernetesAddress } from './service-range.ts';

/** Those that act under no service account: upstream's API server does the one itself, its controller manager the other. */
const users: Readonly<Record<string, UserInfo>> = {
  'kubernetes-service-controller': identities.loopback,
  'ipallocator-repair-controller': identities.loopback,
  'kube-controller-manager': identities.controllerManager,
};

/** Starts controllers, scheduler, name server and the machine's routes to pods. */
export function startControlPlane(context: ClusterContext, port: number): void {
  const { world, informers, server, plan, settings, serverSettings, signal, keep } = context;
  const isReal = settings.runtime === 'containerd';
  const reasons = createReasons();
  const clientOf = (name: string) =>
    directClient(server.handle, {
      user: users[name] ?? identities.controller(name),
      agent: `coxswain/${coxswainVersion}/${name}`,
    });
  informers.of(Pods); // everybody's first question: asked before anybody waits for it
  const units = controllers({
    clusterCidr: plan.pods,
    rootCa: context.pki.ca.certificate,
    authority: requestAuthority(context.pki.ca),
    signAccountToken: accountTokenSigner(
      {
        key: context.pki.serviceAccount.key,
        publicKeys: [context.pki.serviceAccount.publicKey],
      },
      world,
    ),
    kubernetesService: {
      serviceIp: kubernetesAddress(serverSettings.serviceRange),
      address: serverSettings.advertiseAddress ?? (isReal ? plan.gateway : advertiseAddress()),
      port,
    },
  });
  keep('controllers', () =>
    runUnits(
      [...units, policyStatus(server.engine)],
      { world, informers, reasons, clientOf },
      signal,
    ),
  );
  const schedulerClient = directClient(server.handle, {
    user: identities.scheduler,
    agent: `coxswain/${coxswainVersion}/scheduler`,
  });
  const verdicts = createVerdicts();
  const { schedulerConfiguration: configuration } = context;
  keep('scheduler', () =>
    runScheduler({
      ...{ world, client: schedulerClient, informers, verdicts, signal },
      ...(configuration && { configuration, post: extenderPost }),
    }),
  );
  if (!isReal) return;
  keep('names', () =>
    runDns({
      world,
      client: context.loopback,
      informers,
      address: plan.gateway,
      domain: clusterDomain,
      clusterAddress: dnsAddress(serverSettings.serviceRange),
      signal,
    }),
  );
  keep('routes', () =>
    runRoutes({
      world,
      informers,
      runInNode: (program, args, input) =>
        exec(program, args, input === undefined ? {} : { input }),
      signal,
    }),
  );
}

import { Pods } from '@coxswain/api';
import { isSimulated } from '@coxswain/kubelet/fleet';
import { runDns, runRoutes } from '@coxswain/network';
import { createVerdicts } from '@coxswain/scheduler';
import { exec } from '../system/exec.ts';
import { advertiseAddress } from './advertise-address.ts';
import { answerWhy } from './answer-why.ts';
import { type ClusterContext, clusterDomain, simulatedPods } from './cluster-context.ts';
import { type ControlPlaneParts, runControllers, runOwnScheduler } from './components.ts';
import { accountKeysOf } from './key-settings.ts';
import { extenderPost } from './extender-post.ts';
import { dnsAddress, kubernetesAddress } from './service-range.ts';

/** Starts controllers, scheduler, name server and the machine's routes to pods. */
export function startControlPlane(context: ClusterContext, port: number): void {
  const { world, informers, server, plan, settings, serverSettings, reasons, signal, keep } =
    context;
  const isReal = settings.runtime === 'containerd';
  informers.of(Pods); // everybody's first question: asked before anybody waits for it
  const parts: ControlPlaneParts = {
    ...{ world, server, informers, pki: context.pki, reasons, signal },
    clusterCidr: (node) => (isSimulated(node) ? simulatedPods : plan.pods),
    accountKeys: accountKeysOf(context.pki, serverSettings.keys),
    kubernetesService: {
      serviceIp: kubernetesAddress(serverSettings.serviceRange),
      address: serverSettings.advertiseAddress ?? (isReal ? plan.gateway : advertiseAddress()),
      port,
    },
  };
  keep('controllers', () => runControllers(parts));
  const verdicts = createVerdicts();
  answerWhy(server, world, { reasons, verdicts });
  const { schedulerConfiguration: configuration } = context;
  keep('scheduler', () =>
    runOwnScheduler(parts, {
      verdicts,
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

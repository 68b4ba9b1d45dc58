import { Pods } from '@coxswain/api';
import type { ApiServer } from '@coxswain/apiserver';
import { runUnits } from '@coxswain/control';
import { isSimulated } from '@coxswain/kubelet/fleet';
import { runDns, runRoutes } from '@coxswain/network';
import { createVerdicts } from '@coxswain/scheduler';
import { type Kept, whyReviewKind } from '@coxswain/why';
import { readStages } from '../fleet/stages/read-stages.ts';
import { runFleet } from '../fleet/run-fleet.ts';
import { exec } from '../system/exec.ts';
import { keepHeapDense } from '../system/collector.ts';
import { ComponentsThread } from '../threads/components-thread.ts';
import { advertiseAddress } from './advertise-address.ts';
import { answerWhy } from './answer-why.ts';
import { type ClusterContext, clusterDomain, simulatedPods } from './cluster-context.ts';
import {
  type ControlPlaneParts,
  runControllers,
  runOwnScheduler,
  tellHealth,
} from './components.ts';
import { accountKeysOf } from './key-settings.ts';
import * as identities from './identities.ts';
import { extenderPost } from './extender-post.ts';
import { policyStatus } from './policy-status.ts';
import { dnsAddress, kubernetesAddress } from './service-range.ts';

/**
 * Starts controllers, scheduler, name server and the machine's routes to pods, in the server's thread or beside it. Gives what starts the
 * kubelets of simulated nodes there too, and tells their port.
 */
export function startControlPlane(
  context: ClusterContext,
  server: ApiServer,
  port: number,
  stack: AsyncDisposableStack,
): () => Promise<number> {
  const { world, settings, pki, paths, keep } = context;
  keep('policies', () => runPolicyStatus(context, server));
  startNetwork(context);
  if (settings.threads !== 2) {
    answerWhy(server, world, startComponents(context, port));
    tellHealth(server, context.check);
    return async () => runFleet(context, await readStages(settings.stages ?? []));
  }
  stack.use(keepHeapDense());
  const thread = stack.use(
    new ComponentsThread(server, { data: paths.data, settings, pki, port }, (error) => {
      throw error; // the cluster without its components is none
    }),
  );
  world.metrics.also(() => thread.metrics());
  tellHealth(server, (part) => thread.check(part));
  server.addReview(whyReviewKind(), (review, { context: { user } }) => thread.why(review, user));
  return () => thread.kubeletPort;
}

/** What the server alone knows: how well the expressions of policies fit its types. */
const runPolicyStatus = (
  { world, informers, reasons, clientAs, signal }: ClusterContext,
  { engine }: ApiServer,
): Promise<void> => {
  const clientOf = (name: string) => clientAs(identities.controller(name), name);
  return runUnits([policyStatus(engine)], { world, informers, reasons, clientOf }, signal);
};

/** Starts controllers and scheduler; gives where they keep why they did what they did. */
export function startComponents(context: ClusterContext, port: number): Kept {
  const { informers, plan, settings, serverSettings, reasons, signal, keep } = context;
  informers.of(Pods); // everybody's first question: asked before anybody waits for it
  const parts: ControlPlaneParts = {
    ...{ world: context.world, clientAs: context.clientAs, informers, reasons, signal },
    pki: context.pki,
    clusterCidr: (node) => (isSimulated(node) ? simulatedPods : plan.pods),
    accountKeys: accountKeysOf(context.pki, serverSettings.keys),
    kubernetesService: {
      serviceIp: kubernetesAddress(serverSettings.serviceRange),
      address:
        serverSettings.advertiseAddress ??
        (settings.runtime === 'containerd' ? plan.gateway : advertiseAddress()),
      port,
    },
  };
  keep('controllers', () => runControllers(parts));
  const verdicts = createVerdicts();
  const { schedulerConfiguration: configuration } = context;
  keep('scheduler', () =>
    runOwnScheduler(parts, {
      verdicts,
      ...(configuration && { configuration, post: extenderPost }),
    }),
  );
  return { reasons, verdicts };
}

/** Names and ways to pods for this machine, where there are any. */
function startNetwork(context: ClusterContext): void {
  const { world, informers, plan, settings, serverSettings, signal, keep } = context;
  if (settings.runtime !== 'containerd') return;
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

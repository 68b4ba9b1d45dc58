/** The thread of controllers, scheduler and simulated nodes, where a cluster is large: the server has its own to itself then. */
import { parentPort, workerData } from 'node:worker_threads';
import { ApiError, internalError, type UserInfo } from '@coxswain/api';
import { systemWorld } from '@coxswain/base';
import { createInformers, lastingWatchSeconds } from '@coxswain/client';
import { LineToServer } from '@coxswain/client/across';
import { createReasons } from '@coxswain/control';
import { whyReview } from '@coxswain/why';
import type { ClusterContext } from '../boot/cluster-context.ts';
import { agentOf } from '../boot/components.ts';
import { startComponents } from '../boot/control-plane.ts';
import { fileLog } from '../boot/file-log.ts';
import * as identities from '../boot/identities.ts';
import { Keeper } from '../boot/keeper.ts';
import { readSchedulerConfiguration } from '../boot/scheduler-configuration.ts';
import { serverSettings } from '../boot/server-settings.ts';
import { readStages } from '../fleet/stages/read-stages.ts';
import { runFleet } from '../fleet/run-fleet.ts';
import { clusterPaths } from '../home/paths.ts';
import { addressPlan } from '../nodes/addresses.ts';
import { isRoot } from '../system/parts.ts';
import type { FromComponents, Question, ThreadSetup, ToComponents } from './messages.ts';

const port = parentPort!;
const { data, settings, pki, port: serverPort } = workerData as ThreadSetup;
const say = (message: FromComponents): void => port.postMessage(message, []);

const paths = clusterPaths(data, isRoot());
const world = systemWorld(fileLog(paths));
const line = new LineToServer(port);
const clientAs = (user: UserInfo, name?: string) => line.client({ user, agent: agentOf(name) });
const end = new AbortController();
await using stack = new AsyncDisposableStack();
const loopback = clientAs(identities.loopback);
const informers = stack.use(createInformers(loopback, world, lastingWatchSeconds));
const keeper = stack.use(new Keeper(world, end.signal));
stack.defer(() => end.abort(new Error('the cluster stops')));
const reasons = createReasons();
const { schedulerConfig } = settings;
const context: ClusterContext = {
  ...{ world, paths, settings, pki, clientAs, informers, loopback, reasons },
  plan: addressPlan(settings.slot),
  serverSettings: await serverSettings(settings.serverFlags),
  schedulerConfiguration:
    schedulerConfig === undefined
      ? undefined
      : await readSchedulerConfiguration('scheduler-config', schedulerConfig),
  signal: end.signal,
  ...{ keep: keeper.keep, check: keeper.check },
};
const kept = startComponents(context, serverPort);
const why = whyReview({
  ...kept,
  nowMs: () => world.clock.now(),
  clientOf: (user) => clientAs(user, 'why'),
});
const answerTo = async (question: Question): Promise<unknown> => {
  if (question.about === 'metrics') return world.metrics.text();
  if (question.about === 'health') return keeper.check(question.part);
  const { user, review } = question;
  return why(review, { context: { user }, request: { signal: end.signal } });
};
const stopped = new Promise<void>((resolve) => {
  port.on('message', (message: ToComponents) => {
    if (message.do === 'stop') resolve();
    if (message.do !== 'answer') return;
    const { id, question } = message;
    answerTo(question).then(
      (answer) => say({ said: 'answer', id, answer }),
      (error: unknown) => {
        const known = error instanceof ApiError ? error : internalError(error);
        say({ said: 'refusal', id, status: known.toStatus() });
      },
    );
  });
});
const kubeletPort = await runFleet(context, await readStages(settings.stages ?? []));
say({ said: 'ready', kubeletPort });
await stopped;
await stack.disposeAsync();
port.close();

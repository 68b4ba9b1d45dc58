/** The same pods and nodes through upstream's scheduler and through ours: same places, conditions and events. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { whyNoUpstream } from '../../testing/upstream.ts';
import {
  type Components,
  ourRunning,
  playFourWays,
  upstreamControllers,
  upstreamRunning,
} from '../four-ways.ts';
import { configurationText, extendersListening } from './configuration.ts';
import { cases } from './cases.ts';
import { podsAndEvents } from './outcome.ts';

const lacking = whyNoUpstream('kube-apiserver', 'kube-controller-manager', 'kube-scheduler');
test('pods for nodes', { skip: lacking ?? false }, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'cox-scheduling-'));
  await using _folder = {
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
  await using extenders = await extendersListening();
  const either =
    (isOurs: boolean): Components =>
    async (server) => {
      const file = join(folder, `${isOurs}.json`);
      await writeFile(file, configurationText(server.kubeconfig, extenders.url));
      return [
        upstreamControllers(
          server,
          'serviceaccount-controller',
          'persistentvolume-binder-controller',
        ),
        (isOurs ? ourRunning : upstreamRunning)(
          server,
          ...([isOurs ? 'scheduler' : 'kube-scheduler', '--config', file] as const),
        ),
      ];
    };
  await playFourWays(t, {
    cases,
    observe: podsAndEvents,
    theirs: either(false),
    ours: either(true),
  });
});

/** Devices for claims, by upstream's scheduler and claim controller and by ours, on upstream's server and on ours: the same end. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { coxRunning } from '../../testing/cluster.ts';
import { Running } from '../../testing/run.ts';
import {
  adminToken,
  UpstreamServer,
  upstreamProgram,
  whyNoUpstream,
} from '../../testing/upstream.ts';
import { allocationCases } from './device-cases.ts';
import { lifeCases } from './life-cases.ts';
import { play } from './play.ts';

const lacking = whyNoUpstream('kube-apiserver', 'kube-controller-manager', 'kube-scheduler');
const cases = [...allocationCases, ...lifeCases(allocationCases.length)];
/** Those of upstream's controllers that the cases need. */
const controllers =
  'serviceaccount-controller,resourceclaim-controller,device-taint-eviction-controller,garbage-collector-controller';

type Outcome = ReadonlyMap<string, readonly unknown[]>;
interface Server {
  readonly url: string;
  readonly kubeconfig: string;
}

const theirs = ({ kubeconfig }: Server): readonly Running[] =>
  [['kube-controller-manager', '--controllers', controllers], ['kube-scheduler']].map(
    ([name, ...flags]) =>
      new Running([
        ...[upstreamProgram(name!)!, '--kubeconfig', kubeconfig, '--secure-port', '0'],
        ...['--leader-elect=false', ...flags],
      ]),
  );
const ours = ({ kubeconfig }: Server): readonly Running[] =>
  ['controllers', 'scheduler'].map((name) =>
    coxRunning(['serve', name, '--kubeconfig', kubeconfig]),
  );

/** Plays all cases with these components on that server. */
async function outcome(
  server: Server,
  components: (server: Server) => readonly Running[],
): Promise<Outcome> {
  await using running = new AsyncDisposableStack();
  for (const program of components(server)) running.use(program);
  return await play(server.url, cases);
}

async function onTheirServer(components: (server: Server) => readonly Running[]): Promise<Outcome> {
  await using server = await UpstreamServer.start();
  return await outcome(server, components);
}

async function onOurServer(components: (server: Server) => readonly Running[]): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), 'cox-devices-'));
  await using _folder = {
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
  const tokens = join(folder, 'tokens.csv');
  await writeFile(tokens, `${adminToken},admin,admin,"system:masters"\n`, { mode: 0o600 });
  await using server = coxRunning([
    ...['serve', 'apiserver', '--data', join(folder, 'data'), '--port', '0'],
    ...['--token-auth-file', tokens],
  ]);
  const [, url, kubeconfig] = await server.prints(/serving at (\S+); kubeconfig (\S+)/);
  return await outcome({ url: url!, kubeconfig: kubeconfig! }, components);
}

test('devices for claims', { skip: lacking ?? false }, async (t) => {
  const wanted = await onTheirServer(theirs);
  for (const [where, played] of [
    ['our scheduler and controllers on our server', () => onOurServer(ours)],
    ['our scheduler and controllers on upstream’s server', () => onTheirServer(ours)],
    ['upstream’s scheduler and controllers on our server', () => onOurServer(theirs)],
  ] as const)
    await t.test(where, async (there) => {
      const got = await played();
      for (const { name, steps } of cases)
        await there.test(name, () => {
          assert.equal(wanted.get(name)?.length, steps.length);
          assert.deepEqual(got.get(name), wanted.get(name));
        });
    });
});

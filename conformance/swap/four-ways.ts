/** The same cases by upstream's components and by ours, on upstream's server and on ours. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { coxRunning } from '../testing/cluster.ts';
import { Running } from '../testing/run.ts';
import { adminToken, UpstreamServer, upstreamProgram } from '../testing/upstream.ts';
import type { Case } from './case.ts';
import { type Observe, play } from './play.ts';

/** Where components run. */
export interface Server {
  readonly url: string;
  readonly kubeconfig: string;
}

/** Programs that are started for a server, by either side. */
export type Components = (server: Server) => Promise<readonly Running[]> | readonly Running[];

/** One of upstream's, with its secure port off and no election. */
export const upstreamRunning = (
  { kubeconfig }: Server,
  name: string,
  ...flags: readonly string[]
): Running =>
  new Running([
    ...[upstreamProgram(name)!, '--kubeconfig', kubeconfig, '--secure-port', '0'],
    ...['--leader-elect=false', ...flags],
  ]);

/** Upstream's controllers of these names. */
export const upstreamControllers = (server: Server, ...names: readonly string[]): Running =>
  upstreamRunning(server, 'kube-controller-manager', '--controllers', names.join(','));

/** One of ours. */
export const ourRunning = (
  { kubeconfig }: Server,
  name: string,
  ...flags: readonly string[]
): Running => coxRunning(['serve', name, '--kubeconfig', kubeconfig, ...flags]);

interface Played {
  readonly cases: readonly Case[];
  readonly observe: Observe;
  readonly theirs: Components;
  readonly ours: Components;
}

async function outcome(
  server: Server,
  components: Components,
  { cases, observe }: Played,
): ReturnType<typeof play> {
  await using running = new AsyncDisposableStack();
  for (const program of await components(server)) running.use(program);
  return await play(server.url, cases, observe);
}

async function onTheirServer(components: Components, played: Played): ReturnType<typeof play> {
  await using server = await UpstreamServer.start();
  return await outcome(server, components, played);
}

async function onOurServer(components: Components, played: Played): ReturnType<typeof play> {
  const folder = await mkdtemp(join(tmpdir(), 'cox-swap-'));
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
  return await outcome({ url: url!, kubeconfig: kubeconfig! }, components, played);
}

/** Plays all cases four times; each must end as it does by upstream's components on upstream's server. */
export async function playFourWays(t: TestContext, played: Played): Promise<void> {
  const { cases, theirs, ours } = played;
  const wanted = await onTheirServer(theirs, played);
  for (const [where, play] of [
    ['our components on our server', () => onOurServer(ours, played)],
    ['our components on upstream’s server', () => onTheirServer(ours, played)],
    ['upstream’s components on our server', () => onOurServer(theirs, played)],
  ] as const)
    await t.test(where, async (there) => {
      const got = await play();
      for (const { name, steps } of cases)
        await there.test(name, () => {
          const want = wanted.get(name)!;
          assert.ifError(want.find((seen) => seen instanceof Error));
          assert.equal(want.length, steps.length);
          assert.deepEqual(got.get(name), want);
        });
    });
}

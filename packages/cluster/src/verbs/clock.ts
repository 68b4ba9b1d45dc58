import { ApiError } from '@coxswain/api';
import { systemClock, systemRandom, uuid } from '@coxswain/base';
import type { Client } from '@coxswain/client';
import { adminClient } from '../boot/admin-client.ts';
import { clockName, type ClusterClock, ClusterClocks } from '../boot/clock-kind.ts';
import { text, UsageError } from '../command/flags.ts';
import { Failure, verb, type Verb } from '../command/verb.ts';
import { findCluster } from '../home/clusters.ts';
import { durationMs } from '../testing/duration.ts';

/** What to do about the time of a cluster. */
type Wish =
  | { readonly do: 'show' }
  | { readonly do: 'pace'; readonly pace: number }
  | { readonly do: 'advance'; readonly by: string };

export const clock: Verb = verb({
  name: 'clock',
  usage: 'clock [advance DURATION | freeze | resume | xN] [--name NAME]',
  summary: 'Show, move, stop or speed up the time of a cluster',
  details: `For clusters that were started with --clock virtual. Time that is moved on passes through everything that is due:
leases are renewed, cron jobs run, tokens expire. It never goes back. DURATION is such as 90s, 5m, 24h or 30d; x60 lets a
minute pass each second. The same is done by the object: kubectl get clock.coxswain.dev/cluster`,
  flags: { name: text('NAME', 'Cluster whose clock it is', 'coxswain') },
  complete(given, args) {
    return { name: given.name ?? 'coxswain', wish: wishOf(args) };
  },
  async run({ name, wish }, { terminal, env, signal }) {
    const { paths, settings } = await findCluster(name, env);
    if (settings.clock !== 'virtual')
      throw new Failure(`the time of cluster "${name}" is the machine's`, {
        advice: 'start a cluster with a time of its own: cox up --name NAME --clock virtual',
      });
    using client = await adminClient(paths);
    const now = await fulfil(client, wish, signal);
    const pace = terminal.words(paceText(now.spec.pace ?? 1));
    terminal.out(`${await timeIn(client, signal)}  ${pace}\n`);
  },
});

function wishOf([word, by, ...more]: readonly string[]): Wish {
  if (more.length > 0 || (by !== undefined && word !== 'advance'))
    throw new UsageError(`unexpected argument "${more[0] ?? by}"`);
  if (word === undefined) return { do: 'show' };
  if (word === 'freeze') return { do: 'pace', pace: 0 };
  if (word === 'resume') return { do: 'pace', pace: 1 };
  const [, factor] = /^x(\d+(?:\.\d+)?)$/.exec(word) ?? [];
  if (factor !== undefined) return { do: 'pace', pace: Number(factor) };
  if (word !== 'advance') throw new UsageError(`"${word}" is none of advance, freeze, resume, x60`);
  if (by === undefined) throw new UsageError('advance by how much? cox clock advance 24h');
  try {
    durationMs(by);
  } catch (cause) {
    throw new UsageError(`${by} is no duration such as 90s, 5m, 24h or 30d`, { cause });
  }
  return { do: 'advance', by };
}

/** Says what is wanted, and waits until it is so. */
async function fulfil(client: Client, wish: Wish, signal: AbortSignal): Promise<ClusterClock> {
  if (wish.do === 'show') return client.get(ClusterClocks, clockName, { signal });
  const id = uuid(systemRandom);
  const spec = wish.do === 'pace' ? { pace: wish.pace } : { advance: { by: wish.by, id } };
  const asked = await client.patch(ClusterClocks, clockName, 'merge', { spec }, { signal });
  const isDone = ({ status }: ClusterClock): boolean =>
    wish.do === 'pace' ? status?.pace === wish.pace : status?.advanced === id;
  if (isDone(asked)) return asked;
  for (let resourceVersion = asked.metadata.resourceVersion; ;) {
    const fields = `metadata.name=${clockName}`;
    try {
      const watch = client.watch(ClusterClocks, { fields, resourceVersion, signal });
      for await (const events of watch)
        for (const { object } of events) {
          ({ resourceVersion } = object.metadata);
          if (!isDone(object)) continue;
          if (object.status?.message) throw new Failure(object.status.message);
          return object;
        }
    } catch (error) {
      // A leap outlasts any watch, and what it was to go on from.
      if (!(error instanceof ApiError && error.code === 410)) throw error;
      const now = await client.get(ClusterClocks, clockName, { signal });
      if (isDone(now)) return now;
      ({ resourceVersion } = now.metadata);
    }
    await systemClock.sleep(reopenMs, signal);
  }
}

/** A watch that has ended is opened again after a moment: time may end it sooner than any answer comes. */
const reopenMs = 100;

/** The cluster's own time, as its server would stamp an object now. */
async function timeIn(client: Client, signal: AbortSignal): Promise<string> {
  const asked = (await client.raw({
    ...{ method: 'POST', path: '/apis/authentication.k8s.io/v1/selfsubjectreviews', signal },
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
  })) as { readonly metadata: { readonly creationTimestamp: string } };
  return asked.metadata.creationTimestamp;
}

const paceText = (pace: number): string =>
  pace === 0 ? 'frozen' : pace === 1 ? 'running' : `running x${pace}`;

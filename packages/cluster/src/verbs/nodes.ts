import { adminClient } from '../boot/admin-client.ts';
import { count, type Given, text, UsageError } from '../command/flags.ts';
import { Failure, verb, type Verb, type VerbContext } from '../command/verb.ts';
import { nodesMax } from '../fleet/limits.ts';
import type { NodesTask } from '../fleet/nodes-task.ts';
import { groupDefault } from '../fleet/start-group.ts';
import { findCluster } from '../home/clusters.ts';
import { runningDaemon } from '../home/daemon.ts';

const flags = {
  name: text('NAME', 'Cluster', 'coxswain'),
  simulated: count('N', 'How many simulated nodes to add, or to remove from the group', {
    min: 1,
    max: nodesMax,
  }),
  group: text('GROUP', 'NodeGroup they belong to', groupDefault),
  template: text('FILE', 'What they are like: a NodeGroup, a Node, or the template alone, as YAML'),
  zones: count('N', 'Number of zones over which they are dealt out', { min: 1, max: 1000 }),
  region: text('REGION', 'Region of those zones'),
  cpu: text('AMOUNT', 'CPU of each', '32'),
  memory: text('AMOUNT', 'Memory of each', '256Gi'),
  pods: count('N', 'Pods that each takes', { min: 1, max: 250 }, '110'),
} as const;

const faults = 'notready, partition, disk-full, memory-full, slow[=TIMES], none';

export const nodes: Verb = verb({
  name: 'nodes',
  usage: 'nodes [add --simulated N | remove NODE... | fault NODE FAULT] [flags]',
  summary: 'List nodes, add and remove simulated ones, make them fail',
  details: `
cox nodes                                     every node, its group and zone
cox nodes add --simulated 100 --zones 3       100 more nodes in a group
cox nodes remove big-7 big-8                  these nodes, and their group is smaller by them
cox nodes remove --group big --simulated 50   any 50 of the group
cox nodes fault big-3 partition               ${faults}

A group is an object, nodegroups.coxswain.dev: kubectl scale nodegroup GROUP --replicas N does the same.`,
  flags,
  complete: (given, [what, ...args]) => ({
    cluster: given.name ?? 'coxswain',
    task: taskOf(given, what, args),
  }),
  run,
});

function taskOf(
  given: Given<typeof flags>,
  what: string | undefined,
  args: readonly string[],
): NodesTask {
  const { simulated, template, zones, region, cpu, memory, pods } = given;
  const group = given.group ?? groupDefault;
  switch (what) {
    case undefined:
    case 'list':
      return { do: 'list' };
    case 'add': {
      if (args.length > 0) throw new UsageError(`unexpected argument "${args[0]}"`);
      if (simulated === undefined) throw new UsageError('nodes add needs --simulated N');
      const capacity = {
        ...(cpu !== undefined && { cpu }),
        ...(memory !== undefined && { memory }),
        ...(pods !== undefined && { pods: String(pods) }),
      };
      return { do: 'add', group, count: simulated, file: template, zones, region, capacity };
    }
    case 'remove':
      if (args.length > 0 && simulated !== undefined)
        throw new UsageError('name the nodes, or say how many with --simulated, not both');
      if (args.length === 0 && simulated === undefined)
        throw new UsageError('which nodes? name them, or say --group GROUP --simulated N');
      return { do: 'remove', names: args, group, count: simulated ?? 0 };
    case 'fault': {
      const [node, fault, more] = args;
      if (!node || !fault || more !== undefined)
        throw new UsageError(`nodes fault needs NODE and one of ${faults}`);
      return { do: 'fault', node, fault };
    }
    default:
      throw new UsageError(
        `unknown command "nodes ${what}"; there are add, remove, fault and list`,
      );
  }
}

async function run(
  { cluster: name, task }: { readonly cluster: string; readonly task: NodesTask },
  { terminal, env, signal }: VerbContext,
): Promise<void> {
  const cluster = await findCluster(name, env);
  if (!(await runningDaemon(cluster.paths)))
    throw new Failure(`cluster "${name}" is not running`, {
      advice: `start it: cox up --name ${name}`,
    });
  const { runNodesTask } = await import('../fleet/nodes-task.ts');
  using client = await adminClient(cluster.paths);
  const told = await runNodesTask(task, client, signal);
  terminal.out(told.split('\n').map(terminal.words).join('\n'));
}

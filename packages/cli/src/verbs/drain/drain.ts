import { parseSelector } from '@coxswain/api';
import { type Command, command, type Words } from '../../command/command.ts';
import { aggregateText, Failures } from '../../command/failure.ts';
import { bool, duration, int, text } from '../../command/flags.ts';
import { chunkSizeFlag } from '../../command/shared-flags.ts';
import type { Info } from '../../objects/info.ts';
import { typed } from '../../objects/typed.ts';
import type { Session } from '../../session/session.ts';
import { sendOff } from './evict.ts';
import { cordonAll, findNodes, nodeFlags, nodesOf, told } from './nodes.ts';
import { departures } from './pods-on-node.ts';

const flags = {
  ...nodeFlags,
  'chunk-size': chunkSizeFlag,
  'delete-emptydir-data': bool(false, 'Go on although pods lose what they keep on the node'),
  'disable-eviction': bool(false, 'Delete pods without asking their disruption budgets'),
  force: bool(false, 'Go on although nothing makes some pods anew'),
  'grace-period': int(-1, 'Seconds that each pod is given to end; its own when negative'),
  'ignore-daemonsets': bool(false, 'Leave the pods of daemon sets where they are'),
  'pod-selector': text('', 'Labels of the pods to move; all when not given'),
  'skip-wait-for-delete-timeout': int(
    0,
    'Do not wait for pods that have been going for more than so many seconds',
  ),
  timeout: duration('0s', 'How long to wait for all; 0 for as long as it takes'),
};

type Options = ReturnType<typeof complete>;

function complete({ flags: given, changed, args }: Words<typeof flags>) {
  const nodes = nodesOf('drain', args, given, changed);
  try {
    parseSelector(given['pod-selector']);
  } catch (cause) {
    throw new Error('--pod-selector=<pod_selector> must be a valid label selector', { cause });
  }
  return { ...given, ...nodes };
}

/** `kubectl drain`. */
export const drain: Command = command({
  name: 'drain',
  usage: 'drain NODE',
  summary: 'Move all pods away from a node, as their disruption budgets allow',
  details:
    'The node is cordoned first. Pods are asked to leave all at once; those whose budget forbids it are asked again until it allows it.',
  examples: `  drain node-1 --ignore-daemonsets
  drain node-1 --ignore-daemonsets --delete-emptydir-data --grace-period=30
  uncordon node-1                  # when it is back`,
  flags,
  complete,
  run,
});

async function run(options: Options, session: Session): Promise<void> {
  const nodes = await findNodes(session, options);
  await cordonAll(session, nodes, true, options.dryRun);
  const failed: { name: string; errors: readonly Error[] }[] = [];
  for (const node of nodes) {
    const errors = await drained(options, session, node);
    if (errors.length === 0) {
      session.io.out(told(typed(node.object!), 'drained', options.dryRun));
      continue;
    }
    failed.push({ name: node.name, errors });
    session.io.err(
      `error: unable to drain node ${JSON.stringify(node.name)} due to error: ${textOf(errors)}, continuing command...\n`,
    );
  }
  if (failed.length === 0) return;
  const names = failed.map(({ name }) => ` ${name}\n`);
  session.io.err(`There are pending nodes to be drained:\n${names.join('')}`);
  const [first, ...more] = failed;
  throw new Failures(
    more.length === 0 ? first!.errors : failed.map(({ errors }) => new Error(textOf(errors))),
  );
}

const textOf = (errors: readonly Error[]): string =>
  aggregateText(errors.map(({ message }) => message));

/** Makes the pods of one node go; gives what went wrong. */
async function drained(
  options: Options,
  session: Session,
  { name }: Info,
): Promise<readonly Error[]> {
  const { io } = session;
  const { pods, warnings, errors } = await departures(session, name, options);
  if (errors.length > 0) return errors;
  if (warnings) session.warn(`Warning: ${warnings}\n`);
  if (options.dryRun === 'client') {
    for (const { metadata } of pods)
      io.out(`evicting pod ${metadata.namespace}/${metadata.name} (dry run)\n`);
    return [];
  }
  const failures = await sendOff(session, pods, options);
  if (failures.length === 0) return [];
  const pending = await departures(session, name, options);
  if (pending.pods.length > 0)
    io.err(
      `There are pending pods in node ${JSON.stringify(name)} when an error occurred: ${textOf(failures)}\n${pending.pods.map((pod) => `pod/${pod.metadata.name}\n`).join('')}`,
    );
  if (pending.errors.length > 0)
    io.err(
      `Following errors occurred while getting the list of pods to delete:\n${textOf(pending.errors)}`,
    );
  return failures;
}

import { Nodes, Pods } from '@coxswain/api';
import type { Placement } from '@coxswain/scheduler';
import type { Look } from '../look.ts';

/** In the place of names that the one who asks may not learn. */
const somebody = 'another pod';

/**
 * A placement as the one who asks may see it: the scheduler knows every node and every pod, but who may read only some of
 * them is told the numbers, and not the names of the others.
 */
export async function seenPlacement(placement: Placement, look: Look): Promise<Placement> {
  const [example] = placement.rows.flatMap(({ names }) => names);
  if (example !== undefined) await look.get(Nodes, example);
  const isNodeHidden = look.hidden.has('nodes');
  const nodeName = (name: string): string => (isNodeHidden ? '' : name);
  const podName = async (key: string): Promise<string> => {
    const [space = '', name = ''] = key.split('/');
    return (await look.get(Pods, name, space)) ? key : somebody;
  };
  const podNames = (text: string): Promise<string> =>
    Promise.all(text.split(', ').map(podName)).then((names) => names.join(', '));
  const facts = async <F extends Readonly<Record<string, string | number>>>(of: F): Promise<F> => ({
    ...of,
    ...('node' in of && { node: nodeName(String(of['node'])) }),
    ...('victims' in of && { victims: await podNames(String(of['victims'])) }),
    ...('port' in of && 'found' in of && { found: await podNames(String(of['found'])) }),
  });
  const { preemption } = placement;
  return {
    ...placement,
    rows: await Promise.all(
      placement.rows.map(async (row) => ({
        ...row,
        names: isNodeHidden ? [] : row.names,
        objections: await Promise.all(
          row.objections.map(async (each) => ({
            ...each,
            facts: await Promise.all(each.facts.map(facts)),
          })),
        ),
      })),
    ),
    ...(preemption && {
      preemption: {
        ...preemption,
        ...(preemption.node !== undefined && { node: nodeName(preemption.node) }),
        ...(preemption.victims && { victims: await Promise.all(preemption.victims.map(podName)) }),
      },
    }),
    cures: await Promise.all(
      placement.cures.map(async ({ changes, node }) => ({
        node: nodeName(node),
        changes: await Promise.all(
          changes.map(async (each) => ({ ...each, facts: await facts(each.facts) })),
        ),
      })),
    ),
  };
}

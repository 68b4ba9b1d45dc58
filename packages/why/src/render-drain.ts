import { sentence, wrapped } from '@coxswain/base';
import type { DrainPlan, Leaving } from './drain.ts';
import type { Messages } from './messages/index.ts';
import { objectionText } from './objection-text.ts';
import { columns, type Paint } from './text.ts';

/** What a drain would do, pod by pod. */
export function renderDrain(
  plan: DrainPlan,
  messages: Messages,
  paint: Paint,
  width: number,
): readonly string[] {
  const { words } = messages;
  const { pods, node, isPlaced } = plan;
  const count = (does: Leaving['does']): number => pods.filter((each) => each.does === does).length;
  const facts = {
    node,
    leaves: count('leaves'),
    waits: count('waits'),
    blocks: count('blocks'),
    stays: count('stays'),
  };
  const isNothing = facts.leaves + facts.waits + facts.blocks === 0;
  const head = sentence(isNothing ? words.drainingNothing : words.draining, facts);
  const rows = pods.map((pod) => [
    `${pod.namespace}/${pod.name}`,
    whereTo(pod, messages),
    happens(pod, messages),
  ]);
  const table =
    pods.length > 0
      ? columns([[words.pod, words.goesTo, words.happens], ...rows], '  ', width, paint)
      : [];
  const note = isPlaced || isNothing ? [] : ['', ...wrapped(words.unplaced, '', '', width)];
  return [...wrapped(paint.bold(head), '', '', width), ...table, ...note];
}

function whereTo({ does, goesTo, nowhere }: Leaving, { words }: Messages): string {
  if (does === 'stays') return words.stays;
  if (nowhere) return words.nowhere;
  return goesTo ?? '-';
}

function happens({ does, why, nowhere }: Leaving, messages: Messages): string {
  const said = why.map(({ reason, facts }) => sentence(messages.drain[reason], facts));
  const walls = (nowhere ?? [])
    .map(
      ({ nodes, objections }) =>
        `${nodes}: ${objections.flatMap((each) => objectionText(each, messages)).join(', ')}`,
    )
    .join('; ');
  const all = [...said, ...(walls ? [walls] : [])].join('; ');
  return does === 'blocks' ? `${messages.words.blocked}${all}` : all;
}

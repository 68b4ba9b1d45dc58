import { type Command, entryOf } from '../../command/command.ts';
import { topNode } from './node.ts';
import { topPod } from './pod.ts';

/** `kubectl top`. */
export const top: Command = {
  name: 'top',
  suggestFor: ['stats'],
  usage: 'top [flags]',
  summary: 'Show how much CPU and memory nodes and pods use',
  details:
    'The numbers are those of metrics.k8s.io, which autoscalers read too: averages of the last moments, a little behind, and only where a metrics server runs.',
  flags: {},
  commands: [topNode, topPod].map(entryOf),
};

import type { Command } from '../../command/command.ts';

/** `kubectl top`. */
export const top: Command = {
  name: 'top',
  suggestFor: ['stats'],
  usage: 'top [flags]',
  summary: 'Show how much CPU and memory nodes and pods use',
  details:
    'The numbers are those of metrics.k8s.io, which autoscalers read too: averages of the last moments, a little behind, and only where a metrics server runs.',
  flags: {},
  commands: [
    {
      name: 'node',
      aliases: ['nodes', 'no'],
      summary: 'Show how much CPU and memory nodes use',
      load: async () => (await import('./node.ts')).topNode,
    },
    {
      name: 'pod',
      aliases: ['pods', 'po'],
      summary: 'Show how much CPU and memory pods use',
      load: async () => (await import('./pod.ts')).topPod,
    },
  ],
};

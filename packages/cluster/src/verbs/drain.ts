import { askWhy, printAnswer } from '../boot/ask-why.ts';
import { kubeconfigClient } from '../boot/kubeconfig-client.ts';
import { choice, text, toggle, UsageError } from '../command/flags.ts';
import { verb, type Verb } from '../command/verb.ts';

export const drain: Verb = verb({
  name: 'drain',
  usage: 'drain --explain NODE [-o json]',
  summary: 'Say what draining a node would do, without touching anything',
  details: `
Pod by pod: what leaves and where its like would be placed (the scheduler's own cycle on a copy, the node cordoned), what
stays, and what blocks the drain: disruption budgets, local data, pods that nothing makes anew.`,
  flags: {
    explain: toggle('Only say what would happen'),
    kubeconfig: text('FILE', 'kubeconfig; $KUBECONFIG or ~/.kube/config when absent'),
    context: text('NAME', 'Context of the kubeconfig; its current one when absent'),
    o: choice(['text', 'json'], 'Output format', 'text'),
    output: choice(['text', 'json'], 'The same as -o', 'text'),
  },
  complete({ explain, kubeconfig, context, o, output }, [node, ...more]) {
    if (!explain)
      throw new UsageError('it only explains: add --explain, or drain with kubectl drain');
    if (!node || more.length > 0) throw new UsageError('name one node: cox drain --explain NODE');
    return {
      node: node.replace(/^nodes?\//, ''),
      kubeconfig,
      context,
      format: o ?? output ?? 'text',
    };
  },
  async run({ node, format, ...chosen }, context) {
    const { client: opened } = await kubeconfigClient(chosen, context.env);
    using client = opened;
    printAnswer(await askWhy(client, { drain: { node } }, context.signal), format, context);
  },
});

import type { Question } from '@coxswain/why';
import { askWhy, printAnswer } from '../boot/ask-why.ts';
import { kubeconfigClient } from '../boot/kubeconfig-client.ts';
import { choice, text, UsageError } from '../command/flags.ts';
import { verb, type Verb } from '../command/verb.ts';

/** What the line asks, its namespace still to be filled in. */
type Asked = (namespace: string) => Question;

export const why: Verb = verb({
  name: 'why',
  usage: 'why KIND/NAME | can USER VERB RESOURCE [NAME] [-n NAMESPACE] [-o json]',
  summary: 'Say why something is as it is: the causes, the evidence and what to do next',
  details: `
Examples:
  cox why pod/web-1              why it waits, fails, restarts or does not go; nodes, numbers, changes that would help
  cox why deployment web -n shop the same of what it runs: also replicaset, statefulset, daemonset, job, cronjob
  cox why service/web            why it has no endpoints
  cox why pvc/data, ns/old, node/n1, widget.example.com/x
  cox why can alice delete pods web-1 -n shop
                                 which rule of which role allows it, or what is nearest; "me" is yourself

It works against any Kubernetes; of clusters other than Coxswain's it tells what status, conditions and events say.
The language is that of LANG, or of COX_LANG (en, ko).`,
  flags: {
    n: text('NAMESPACE', 'Namespace; that of the context when absent'),
    namespace: text('NAMESPACE', 'The same as -n'),
    at: text(
      'URL',
      'Ask a component that runs alone: the address that cox serve tells at its start',
    ),
    group: text('GROUP', 'With "can": a group that the user is in as well'),
    kubeconfig: text('FILE', 'kubeconfig; $KUBECONFIG or ~/.kube/config when absent'),
    context: text('NAME', 'Context of the kubeconfig; its current one when absent'),
    o: choice(['text', 'json'], 'Output format', 'text'),
    output: choice(['text', 'json'], 'The same as -o', 'text'),
  },
  complete({ n, namespace = n, group, at, kubeconfig, context, o, output }, args) {
    const asked = args[0] === 'can' ? canOf(args.slice(1), group) : aboutOf(args);
    return { asked, namespace, at, kubeconfig, context, format: o ?? output ?? 'text' };
  },
  async run({ asked, namespace, format, ...chosen }, context) {
    const { client: opened, namespace: own } = await kubeconfigClient(chosen, context.env);
    using client = opened;
    printAnswer(await askWhy(client, asked(namespace ?? own), context.signal), format, context);
  },
});

function aboutOf(args: readonly string[]): Asked {
  const [kind, name] = args.length === 1 ? args[0]!.split('/', 2) : args;
  if (!kind || !name || args.length > 2)
    throw new UsageError('say about what: cox why KIND/NAME, or cox why can USER VERB RESOURCE');
  return (namespace) => ({ about: { kind, name, namespace } });
}

function canOf(args: readonly string[], group: string | undefined): Asked {
  const [user, doing, what, name] = args;
  if (!user || !doing || !what || args.length > 4)
    throw new UsageError('say who, what and to what: cox why can USER VERB RESOURCE [NAME]');
  const [resource = '', inPath] = what.includes('.') ? [what] : what.split('/', 2);
  const object = name ?? (inPath && !subresources.has(inPath) ? inPath : undefined);
  const asked = {
    ...(user !== 'me' && { user }),
    ...(group !== undefined && { groups: [group] }),
    ...{ verb: doing, resource: inPath && subresources.has(inPath) ? what : resource },
    ...(object !== undefined && { name: object }),
  };
  return (namespace) => ({ can: { ...asked, namespace } });
}

/** What stands behind a slash and is no name: `pods/log`. */
const subresources = new Set([
  'log',
  'exec',
  'attach',
  'portforward',
  'proxy',
  'status',
  'scale',
  'eviction',
  'binding',
  'token',
  'ephemeralcontainers',
  'resize',
  'finalize',
  'approval',
]);

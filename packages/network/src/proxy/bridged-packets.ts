import type { Log } from '@coxswain/base';
import type { RunInNode } from '../run-in-node.ts';

/**
 * Makes packets between pods on one bridge pass the node's rules too: an answer to a pod that called a Service must
 * be translated back on its way. Without the kernel's part for it, that is said, and pods of other nodes are still served.
 */
export async function passBridgedPackets(runInNode: RunInNode, log: Log): Promise<void> {
  const set = (): Promise<string> =>
    runInNode('sysctl', ['-qw', 'net.bridge.bridge-nf-call-iptables=1']);
  try {
    await set().catch(async () => {
      await runInNode('modprobe', ['br_netfilter']);
      await set();
    });
  } catch (error) {
    log.warn('pods cannot reach a Service whose endpoint is a pod of their own node', {
      missing: 'br_netfilter',
      error: String(error),
    });
  }
}

import { Services } from '@coxswain/api';
import type { Service } from '@coxswain/api/types/core-v1';
import { pathOf } from '@coxswain/client';
import { type Command, command, entryOf } from '../../command/command.ts';
import { listOf } from '../../objects/pages.ts';
import { accepts } from '../../session/media.ts';
import { dump } from './dump.ts';

/** `kubectl cluster-info`. */
export const clusterInfo: Command = command({
  name: 'cluster-info',
  usage: 'cluster-info [flags]',
  summary: 'Show where the control plane and cluster services are',
  details:
    "Cluster services are those with the label kubernetes.io/cluster-service=true. All else is in 'cluster-info dump'.",
  examples: '  cluster-info',
  flags: {},
  commands: [dump].map(entryOf),
  run: async (_, session) => {
    const { url } = session.rest();
    const told = (name: string, link: string): void =>
      session.io.out(`${name} is running at ${link}\n`);
    const namespace = session.global.namespace || 'kube-system';
    const labelSelector = 'kubernetes.io/cluster-service=true';
    const query = { labelSelector };
    const services = await listOf(session, Services, namespace, query, accepts.builtIn);
    told('Kubernetes control plane', url);
    for (const service of services.items) {
      const { name, labels } = service.metadata!;
      told(labels?.['kubernetes.io/name'] || name, linkOf(service, url));
    }
    session.io.out(
      "\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n",
    );
  },
});

/** Through the load balancer, or the proxy of the API server; by https where the first port looks so. */
function linkOf({ metadata, spec, status }: Service, url: string): string {
  const ports = spec?.ports ?? [];
  const [ingress] = status?.loadBalancer?.ingress ?? [];
  if (ingress)
    return ports.map(({ port }) => `http://${ingress.ip || ingress.hostname}:${port} `).join('');
  const [first] = ports;
  const scheme = first?.name === 'https' || first?.port === 443 ? 'https' : '';
  const name = metadata!.name!;
  const whole =
    scheme || first?.name ? `${scheme && `${scheme}:`}${name}:${first?.name ?? ''}` : name;
  return `${url}${pathOf(Services, { namespace: metadata!.namespace! })}/${whole}/proxy`;
}

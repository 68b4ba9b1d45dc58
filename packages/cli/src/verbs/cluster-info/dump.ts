import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import {
  DaemonSets,
  Deployments,
  Events,
  Namespaces,
  Nodes,
  Pods,
  ReplicaSets,
  ReplicationControllers,
  type Resource,
  Services,
} from '@coxswain/api';
import type { Pod } from '@coxswain/api/types/core-v1';
import { pathOf } from '@coxswain/client';
import { type Command, command } from '../../command/command.ts';
import { bool, duration, list, text } from '../../command/flags.ts';
import { typed } from '../../objects/typed.ts';
import { printerOf, printFlags, type Printer } from '../../printers/formats.ts';
import { accepts } from '../../session/media.ts';
import type { Session } from '../../session/session.ts';
import { type List, listOf } from '../../objects/pages.ts';

/** What is written of a namespace, by the names of its files. */
const parts: readonly (readonly [file: string, resource: Resource])[] = [
  ['events', Events],
  ['replication-controllers', ReplicationControllers],
  ['services', Services],
  ['daemonsets', DaemonSets],
  ['deployments', Deployments],
  ['replicasets', ReplicaSets],
  ['pods', Pods],
];

const flags = {
  ...printFlags,
  output: { ...printFlags.output, value: 'json' },
  'all-namespaces': bool(false, 'All namespaces; --namespaces is left aside', { short: 'A' }),
  namespaces: list('Namespaces to write out'),
  'output-directory': text('', 'Folder to write files to; - or nothing is for standard output'),
  'pod-running-timeout': duration('20s', 'How long to wait for a pod that runs'),
};

/** `kubectl cluster-info dump`. */
export const dump: Command = command({
  name: 'dump',
  usage: 'dump [flags]',
  summary: 'Write out what helps to find faults',
  details:
    'Nodes, and of the namespace in use and kube-system: events, workloads, services, pods and all logs.',
  examples: `  cluster-info dump
  cluster-info dump -A --output-directory=state`,
  flags,
  complete({ flags: given }) {
    const print = printerOf(given, '', {}, 'struct');
    const extension = ({ json: '.json', yaml: '.yaml' } as Record<string, string>)[given.output];
    return { ...given, print, extension: extension ?? '.txt' };
  },
  run: async (options, session) => {
    const { print, extension, 'output-directory': folder } = options;
    const isFolder = folder !== '' && folder !== '-';
    const put = (file: string, written: string): void => {
      if (!isFolder) return session.io.out(written);
      const path = join(resolve(session.cwd, folder), file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, written, { flag: 'a' });
    };
    const begin = (file: string): void => {
      if (isFolder) rmSync(join(resolve(session.cwd, folder), file), { force: true });
    };
    const write = async (file: string, resource: Resource, namespace = ''): Promise<List> => {
      const objects = (await listOf(session, resource, namespace, {}, accepts.typed)) as List;
      begin(file + extension);
      put(file + extension, printed(print, objects));
      return objects;
    };
    await write('nodes', Nodes);
    const namespaces = options['all-namespaces']
      ? (await listOf(session, Namespaces, '', {}, accepts.typed)).items.map(
          ({ metadata }) => metadata.name,
        )
      : options.namespaces.length > 0
        ? options.namespaces
        : ['kube-system', session.namespace().name];
    for (const namespace of namespaces) {
      let pods: readonly Pod[] = [];
      for (const [file, resource] of parts) {
        const { items } = await write(`${namespace}/${file}`, resource, namespace);
        if (resource === Pods) pods = items as unknown as readonly Pod[];
      }
      for (const pod of pods) {
        const file = `${namespace}/${pod.metadata!.name}/logs.txt`;
        begin(file);
        for await (const piece of logsOf(session, pod)) put(file, piece);
      }
    }
    if (isFolder) session.io.out(`Cluster info dumped to ${folder}\n`);
  },
});

/** kubectl asks for protobuf here, where an empty list is none. */
const printed = (print: Printer, objects: List): string =>
  print({ ...typed(objects), ...(objects.items.length === 0 && { items: null }) });

/** The logs of each container between two lines that name it. */
async function* logsOf(session: Session, { metadata, spec }: Pod): AsyncIterable<string> {
  const { name, namespace } = metadata as { readonly name: string; readonly namespace: string };
  for (const container of [...(spec!.initContainers ?? []), ...spec!.containers]) {
    const what = `logs for container ${container.name} of pod ${namespace}/${name} ====\n`;
    yield `==== START ${what}`;
    try {
      yield await session.rest().text({
        method: 'GET',
        path: `${pathOf(Pods, { namespace, name })}/log`,
        query: { container: container.name },
        ...{ accept: accepts.builtIn, place: 'clusterinfo_dump.go:281' },
      });
    } catch (error) {
      yield `Request log error: ${(error as Error).message}\n`;
    }
    yield `==== END ${what}`;
  }
}

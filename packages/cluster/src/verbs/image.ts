import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { text, UsageError } from '../command/flags.ts';
import { nearest } from '../command/nearest.ts';
import { Failure, verb, type Verb } from '../command/verb.ts';
import { type Cluster, findCluster } from '../home/clusters.ts';
import { runningDaemon } from '../home/daemon.ts';
import { importImage, listImages } from '../images/store.ts';
import { addressPlan } from '../nodes/addresses.ts';
import { containerdSocket } from '../nodes/containerd.ts';
import { containerdPlace } from '../nodes/tear-down.ts';
import { CommandError } from '../system/exec.ts';

type Options =
  | { readonly name: string; readonly action: 'ls' }
  | { readonly name: string; readonly action: 'import'; readonly file: string };

export const image: Verb = verb({
  name: 'image',
  usage: 'image import FILE | image ls [--name NAME]',
  summary: 'Bring images into a cluster without a registry, and list them',
  details: 'FILE is an archive as "docker save" or an OCI builder writes it. Every node gets it.',
  flags: { name: text('NAME', 'Cluster to use', 'coxswain') },
  complete(given, [action = '', file, ...more]): Options {
    const name = given.name ?? 'coxswain';
    if (action === 'ls' && file === undefined) return { name, action };
    if (action === 'import' && file !== undefined && more.length === 0)
      return { name, action, file };
    if (action === 'import') throw new UsageError('import takes one file');
    const near = nearest(action, ['import', 'ls']);
    throw new UsageError(
      action
        ? `unknown action "${action}"${near ? `; did you mean "${near}"?` : ''}`
        : 'import or ls?',
    );
  },
  async run(options, { terminal, env }) {
    const sockets = await socketsOf(await findCluster(options.name, env));
    if (options.action === 'ls') {
      const lists = await Promise.all(sockets.map(listImages));
      terminal.out(
        [...new Set(lists.flat())]
          .toSorted()
          .map((name) => `${name}\n`)
          .join(''),
      );
      return;
    }
    const file = resolve(options.file);
    await access(file).catch((cause: Error) => {
      throw new Failure(`cannot read ${options.file}: ${cause.message}`, { cause });
    });
    for (const name of await importEverywhere(sockets, file))
      terminal.out(`${terminal.words(`${name} imported`)}\n`);
  },
});

async function importEverywhere(sockets: readonly string[], file: string): Promise<string[]> {
  try {
    const names = await Promise.all(sockets.map((socket) => importImage(socket, file)));
    return names[0] ?? [];
  } catch (cause) {
    if (!(cause instanceof CommandError)) throw cause;
    throw new Failure(
      `${file} is not an image archive that containerd can read: ${cause.message}`,
      {
        cause,
        advice: 'write it with "docker save IMAGE -o FILE" or as an OCI archive',
      },
    );
  }
}

async function socketsOf({ name, paths, settings }: Cluster): Promise<string[]> {
  if (settings.runtime !== 'containerd')
    throw new Failure(`cluster "${name}" runs simulated containers, which need no images`);
  if (!(await runningDaemon(paths)))
    throw new Failure(`cluster "${name}" is not running`, { advice: 'start it with: cox up' });
  const plan = addressPlan(settings.slot);
  return Array.from({ length: settings.nodes }, (_, at) =>
    containerdSocket(containerdPlace(paths, plan, at + 1)),
  );
}

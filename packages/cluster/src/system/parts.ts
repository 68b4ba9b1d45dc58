import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { cniPlugins } from '../nodes/containerd.ts';
import { exec } from './exec.ts';

/** A program that real nodes need, and the Debian package that brings it. */
interface Part {
  readonly name: string;
  readonly package: string;
  readonly isThere: () => Promise<boolean>;
}

const onPath = (program: string): Promise<boolean> => findProgram(program).then(Boolean);
const program = (name: string, pkg = name): Part => ({
  name,
  package: pkg,
  isThere: () => onPath(name),
});

const parts: readonly Part[] = [
  program('containerd'),
  program('runc'),
  {
    name: 'CNI plugins',
    package: 'containernetworking-plugins',
    isThere: () => isExecutable(join(cniPlugins, 'bridge')),
  },
  program('nft', 'nftables'),
  program('conntrack'),
  program('ip', 'iproute2'),
  program('nsenter', 'util-linux'),
  program('sysctl', 'procps'),
  program('busybox', 'busybox-static'),
];

export type MissingPart = Pick<Part, 'name' | 'package'>;

/** What real nodes still need on this machine. */
export async function missingParts(): Promise<MissingPart[]> {
  const there = await Promise.all(parts.map((part) => part.isThere()));
  return parts.filter((_, index) => !there[index]);
}

/** Whether this machine lets us install packages and make namespaces. */
export const isRoot = (): boolean => process.getuid?.() === 0;
export const hasApt = (): Promise<boolean> => onPath('apt-get');

/** Installs Debian packages; throws CommandError with apt's words. */
export async function aptInstall(packages: readonly string[], signal: AbortSignal): Promise<void> {
  const options = {
    signal,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  };
  const install = (): Promise<string> =>
    exec(
      'apt-get',
      ['install', '--yes', '--quiet', '--no-install-recommends', ...packages],
      options,
    );
  // Package lists are often old or absent: fetched only when the install needs them.
  await install().catch(async () => {
    await exec('apt-get', ['update', '--quiet'], options);
    await install();
  });
}

const systemFolders = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** Full path of `name` on the PATH or among the folders of system programs. */
export async function findProgram(name: string): Promise<string | undefined> {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...systemFolders];
  for (const folder of folders)
    if (folder && (await isExecutable(join(folder, name)))) return join(folder, name);
  return undefined;
}

const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );

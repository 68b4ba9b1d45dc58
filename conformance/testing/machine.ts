/** What this machine can do for the walk. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const folders = [
  ...(process.env['PATH'] ?? '').split(delimiter),
  '/usr/local/sbin',
  '/usr/sbin',
  '/sbin',
];

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** Full path of a program, or undefined. */
export const findProgram = (name: string): string | undefined =>
  folders.map((folder) => join(folder, name)).find(isExecutable);

const parts = ['containerd', 'runc', 'nft', 'conntrack', 'ip', 'nsenter', 'busybox'];

export const isRoot: boolean = process.getuid?.() === 0;
export const isContinuousIntegration: boolean = ['true', '1'].includes(process.env['CI'] ?? '');

/** Why there can be no real containers here; undefined when there can. */
export function whyNoContainers(): string | undefined {
  if (!isRoot) return 'real containers need root';
  const missing = parts.filter((part) => !findProgram(part));
  if (!isExecutable('/usr/lib/cni/bridge')) missing.push('CNI plugins');
  if (missing.length === 0) return undefined;
  // Where nobody waits at a terminal, `cox up` may install what it needs, as it does for a newcomer.
  if (isContinuousIntegration && findProgram('apt-get')) return undefined;
  return `missing on this machine: ${missing.join(', ')}`;
}

/** Why no kubectl is walked with; undefined when one is on the PATH. */
export const whyNoKubectl = (): string | undefined =>
  findProgram('kubectl') ? undefined : 'no kubectl on the PATH';

import { posix } from 'node:path';

/** One side of a copy; without a pod it is here. */
export interface FileSpec {
  readonly namespace: string;
  readonly pod: string;
  readonly path: string;
}

const wrongForm = 'filespec must match the canonical format: [[namespace/]pod:]file/path';

/** Reads `[[NAMESPACE/]POD:]PATH`. */
export function fileSpecOf(text: string): FileSpec {
  const colon = text.indexOf(':');
  if (colon === 0) throw new Error(wrongForm);
  if (colon < 0) return { namespace: '', pod: '', path: withoutSlash(text) };
  const path = remotePath(text.slice(colon + 1));
  const parts = text.slice(0, colon).split('/');
  if (parts.length > 2) throw new Error(wrongForm);
  const [pod = '', namespace = ''] = parts.toReversed();
  return { namespace, pod, path };
}

export const withoutSlash = (path: string): string =>
  path !== '/' && path.endsWith('/') ? path.slice(0, -1) : path;

/** A path inside of a container; those of Windows are read too. */
export const remotePath = (path: string): string => withoutSlash(path).replaceAll('\\', '/');

/** The path without what leads out of its folder. */
export function withoutShortcuts(path: string): string {
  const inside = path.replace(/^(\.\.\/)+/, '');
  if (inside === '.' || inside === '..') return '';
  return inside.startsWith('/') ? inside.slice(1) : inside;
}

/** What the names of an archive of this path begin with: tar takes the leading slash away. */
export const archivePrefix = (path: string): string =>
  withoutShortcuts(withoutSlash(posix.normalize(path.replace(/^[/\\]+/, ''))));

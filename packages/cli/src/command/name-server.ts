import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';

const linesOf = (path: string): readonly string[] => {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch {
    return []; // Go goes by its defaults, too
  }
};

/** A name that Go would ask a server for. */
const domainName =
  /^(?=.{1,253}\.?$)(?=.*[a-z_-])([\w]([\w-]{0,61}[\w])?)(\.[\w]([\w-]{0,61}[\w])?)*\.?$/i;

/** ` on ADDRESS:53` of the server that Go's resolver asks first, as its errors have it; nothing where it asks none. */
export function onNameServer(
  name: string,
  resolverLines: readonly string[] = linesOf('/etc/resolv.conf'),
  switchLines: readonly string[] = linesOf('/etc/nsswitch.conf'),
): string {
  const sources = switchLines.find((line) => /^\s*hosts\s*:/.test(line))?.replace(/#.*/, '');
  const asksFilesAlone = sources !== undefined && /^\s*hosts\s*:\s*files\s*$/.test(sources);
  if (!domainName.test(name) || /\.onion\.?$/i.test(name) || asksFilesAlone) return '';
  const address = resolverLines
    .map((line) => line.split(/\s+/))
    .find(([word, given = '']) => word === 'nameserver' && isIP(given.replace(/%.*/, '')))?.[1];
  const server = address ?? '127.0.0.1';
  return ` on ${server.includes(':') ? `[${server}]` : server}:53`;
}

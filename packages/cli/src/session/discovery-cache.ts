import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Discovery } from './discovery.ts';
import { keepFile } from './keep-file.ts';
import type { Session } from './session.ts';

/** What a server serves is remembered for so long, as kubectl does. */
const keptMs = 6 * 3_600_000;
/** The form of the file: another one is not read. */
const form = 1;

interface Kept {
  readonly form: number;
  readonly groups: Discovery['groups'];
  readonly resources: Discovery['resources'];
}

/** Beside what kubectl keeps of the server. */
function fileOf(session: Session): string {
  const host = session.rest().url.replace(/^https?:\/\//, '');
  const folder = host.replaceAll(/[^(\w/.)]/g, '_');
  return join(cacheFolder(session, 'discovery'), folder, 'coxswain.json');
}

/** Where kubectl keeps what it has learned of servers. */
export const cacheFolder = (
  { global, env }: Pick<Session, 'global' | 'env'>,
  name: 'discovery' | 'http',
): string =>
  join(
    global['cache-dir'] || env['KUBECACHEDIR'] || join(env['HOME'] ?? homedir(), '.kube/cache'),
    name,
  );

/** What is remembered of the server, unless it is too old. */
export function keptDiscovery(session: Session): Discovery | undefined {
  const path = fileOf(session);
  try {
    if (session.world.clock.now() - statSync(path).mtimeMs > keptMs) return undefined;
    const { form: its, groups, resources } = JSON.parse(readFileSync(path, 'utf8')) as Kept;
    return its === form ? { groups, resources, failures: new Map(), isKept: true } : undefined;
  } catch {
    return undefined; // not there, or not whole
  }
}

/** Remembers it, if all of it was answered. */
export function keepDiscovery(session: Session, { groups, resources, failures }: Discovery): void {
  if (failures.size > 0) return;
  keepFile(fileOf(session), JSON.stringify({ form, groups, resources } satisfies Kept));
}

import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Discovery } from './discovery.ts';
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

/** Remembers it, if all of it was answered. A folder that cannot be written to is left alone. */
export function keepDiscovery(session: Session, { groups, resources, failures }: Discovery): void {
  if (failures.size > 0) return;
  const path = fileOf(session);
  const beside = `${path}.${process.pid}`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o750 });
    writeFileSync(beside, JSON.stringify({ form, groups, resources } satisfies Kept), {
      mode: 0o660,
    });
    renameSync(beside, path);
  } catch {
    // It is asked again the next time.
  }
}

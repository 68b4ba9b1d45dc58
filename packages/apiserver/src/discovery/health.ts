import type { Request, Response } from '../chain/station.ts';
import type { Engine } from '../rest/engine.ts';
import { pageNotFound, textResponse } from '../rest/not-found.ts';

type Check = (engine: Engine) => Promise<void>;

const named: Readonly<Record<string, Check>> = {
  ping: async () => {},
  log: async () => {},
  etcd: async ({ storage }) => void (await storage.current()),
  'etcd-readiness': async ({ storage }) => void (await storage.current()),
  'informer-sync': async ({ cache }) => void (await cache.level()),
};
const readyOnly = new Set(['etcd-readiness', 'informer-sync']);

/** The checks behind `/healthz`, `/livez` or `/readyz`, in their order. */
export const checks = (path: string): readonly string[] =>
  Object.keys(named).filter((name) => path === 'readyz' || !readyOnly.has(name));

/** Answers the health paths: all checks, or one by its name; `?verbose` shows each, `?exclude=` leaves some out. */
export function health(
  engine: Engine,
): (path: string, rest: readonly string[], request: Request) => Promise<Response> {
  return async (path, rest, { query }) => {
    const all = checks(path);
    const one = rest.join('/');
    if (one && !all.includes(one)) return pageNotFound();
    const excluded = new Set(query.getAll('exclude'));
    const lines: string[] = [];
    const failed: string[] = [];
    for (const name of one ? [one] : all) {
      if (excluded.delete(name)) lines.push(`[+]${name} excluded: ok\n`);
      else if (await passes(engine, named[name]!)) lines.push(`[+]${name} ok\n`);
      else {
        failed.push(name);
        lines.push(`[-]${name} failed: reason withheld\n`);
      }
    }
    if (excluded.size > 0) {
      const names = [...excluded].map((name) => JSON.stringify(name)).join(', ');
      lines.push(`warn: some health checks cannot be excluded: no matches for ${names}\n`);
    }
    if (failed.length > 0) return textResponse(500, `${lines.join('')}${path} check failed\n`);
    return textResponse(
      200,
      query.has('verbose') ? `${lines.join('')}${path} check passed\n` : 'ok',
    );
  };
}

async function passes(engine: Engine, check: Check): Promise<boolean> {
  try {
    await check(engine);
    return true;
  } catch (error) {
    engine.world.log.named('apiserver').error('health check failed', error);
    return false;
  }
}

import type { World } from '@coxswain/base';
import type { Storage } from '@coxswain/storage';

/**
 * Moves the watch horizon every `everyMs` to where the store stood one interval before, so that every revision can
 * be listed and watched from for at least that long (upstream: --etcd-compaction-interval; 0 turns it off).
 */
export async function runCompaction(
  storage: Storage,
  world: World,
  everyMs: number,
  signal: AbortSignal,
): Promise<void> {
  if (everyMs === 0) return;
  let horizon = await storage.current();
  while (!signal.aborted) {
    await world.clock.sleep(everyMs, signal).catch(() => {});
    if (signal.aborted) return;
    const current = await storage.current();
    await storage
      .compact(horizon)
      .catch((error: unknown) => world.log.error('compaction failed', error));
    horizon = current;
  }
}

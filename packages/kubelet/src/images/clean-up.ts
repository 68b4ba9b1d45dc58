import type { Kubelet } from '../kubelet.ts';
import type { RuntimeImage } from '../runtime.ts';

const lookMs = 300_000;
const highPercent = 85;
const lowPercent = 80;
const ageMinMs = 120_000;

/** How full the disk is that holds the images. */
export interface DiskUse {
  readonly capacityBytes: number;
  readonly availableBytes: number;
}

/** Which images to remove, the one unused the longest first, until enough is freed. Pure. */
export function spentImages(
  images: readonly RuntimeImage[],
  used: ReadonlySet<string>,
  lastUsedMs: ReadonlyMap<string, number>,
  { capacityBytes, availableBytes }: DiskUse,
  nowMs: number,
): readonly RuntimeImage[] {
  const usagePercent = 100 - Math.floor((availableBytes * 100) / capacityBytes);
  if (usagePercent < highPercent) return [];
  let toFree = (capacityBytes * (100 - lowPercent)) / 100 - availableBytes;
  const spent: RuntimeImage[] = [];
  const candidates = images
    .filter(({ id, isPinned }) => !isPinned && !used.has(id))
    .filter(({ id }) => nowMs - (lastUsedMs.get(id) ?? nowMs) >= ageMinMs)
    .toSorted((a, b) => (lastUsedMs.get(a.id) ?? 0) - (lastUsedMs.get(b.id) ?? 0));
  for (const image of candidates) {
    if (toFree <= 0) break;
    spent.push(image);
    toFree -= image.sizeBytes;
  }
  return spent;
}

/** Removes unused images when their disk is 85 % full, down to 80 %; looked at every five minutes. */
export function cleanUpImages(
  diskUse: () => Promise<DiskUse>,
): (kubelet: Kubelet, signal: AbortSignal) => Promise<void> {
  const lastUsedMs = new Map<string, number>();
  return async ({ pods, context }, signal) => {
    const { world, runtime } = context;
    while (!signal.aborted) {
      await world.clock.sleep(lookMs, signal);
      try {
        const nowMs = world.clock.now();
        const images = await runtime.images(signal);
        const used = new Set(
          [...pods.all.values()].flatMap((worker) =>
            worker.observed.containers.map(({ imageRef }) => imageRef),
          ),
        );
        for (const { id } of images)
          if (used.has(id) || !lastUsedMs.has(id)) lastUsedMs.set(id, nowMs);
        for (const { id } of spentImages(images, used, lastUsedMs, await diskUse(), nowMs)) {
          await runtime.removeImage(id, signal);
          lastUsedMs.delete(id);
        }
      } catch (error) {
        signal.throwIfAborted();
        world.log.warn('images not cleaned up', { error: String(error) });
      }
    }
  };
}

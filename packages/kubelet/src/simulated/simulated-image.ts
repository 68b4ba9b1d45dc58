import type { RuntimeImage } from '../runtime.ts';

const imageBytes = 10_000_000;

/** What a registry of the simulation has under that name: everything but what is named as missing. */
export const simulatedImage = (image: string): RuntimeImage | undefined =>
  image.includes('does-not-exist')
    ? undefined
    : {
        id: `simulated:${image}`,
        repoTags: [image],
        repoDigests: [],
        sizeBytes: imageBytes,
        isPinned: false,
      };

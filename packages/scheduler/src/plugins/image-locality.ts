import type { Pod } from '@coxswain/api/types/core-v1';
import type { SchedulerPlugin } from '../framework/plugin.ts';

const mebibyte = 2 ** 20;
/** Below this sum an image at hand is worth nothing, above that of each container nothing more. */
const leastBytes = 23 * mebibyte;
const mostBytesEach = 1000 * mebibyte;

interface Wanted {
  /** Bytes by image, scaled by the share of nodes that have it, so that not all pods go to one node. */
  readonly images: readonly string[];
  readonly spread: ReadonlyMap<string, number>;
  readonly containers: number;
}

/** With a tag: `nginx` is `nginx:latest`. */
const tagged = (image: string): string =>
  image.lastIndexOf(':') <= image.lastIndexOf('/') ? `${image}:latest` : image;

const imagesOf = ({ spec }: Pod): readonly string[] => [
  ...[...(spec.initContainers ?? []), ...spec.containers].map(({ image = '' }) => tagged(image)),
  ...(spec.volumes ?? []).flatMap(({ image }) => (image ? [tagged(image.reference ?? '')] : [])),
];

/** Prefers nodes that have the pod's images already. */
export const imageLocality: SchedulerPlugin<undefined, Wanted> = {
  name: 'ImageLocality',
  wakeOn: [],
  scoring: {
    weight: 1,
    prepare(pod, _choice, { nodes, imageOn }) {
      const images = imagesOf(pod);
      const spread = new Map<string, number>();
      let bytesMax = 0;
      for (const image of images) {
        const on = imageOn(image);
        if (on.nodes === 0) continue;
        spread.set(image, on.nodes / nodes.size);
        bytesMax += on.bytesMax * (on.nodes / nodes.size);
      }
      if (bytesMax <= leastBytes) return undefined; // worth nothing anywhere
      const { containers, initContainers = [] } = pod.spec;
      return { images, spread, containers: containers.length + initContainers.length };
    },
    score({ images, spread, containers }, info) {
      const sum = images.reduce(
        (total, image) =>
          total + Math.trunc((info.images.get(image) ?? 0) * (spread.get(image) ?? 0)),
        0,
      );
      const most = mostBytesEach * containers;
      const within = Math.min(Math.max(sum, leastBytes), most);
      return Math.trunc((100 * (within - leastBytes)) / (most - leastBytes));
    },
  },
};

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
  likeness: (pod, { nodes, nodesWith }) =>
    `${nodes.size} ${imagesOf(pod)
      .map((image) => `${image} ${nodesWith(image)}`)
      .join()}`,
  scoring: {
    weight: 1,
    prepare(pod, _feasible, { nodes, nodesWith }) {
      const images = imagesOf(pod);
      const spread = new Map<string, number>();
      for (const image of new Set(images)) {
        const having = nodesWith(image);
        if (having > 0) spread.set(image, having / nodes.size);
      }
      const { containers, initContainers = [] } = pod.spec;
      const count = containers.length + initContainers.length;
      return spread.size === 0 ? undefined : { images, spread, containers: count };
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

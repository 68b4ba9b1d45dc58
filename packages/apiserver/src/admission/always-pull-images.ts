import { fieldErrorText, Pods } from '@coxswain/api';
import type { Container, Pod } from '@coxswain/api/types/core-v1';
import { notSupported } from '../kinds/rules/field.ts';
import type { Admission, AdmissionPlugin } from './plugin.ts';
import { aggregateText, isWrite, plainError, refuse } from './refuse.ts';

const always = 'Always';
const lists = ['initContainers', 'containers', 'ephemeralContainers'] as const;

/** Every image is pulled anew, so that only who may pull it can run it. */
export const alwaysPullImages: AdmissionPlugin = {
  name: 'AlwaysPullImages',
  handles: (admission) => isWrite(admission, Pods, ['CREATE', 'UPDATE']) && bringsImages(admission),
  mutate({ object }) {
    const pod = object as Pod;
    const pulling = <T extends Pick<Container, 'name'>>(all: readonly T[] | undefined) =>
      all?.map((each) => ({ ...each, imagePullPolicy: always }));
    const { containers, initContainers, ephemeralContainers, volumes } = pod.spec;
    return {
      ...pod,
      spec: {
        ...pod.spec,
        containers: pulling(containers)!,
        ...(initContainers && { initContainers: pulling(initContainers)! }),
        ...(ephemeralContainers && { ephemeralContainers: pulling(ephemeralContainers)! }),
        ...(volumes && {
          volumes: volumes.map((each) =>
            each.image ? { ...each, image: { ...each.image, pullPolicy: always } } : each,
          ),
        }),
      },
    };
  },
  validate(admission) {
    const { spec } = admission.object as Pod;
    const wrong = [
      ...lists.flatMap((list) =>
        (spec[list] ?? []).map(
          ({ imagePullPolicy }, at) =>
            [`spec.${list}[${at}].imagePullPolicy`, imagePullPolicy] as const,
        ),
      ),
      ...(spec.volumes ?? []).flatMap(({ image }, at) =>
        image ? [[`spec.volumes[${at}].image.pullPolicy`, image.pullPolicy] as const] : [],
      ),
    ]
      .filter(([, policy]) => policy !== always)
      .map(([path, policy]) => fieldErrorText(notSupported(path, policy ?? '', [always])));
    if (wrong.length > 0)
      throw plainError(aggregateText(wrong.map((text) => refuse(admission, text).message)));
  },
};

const imagesOf = ({ spec }: Pod): readonly (string | undefined)[] =>
  lists.flatMap((list) => (spec[list] ?? []).map(({ image }) => image));

/** An update that names no new image leaves the pod as it is. */
function bringsImages({ operation, object, before }: Admission): boolean {
  if (operation !== 'UPDATE') return true;
  const known = imagesOf(before as Pod);
  return imagesOf(object as Pod).some((image) => !known.includes(image));
}

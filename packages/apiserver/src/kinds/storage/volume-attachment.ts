import { VolumeAttachments } from '@coxswain/api';
import type { VolumeAttachment } from '@coxswain/api/types/storage-v1';
import type { Kind } from '../kind.ts';
import { ageColumn, nameColumn, textColumn } from '../rules/columns.ts';
import { required, type Rules } from '../rules/field.ts';
import { immutable } from '../rules/meta.ts';
import { splitStatus } from '../rules/split.ts';

const split = splitStatus<VolumeAttachment>({ attached: false });

function* rules({ spec }: VolumeAttachment): Rules {
  if (!spec.attacher) yield required('spec.attacher');
  if (!spec.nodeName) yield required('spec.nodeName');
  if (!spec.source?.persistentVolumeName && !spec.source?.inlineVolumeSpec)
    yield required(
      'spec.source',
      'must specify exactly one of inlineVolumeSpec and persistentVolumeName',
    );
}

/** Asks that a volume be attached to a node. */
export const volumeAttachmentKind: Kind<VolumeAttachment> = {
  resource: VolumeAttachments,
  generation: false,
  ...split,
  validate: rules,
  *validateUpdate(next, before) {
    yield* immutable('spec', next.spec, before.spec);
  },
  columns: [
    nameColumn,
    {
      ...textColumn('Attacher', 'Who attaches it.', ({ spec }: VolumeAttachment) => spec.attacher),
      format: 'name',
    },
    textColumn('PV', 'The volume.', ({ spec }) => spec.source?.persistentVolumeName ?? ''),
    textColumn('Node', 'The node.', ({ spec }) => spec.nodeName),
    {
      name: 'Attached',
      type: 'boolean',
      description: 'Whether it is attached.',
      value: ({ status }) => status?.attached ?? false,
    },
    ageColumn,
  ],
};

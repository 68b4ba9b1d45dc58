import { VolumeAttachments } from '@coxswain/api';
import type { VolumeAttachment } from '@coxswain/api/types/storage-v1';
import type { Kind } from '../kind.ts';
import { ageColumn, nameColumn, textColumn } from '../rules/columns.ts';
import {
  allInvalid,
  forbiddenField,
  int32Max,
  invalidValue,
  rangeText,
  required,
  tooLong,
  type Rules,
} from '../rules/field.ts';
import { immutable } from '../rules/meta.ts';
import { bytesOf, dns1123Subdomain } from '../rules/name.ts';
import { splitStatus } from '../rules/split.ts';
import { csiDriverName } from '../rules/volume.ts';

const split = splitStatus<VolumeAttachment>({ attached: false }, 'kept from status');
const metadataBytesMax = 256 * 1024;
const messageMax = 1024;
const exactlyOne = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName';

function* rules({ spec, status }: VolumeAttachment): Rules {
  const { persistentVolumeName: volume, inlineVolumeSpec: inline } = spec.source ?? {};
  yield* csiDriverName('spec.attacher', spec.attacher ?? '');
  if (inline === undefined && volume === undefined) yield required('spec.source', exactlyOne);
  else if (inline !== undefined && volume !== undefined)
    yield forbiddenField('spec.source', exactlyOne);
  else if (volume === '')
    yield required(
      'spec.source.persistentVolumeName',
      'must specify non empty persistentVolumeName',
    );
  yield* allInvalid('spec.nodeName', spec.nodeName ?? '', dns1123Subdomain(spec.nodeName ?? ''));
  const pairs = Object.entries(status?.attachmentMetadata ?? {});
  const bytes = pairs.reduce((sum, [key, value]) => sum + bytesOf(key) + bytesOf(value), 0);
  if (bytes > metadataBytesMax) yield tooLong('status.attachmentMetadata', metadataBytesMax);
  for (const field of ['attachError', 'detachError'] as const) {
    const { message = '', errorCode } = status?.[field] ?? {};
    // Upstream tells the other limit.
    if (bytesOf(message) > messageMax) yield tooLong(`status.${field}.message`, metadataBytesMax);
    if (errorCode !== undefined && errorCode < 0)
      yield invalidValue(`status.${field}.errorCode`, errorCode, rangeText(0, int32Max));
  }
  if (volume !== undefined)
    yield* allInvalid('spec.source.persistentVolumeName', volume, dns1123Subdomain(volume));
}

function* updateRules(next: VolumeAttachment, before: VolumeAttachment): Rules {
  yield* rules(next);
  yield* immutable('spec', next.spec, before.spec);
}

/** Asks that a volume be attached to a node. */
export const volumeAttachmentKind: Kind<VolumeAttachment> = {
  resource: VolumeAttachments,
  allowUnconditionalUpdate: false,
  generation: false,
  ...split,
  validate: rules,
  validateUpdate: updateRules,
  status: { ...split.status, validateUpdate: updateRules },
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

import { CSIDrivers } from '@coxswain/api';
import type { CSIDriver, TokenRequest } from '@coxswain/api/types/storage-v1';
import type { Column, Kind, KindContext } from '../kind.ts';
import { ageColumn, nameColumn, textColumn } from '../rules/columns.ts';
import { equal } from '../rules/equal.ts';
import { duplicate, invalidValue, notSupported, type Rules } from '../rules/field.ts';
import { immutable } from '../rules/meta.ts';

const flag = (
  name: string,
  description: string,
  value: (object: CSIDriver) => boolean,
): Column<CSIDriver> => ({
  name,
  type: 'boolean',
  description,
  value,
});

const fsGroupPolicies = ['File', 'None', 'ReadWriteOnceWithFSType'];
const modes = ['Persistent', 'Ephemeral'];
const shortestSeconds = 600;
const longestSeconds = 2 ** 32;
const updatePeriodMin = 10;
const tokensWarning =
  'spec.serviceAccountTokenInSecrets is unset; if supported by this CSI driver, set to true to prevent possible logging of tokens in volume attributes';

function* tokenRules(path: string, requests: readonly TokenRequest[]): Rules {
  const audiences = new Set<string>();
  for (const [index, { audience = '', expirationSeconds: seconds }] of requests.entries()) {
    const at = `${path}[${index}]`;
    if (audiences.has(audience)) {
      yield duplicate(`${at}.audience`, audience);
      continue;
    }
    audiences.add(audience);
    if (seconds === undefined) continue;
    if (seconds < shortestSeconds)
      yield invalidValue(
        `${at}.expirationSeconds`,
        seconds,
        'may not specify a duration less than 10 minutes',
      );
    if (seconds > longestSeconds)
      yield invalidValue(
        `${at}.expirationSeconds`,
        seconds,
        'may not specify a duration larger than 2^32 seconds',
      );
  }
}

function* rules({ spec }: CSIDriver): Rules {
  const { fsGroupPolicy, tokenRequests = [], nodeAllocatableUpdatePeriodSeconds: period } = spec;
  if (fsGroupPolicy !== undefined && !fsGroupPolicies.includes(fsGroupPolicy))
    yield notSupported('spec.fsGroupPolicy', fsGroupPolicy, fsGroupPolicies);
  yield* tokenRules('spec.tokenRequests', tokenRequests);
  for (const mode of spec.volumeLifecycleModes ?? [])
    if (!modes.includes(mode)) yield notSupported('spec.volumeLifecycleModes', mode, modes);
  if (period !== undefined && period < updatePeriodMin)
    yield invalidValue(
      'spec.nodeAllocatableUpdatePeriodSeconds',
      period,
      'must be greater than or equal to 10 seconds',
    );
  if (spec.serviceAccountTokenInSecrets !== undefined && !tokenRequests.length)
    yield invalidValue(
      'spec.serviceAccountTokenInSecrets',
      spec.serviceAccountTokenInSecrets,
      'serviceAccountTokenInSecrets is set but no tokenRequests are specified',
    );
}

/** The field of a feature that is off is dropped, unless it was there before. */
function prepared(next: CSIDriver, before: CSIDriver | undefined, context: KindContext): CSIDriver {
  const { preventPodSchedulingIfMissing: wanted, ...spec } = next.spec;
  const isKept =
    wanted === undefined ||
    context.enabled('VolumeLimitScaling') ||
    before?.spec.preventPodSchedulingIfMissing !== undefined;
  return isKept ? next : { ...next, spec };
}

/** What a storage driver needs and can do. */
export const csiDriverKind: Kind<CSIDriver> = {
  resource: CSIDrivers,
  allowUnconditionalUpdate: false,
  defaults: (draft, context) => {
    const spec = (draft.spec ??= {});
    spec.attachRequired ??= true;
    spec.podInfoOnMount ??= false;
    spec.storageCapacity ??= false;
    spec.fsGroupPolicy ??= 'ReadWriteOnceWithFSType';
    if (!spec.volumeLifecycleModes?.length) spec.volumeLifecycleModes = ['Persistent'];
    spec.requiresRepublish ??= false;
    spec.seLinuxMount ??= false;
    if (context.enabled('VolumeLimitScaling')) spec.preventPodSchedulingIfMissing ??= false;
  },
  // Upstream counts from the first update on.
  prepareForCreate: (object, context) => {
    const { generation: _, ...metadata } = object.metadata;
    return prepared({ ...object, metadata }, undefined, context);
  },
  prepareForUpdate: prepared,
  validate: rules,
  *validateUpdate(next, before) {
    yield* rules(next);
    // Upstream's own spelling of the first.
    yield* immutable('spec.attachedRequired', next.spec.attachRequired, before.spec.attachRequired);
    yield* immutable(
      'spec.volumeLifecycleModes',
      next.spec.volumeLifecycleModes,
      before.spec.volumeLifecycleModes,
    );
  },
  *warnings({ spec }, before) {
    const isNew = !before || !equal(before.spec.tokenRequests, spec.tokenRequests);
    if (isNew && spec.tokenRequests?.length && spec.serviceAccountTokenInSecrets === undefined)
      yield tokensWarning;
  },
  columns: [
    nameColumn,
    flag(
      'AttachRequired',
      'Whether volumes must be attached first.',
      ({ spec }) => spec.attachRequired ?? true,
    ),
    flag(
      'PodInfoOnMount',
      'Whether it wants to know the pod.',
      ({ spec }) => spec.podInfoOnMount ?? false,
    ),
    flag(
      'StorageCapacity',
      'Whether it tells how much room it has.',
      ({ spec }) => spec.storageCapacity ?? false,
    ),
    textColumn('TokenRequests', 'Whose tokens it wants.', ({ spec }) =>
      spec.tokenRequests ? spec.tokenRequests.map(({ audience }) => audience).join(',') : '<unset>',
    ),
    flag(
      'RequiresRepublish',
      'Whether it wants to be called again and again.',
      ({ spec }) => spec.requiresRepublish ?? false,
    ),
    textColumn(
      'Modes',
      'The kinds of volumes it makes.',
      ({ spec }) => (spec.volumeLifecycleModes ?? []).join(',') || '<none>',
    ),
    ageColumn,
  ],
};

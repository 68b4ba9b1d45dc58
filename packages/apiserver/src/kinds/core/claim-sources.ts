import type { PersistentVolumeClaim, PersistentVolumeClaimSpec } from '@coxswain/api/types/core-v1';
import type { KindContext } from '../kind.ts';

const oldSources = ['/PersistentVolumeClaim', 'snapshot.storage.k8s.io/VolumeSnapshot'];

/**
 * The claim with the two fields that say where its data comes from made one: each is filled from the other. What the older
 * field never could name is dropped in silence there, as it was before the newer one came.
 */
export function withSources(
  claim: PersistentVolumeClaim,
  before: PersistentVolumeClaim | undefined,
  { enabled }: KindContext,
): PersistentVolumeClaim {
  const { dataSource, dataSourceRef, ...rest } = claim.spec;
  const old = before?.spec;
  const mayCross = enabled('CrossNamespaceVolumeDataSource') || old?.dataSourceRef !== undefined;
  const ref = dataSourceRef?.namespace && !mayCross ? undefined : dataSourceRef;
  const had = old?.dataSource !== undefined || old?.dataSourceRef !== undefined;
  const isKnown =
    dataSource && oldSources.includes(`${dataSource.apiGroup ?? ''}/${dataSource.kind}`);
  const source = had || ref || isKnown ? dataSource : undefined;
  const both = joined(source, ref);
  return { ...claim, spec: { ...rest, ...both } };
}

type Sources = Pick<PersistentVolumeClaimSpec, 'dataSource' | 'dataSourceRef'>;

function joined(
  source: Sources['dataSource'] | undefined,
  ref: Sources['dataSourceRef'] | undefined,
): Sources {
  if (source && ref) return { dataSource: source, dataSourceRef: ref };
  if (source) return { dataSource: source, dataSourceRef: source };
  if (!ref) return {};
  const { namespace, ...local } = ref;
  return namespace ? { dataSourceRef: ref } : { dataSource: local, dataSourceRef: ref };
}

import { type Change, drop, keep } from '../draft.ts';

/** The labels of the pods were selector, and labels of the whole, where nothing was said. */
const selectorOfTemplate: Change = ({ metadata, spec }, tell) => {
  const labels = spec?.template?.metadata?.labels as unknown;
  if (!labels || typeof labels !== 'object') return;
  if (!spec.selector) {
    spec.selector = { matchLabels: { ...labels } };
    tell('selector');
  }
  if (Object.keys(metadata?.labels ?? {}).length === 0) {
    metadata.labels = { ...labels };
    tell('labels');
  }
};

/** A rolling update by what extensions/v1beta1 did without being told; it knew no deadline and kept all revisions. */
const rollingByOne: Change = ({ spec }, tell) => {
  if ((spec.strategy?.type ?? 'RollingUpdate') !== 'RollingUpdate') return;
  keep(spec, 'strategy.rollingUpdate.maxUnavailable', 1, tell, 'spec.');
  keep(spec, 'strategy.rollingUpdate.maxSurge', 1, tell, 'spec.');
};

const noDeadline: Change = ({ spec }, tell) => {
  keep(spec, 'progressDeadlineSeconds', 2_147_483_647, tell, 'spec.');
  keep(spec, 'revisionHistoryLimit', 2_147_483_647, tell, 'spec.');
};

const twoRevisions: Change = ({ spec }, tell) =>
  keep(spec, 'revisionHistoryLimit', 2, tell, 'spec.');

const updatedOnDelete: Change = ({ spec }, tell) =>
  keep(spec, 'updateStrategy.type', 'OnDelete', tell, 'spec.');

const withoutRollback: Change = ({ spec }, tell) => drop(spec, 'rollbackTo', tell, 'spec.');

const withoutGeneration: Change = ({ spec }, tell) =>
  drop(spec, 'templateGeneration', tell, 'spec.');

/** By kind, and by the version that is left. */
export const workloadChanges: Readonly<Record<string, readonly Change[]>> = {
  'extensions/v1beta1 Deployment': [selectorOfTemplate, rollingByOne, noDeadline, withoutRollback],
  'extensions/v1beta1 DaemonSet': [selectorOfTemplate, updatedOnDelete, withoutGeneration],
  'extensions/v1beta1 ReplicaSet': [selectorOfTemplate],
  'apps/v1beta1 Deployment': [selectorOfTemplate, twoRevisions, withoutRollback],
  'apps/v1beta1 StatefulSet': [selectorOfTemplate, updatedOnDelete],
};

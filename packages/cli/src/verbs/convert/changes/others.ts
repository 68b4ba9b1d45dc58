import { type Change, type Draft, drop, each, keep, rename } from '../draft.ts';

const zoneLabel = 'topology.kubernetes.io/zone';
const hostLabel = 'kubernetes.io/hostname';

/** v1 names zone and node in fields, and keeps the rest of the topology as it was. */
export const endpointSlice: Change = (slice, tell) => {
  if (slice['addressType'] === 'IP') {
    const isSix = each(slice['endpoints']).some(({ addresses }) =>
      String(addresses?.[0]).includes(':'),
    );
    slice['addressType'] = isSix ? 'IPv6' : 'IPv4';
    tell('replaced', { field: 'addressType', from: 'IP', to: slice['addressType'] });
  }
  for (const [at, endpoint] of each(slice['endpoints']).entries()) {
    if (!endpoint['topology']) continue;
    const { [zoneLabel]: zone, [hostLabel]: host, ...rest } = endpoint['topology'] as Draft;
    delete endpoint['topology'];
    if (zone !== undefined) endpoint['zone'] = zone;
    if (host !== undefined) endpoint['nodeName'] ??= host;
    const left =
      host === undefined || host === endpoint['nodeName'] ? rest : { ...rest, [hostLabel]: host };
    if (Object.keys(left).length > 0) endpoint['deprecatedTopology'] = left;
    tell('topology', { field: `endpoints[${at}].topology` });
  }
};

const matchNone = 'pdb.kubernetes.io/deprecated-v1beta1-empty-selector-match';

/** An empty selector meant no pod; in policy/v1 it means every pod. */
export const disruptionBudget: Change = ({ spec }, tell) => {
  if (!spec?.selector || Object.keys(spec.selector).length > 0) return;
  spec.selector = { matchExpressions: [{ key: matchNone, operator: 'Exists' }] };
  tell('matches-none');
};

/** A name that nobody signs for, where the signer has to be chosen by someone. */
const signerToChoose = 'example.com/choose-a-signer';

/** v1 has neither the signer of old nor one by default; for clients of the API it is known which is meant. */
export const signingRequest: Change = ({ spec }, tell) => {
  keep(spec, 'usages', ['digital signature', 'key encipherment'], tell, 'spec.');
  if ((spec.signerName ?? legacySigner) !== legacySigner) return;
  const isClient = (spec.usages as string[]).includes('client auth');
  spec.signerName = isClient ? 'kubernetes.io/kube-apiserver-client' : signerToChoose;
  tell(isClient ? 'signer' : 'unknown-signer', { signer: spec.signerName });
};

const legacySigner = 'kubernetes.io/legacy-unknown';

/** Webhooks say all that v1 wants said, with the defaults of v1beta1. */
export const webhooks: Change = (configuration, tell) => {
  for (const [at, webhook] of each(configuration['webhooks']).entries()) {
    const place = `webhooks[${at}].`;
    const { sideEffects } = webhook;
    if (sideEffects !== 'None' && sideEffects !== 'NoneOnDryRun') {
      webhook['sideEffects'] = 'None';
      tell('side-effects', { webhook: String(webhook['name']), from: String(sideEffects ?? '') });
    }
    keep(webhook, 'admissionReviewVersions', ['v1beta1'], tell, place);
    keep(webhook, 'failurePolicy', 'Ignore', tell, place);
    keep(webhook, 'matchPolicy', 'Exact', tell, place);
    keep(webhook, 'timeoutSeconds', 30, tell, place);
  }
};

const defaultShares = 30;

/** v1 calls the shares otherwise, and takes 0 by its word. */
export const priorityLevel: Change = ({ spec }, tell) => {
  const limited = spec?.limited as Draft | undefined;
  if (!limited) return;
  rename(limited, 'assuredConcurrencyShares', 'nominalConcurrencyShares', tell, 'spec.limited.');
  if (limited['nominalConcurrencyShares'] !== 0) return;
  limited['nominalConcurrencyShares'] = defaultShares;
  tell('kept', { field: 'spec.limited.nominalConcurrencyShares', value: defaultShares });
};

export const subjectsByGroup: Change = ({ subjects }, tell) => {
  for (const [at, subject] of each(subjects).entries()) {
    if (subject['apiVersion'] === undefined) continue;
    const group = subject['kind'] === 'ServiceAccount' ? '' : 'rbac.authorization.k8s.io';
    delete subject['apiVersion'];
    if (group) subject['apiGroup'] = group;
    tell('renamed', { from: `subjects[${at}].apiVersion`, to: 'apiGroup' });
  }
};

export const runtimeClass: Change = (object, tell) => {
  const { runtimeHandler, ...rest } = (object['spec'] ?? {}) as Draft;
  delete object['spec'];
  Object.assign(object, { handler: runtimeHandler, ...rest });
  tell('renamed', { from: 'spec.runtimeHandler', to: 'handler' });
};

export const reviewGroups: Change = ({ spec = {} }, tell) =>
  rename(spec, 'group', 'groups', tell, 'spec.');

export const leaseCandidate: Change = ({ spec = {} }, tell) => {
  const { preferredStrategies } = spec;
  if (preferredStrategies === undefined) return;
  delete spec.preferredStrategies;
  spec.strategy = preferredStrategies[0];
  tell('renamed', { from: 'spec.preferredStrategies', to: 'spec.strategy' });
};

export const storageMigration: Change = ({ spec }, tell) => {
  drop(spec?.resource, 'version', tell, 'spec.resource.');
  drop(spec, 'continueToken', tell, 'spec.');
};

export const workload: Change = ({ spec = {} }, tell) => {
  rename(spec, 'podGroups', 'podGroupTemplates', tell, 'spec.');
  for (const [at, group] of each(spec.podGroupTemplates).entries())
    rename(group, 'policy', 'schedulingPolicy', tell, `spec.podGroupTemplates[${at}].`);
};

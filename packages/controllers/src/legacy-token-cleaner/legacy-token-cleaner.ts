import { ConfigMaps, Pods, Secrets, ServiceAccounts } from '@coxswain/api';
import type { ConfigMap, Pod, Secret, ServiceAccount } from '@coxswain/api/types/core-v1';
import type { Controller, Observed } from '@coxswain/control';
import { timeMs } from '../objects/time.ts';

const type = 'kubernetes.io/service-account-token';
const tracking = 'kube-apiserver-legacy-service-account-token-tracking';
const lastUsedLabel = 'kubernetes.io/legacy-token-last-used';
const invalidSinceLabel = 'kubernetes.io/legacy-token-invalid-since';
const dayMs = 86_400_000;
/** Upstream's --legacy-service-account-token-clean-up-period. */
const cleanUpMs = 365 * dayMs;

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
/** The beginning of a day; undefined where the text is none. */
const dayStart = (text: string | undefined): number | undefined => {
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(text ?? '') ? Date.parse(text!) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
};

/** Marks tokens of secrets that nobody has used for a year as invalid, and removes them when nobody minds for another. */
export const legacyTokenCleaner: Controller<Secret> = {
  name: 'legacy-serviceaccount-token-cleaner-controller',
  account: 'legacy-service-account-token-cleaner',
  reconciles: Secrets,
  watches: [{ resource: ConfigMaps }, { resource: ServiceAccounts }, { resource: Pods }],
  writes: [{ resource: Secrets, verbs: ['delete', 'patch'] }],
  plan(secret, observed) {
    if (!secret || secret.type !== type || secret.metadata.deletionTimestamp)
      return { actions: [] };
    const { nowMs } = observed;
    const { labels = {} } = secret.metadata;
    const later = { actions: [], requeueAfterMs: dayMs };
    const isRecent = (ms: number): boolean => dayOf(ms) >= dayOf(nowMs - cleanUpMs);
    const since = trackedSinceMs(observed);
    if (since === undefined || nowMs < since + cleanUpMs) return later;
    const createdMs = timeMs(secret.metadata.creationTimestamp) ?? nowMs;
    if (createdMs >= nowMs - cleanUpMs) return later;
    if (labels[lastUsedLabel] !== undefined) {
      const usedMs = dayStart(labels[lastUsedLabel]);
      if (usedMs === undefined || isRecent(usedMs)) return later;
    }
    if (!isAutomatic(secret, observed) || isMounted(secret, observed)) return later;
    const invalidMs = dayStart(labels[invalidSinceLabel]);
    if (invalidMs === undefined) {
      const patch = {
        metadata: { uid: secret.metadata.uid, labels: { [invalidSinceLabel]: dayOf(nowMs) } },
      };
      return {
        actions: [{ do: 'patch', resource: Secrets, object: secret, type: 'merge', patch }],
        requeueAfterMs: dayMs,
        why: [{ verdict: 'nobody has used it for a year', facts: {} }],
      };
    }
    if (isRecent(invalidMs)) return later;
    return {
      actions: [{ do: 'remove', resource: Secrets, object: secret }],
      why: [{ verdict: 'nobody has minded that it is invalid for a year', facts: {} }],
    };
  },
};

/** When uses were surely noted: from the day after the one that the server wrote down. */
function trackedSinceMs(observed: Observed): number | undefined {
  const start = dayStart(
    observed.get<ConfigMap>(ConfigMaps, tracking, 'kube-system')?.data?.['since'],
  );
  return start === undefined ? undefined : start + dayMs;
}

/** Whether its account lists it: only such secrets did nobody make by hand. */
function isAutomatic({ metadata }: Secret, observed: Observed): boolean {
  const { annotations = {}, name, namespace } = metadata;
  const account = observed.get<ServiceAccount>(
    ServiceAccounts,
    annotations['kubernetes.io/service-account.name'] ?? '',
    namespace,
  );
  const uid = annotations['kubernetes.io/service-account.uid'];
  if (!account || (uid && uid !== account.metadata.uid)) return false;
  return account.secrets?.some((each) => each.name === name) === true;
}

const isMounted = ({ metadata }: Secret, observed: Observed): boolean =>
  observed.all<Pod>(Pods, metadata.namespace).some(({ spec }) => mentions(spec, metadata.name));

const references = new Set(['nodePublishSecretRef', 'secret', 'secretKeyRef', 'secretRef']);

/** Whether a pod's spec names a secret, wherever that may be. */
function mentions(node: unknown, name: string, key = ''): boolean {
  if (typeof node !== 'object' || node === null) return key === 'secretName' && node === name;
  if (Array.isArray(node)) return node.some((each) => mentions(each, name, key));
  const isReference = references.has(key) || key === 'imagePullSecrets';
  if (isReference && (node as { readonly name?: unknown }).name === name) return true;
  return Object.entries(node).some(([word, value]) => mentions(value, name, word));
}

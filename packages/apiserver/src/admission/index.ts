import type { Clock } from '@coxswain/base';
import type { Objects } from '../authz/objects.ts';
import { defaultIngressClass } from './default-ingress-class.ts';
import { defaultStorageClass } from './default-storage-class.ts';
import { defaultTolerationSeconds } from './default-toleration-seconds.ts';
import { namespaceLifecycle } from './namespace-lifecycle.ts';
import { nodeRestriction } from './node-restriction.ts';
import type { AdmissionPlugin } from './plugin.ts';
import { podTopologyLabels } from './pod-topology-labels.ts';
import { priority } from './priority.ts';
import { runtimeClass } from './runtime-class.ts';
import { serviceAccount } from './service-account.ts';
import { storageObjectInUseProtection } from './storage-object-in-use-protection.ts';
import { taintNodesByCondition } from './taint-nodes-by-condition.ts';

export interface AdmissionParts {
  readonly objects: Objects;
  readonly clock: Clock;
}

interface Listed {
  readonly plugin: AdmissionPlugin;
  readonly byDefault: boolean;
}

/** `--default-not-ready-toleration-seconds` and its like. */
const tolerationSeconds = 300;

const on = (plugin: AdmissionPlugin): Listed => ({ plugin, byDefault: true });
const off = (plugin: AdmissionPlugin): Listed => ({ plugin, byDefault: false });

/** Every plugin that there is, in upstream's order. */
const listed = ({ objects, clock }: AdmissionParts): readonly Listed[] => [
  on(namespaceLifecycle),
  on(serviceAccount(objects, clock)),
  off(nodeRestriction(objects)),
  on(taintNodesByCondition),
  on(priority(objects)),
  on(defaultTolerationSeconds({ notReady: tolerationSeconds, unreachable: tolerationSeconds })),
  on(defaultStorageClass(objects)),
  on(storageObjectInUseProtection),
  on(runtimeClass(objects)),
  on(defaultIngressClass(objects)),
  on(podTopologyLabels(objects)),
];

/** Plugins of upstream's that nothing stands behind yet. */
const notYet: ReadonlySet<string> = new Set([
  'AlwaysAdmit',
  'AlwaysDeny',
  'AlwaysPullImages',
  'CertificateApproval',
  'CertificateSigning',
  'CertificateSubjectRestriction',
  'ClusterTrustBundleAttest',
  'DenyServiceExternalIPs',
  'EventRateLimit',
  'ExtendedResourceToleration',
  'ImagePolicyWebhook',
  'LimitPodHardAntiAffinityTopology',
  'LimitRanger',
  'MutatingAdmissionPolicy',
  'MutatingAdmissionWebhook',
  'NamespaceAutoProvision',
  'NamespaceExists',
  'NodeDeclaredFeatureValidator',
  'OwnerReferencesPermissionEnforcement',
  'PersistentVolumeClaimResize',
  'PodNodeSelector',
  'PodSecurity',
  'PodTolerationRestriction',
  'ResourceQuota',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionWebhook',
]);

export interface AdmissionChoice {
  readonly enable: readonly string[];
  readonly disable: readonly string[];
}

/**
 * The plugins that are on, in upstream's order whatever order they are named in: those on by default, and
 * `--enable-admission-plugins` without `--disable-admission-plugins`. Throws on a name that no plugin has, and on one in both lists.
 */
export function admissionPlugins(
  parts: AdmissionParts,
  { enable, disable }: AdmissionChoice,
): readonly AdmissionPlugin[] {
  const all = listed(parts);
  const names = all.map(({ plugin }) => plugin.name);
  for (const [flag, given] of [
    ['enable', enable],
    ['disable', disable],
  ] as const) {
    const unknown = given.find((name) => !names.includes(name) && !notYet.has(name));
    if (unknown !== undefined)
      throw new Error(`${flag}-admission-plugins plugin "${unknown}" is unknown`);
    const missing = flag === 'enable' ? given.find((name) => notYet.has(name)) : undefined;
    if (missing)
      throw new Error(
        `${flag}-admission-plugins plugin "${missing}" is not there yet in this version of Coxswain; known: ${names.join(', ')}`,
      );
  }
  const both = enable.filter((name) => disable.includes(name));
  if (both.length)
    throw new Error(
      `[${both.join(' ')}] in enable-admission-plugins and disable-admission-plugins overlapped`,
    );
  return all
    .filter(
      ({ plugin, byDefault }) =>
        (byDefault || enable.includes(plugin.name)) && !disable.includes(plugin.name),
    )
    .map(({ plugin }) => plugin);
}

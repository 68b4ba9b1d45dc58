import type { ApiHandler } from '@coxswain/api';
import type { Clock } from '@coxswain/base';
import type { Authorizer } from '../authz/authorizer.ts';
import type { Objects } from '../authz/objects.ts';
import { defaultIngressClass } from './default-ingress-class.ts';
import { defaultStorageClass } from './default-storage-class.ts';
import { defaultTolerationSeconds } from './default-toleration-seconds.ts';
import { limitRanger } from './limit-ranger.ts';
import { namespaceLifecycle } from './namespace-lifecycle.ts';
import { nodeRestriction } from './node-restriction.ts';
import type { AdmissionPlugin } from './plugin.ts';
import { podSecurityConfiguration } from './pod-security/configuration.ts';
import { podSecurity } from './pod-security/pod-security.ts';
import { podTopologyLabels } from './pod-topology-labels.ts';
import { priority } from './priority.ts';
import { limitedResources } from './quota/configuration.ts';
import { resourceQuota } from './quota/resource-quota.ts';
import { runtimeClass } from './runtime-class.ts';
import { serviceAccount } from './service-account.ts';
import { storageObjectInUseProtection } from './storage-object-in-use-protection.ts';
import { taintNodesByCondition } from './taint-nodes-by-condition.ts';

/** What a plugin may be made of. */
export interface AdmissionParts {
  readonly objects: Objects;
  readonly clock: Clock;
  /** Asked by plugins that want to know whether the writer may do something else as well. */
  readonly authorizers: readonly Authorizer[];
  /** The server itself, for what plugins write. */
  readonly call: ApiHandler;
}

/** `configuration` is what `--admission-control-config-file` holds for the plugin; makers throw on what is wrong in it. */
type Make = (parts: AdmissionParts, configuration: unknown) => AdmissionPlugin;

interface Listed {
  readonly name: string;
  readonly byDefault: boolean;
  /** Absent: upstream has the plugin, and nothing stands behind it here yet. */
  readonly make: Make | undefined;
}

/** `--default-not-ready-toleration-seconds` and its like. */
const tolerationSeconds = 300;

const on = (name: string, make?: Make): Listed => ({ name, byDefault: true, make });
const off = (name: string, make?: Make): Listed => ({ name, byDefault: false, make });

/** Upstream's plugins, in upstream's order: a new plugin is the second word of its line. */
const listed: readonly Listed[] = [
  off('AlwaysAdmit'),
  off('NamespaceAutoProvision'),
  on('NamespaceLifecycle', () => namespaceLifecycle),
  off('NamespaceExists'),
  off('LimitPodHardAntiAffinityTopology'),
  on('LimitRanger', ({ objects }) => limitRanger(objects)),
  on('ServiceAccount', ({ objects, clock }) => serviceAccount(objects, clock)),
  off('NodeRestriction', ({ objects }) => nodeRestriction(objects)),
  on('TaintNodesByCondition', () => taintNodesByCondition),
  off('AlwaysPullImages'),
  off('ImagePolicyWebhook'),
  on('PodSecurity', ({ objects }, configuration) =>
    podSecurity(objects, podSecurityConfiguration(configuration)),
  ),
  off('PodNodeSelector'),
  on('Priority', ({ objects }) => priority(objects)),
  on('DefaultTolerationSeconds', () =>
    defaultTolerationSeconds({ notReady: tolerationSeconds, unreachable: tolerationSeconds }),
  ),
  off('PodTolerationRestriction'),
  off('EventRateLimit'),
  off('ExtendedResourceToleration'),
  on('DefaultStorageClass', ({ objects }) => defaultStorageClass(objects)),
  on('StorageObjectInUseProtection', () => storageObjectInUseProtection),
  on('PodGroupProtection'),
  off('OwnerReferencesPermissionEnforcement'),
  on('PersistentVolumeClaimResize'),
  on('RuntimeClass', ({ objects }) => runtimeClass(objects)),
  on('CertificateApproval'),
  on('CertificateSigning'),
  on('ClusterTrustBundleAttest'),
  on('CertificateSubjectRestriction'),
  on('DefaultIngressClass', ({ objects }) => defaultIngressClass(objects)),
  off('DenyServiceExternalIPs'),
  on('PodTopologyLabels', ({ objects }) => podTopologyLabels(objects)),
  on('PodGroupWorkloadExists'),
  on('NodeDeclaredFeatureValidator'),
  on('JobValidation'),
  on('PodResizeValidator'),
  on('MutatingAdmissionPolicy'),
  on('MutatingAdmissionWebhook'),
  on('ValidatingAdmissionPolicy'),
  on('ValidatingAdmissionWebhook'),
  on('ResourceQuota', (parts, configuration) =>
    resourceQuota(parts, limitedResources(configuration)),
  ),
  off('AlwaysDeny'),
];

/** What `--enable-admission-plugins` and `--disable-admission-plugins` may name, in upstream's order. */
export const admissionPluginNames: readonly string[] = listed.map(({ name }) => name);

export interface AdmissionChoice {
  readonly enable: readonly string[];
  readonly disable: readonly string[];
  /** By plugin: the objects of `--admission-control-config-file`. */
  readonly configuration?: ReadonlyMap<string, unknown>;
}

/** Throws on a name that no plugin has, on one that cannot be turned on, and on one in both lists; needs no server. */
export function checkAdmissionChoice({ enable, disable }: AdmissionChoice): void {
  for (const [flag, given] of [
    ['enable', enable],
    ['disable', disable],
  ] as const) {
    const unknown = given.find((name) => !admissionPluginNames.includes(name));
    if (unknown !== undefined)
      throw new Error(`${flag}-admission-plugins plugin "${unknown}" is unknown`);
  }
  const missing = listed.find(({ name, make }) => !make && enable.includes(name));
  if (missing)
    throw new Error(
      `enable-admission-plugins plugin "${missing.name}" is not there yet in this version of Coxswain`,
    );
  const both = enable.filter((name) => disable.includes(name));
  if (both.length)
    throw new Error(
      `[${both.join(' ')}] in enable-admission-plugins and disable-admission-plugins overlapped`,
    );
}

/**
 * The plugins that are on, in upstream's order whatever order they are named in: those on by default, and
 * `--enable-admission-plugins` without `--disable-admission-plugins`. Throws on a choice that `checkAdmissionChoice` refuses.
 */
export function admissionPlugins(
  parts: AdmissionParts,
  choice: AdmissionChoice,
): readonly AdmissionPlugin[] {
  checkAdmissionChoice(choice);
  const { enable, disable } = choice;
  return listed
    .filter(
      ({ name, byDefault }) => (byDefault || enable.includes(name)) && !disable.includes(name),
    )
    .flatMap(({ name, make }) => (make ? [make(parts, choice.configuration?.get(name))] : []));
}

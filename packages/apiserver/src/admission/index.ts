import type { ApiHandler } from '@coxswain/api';
import type { Clock } from '@coxswain/base';
import type { Authorizer } from '../authz/authorizer.ts';
import type { Objects } from '../authz/objects.ts';
import type { Versions } from '../rest/versions.ts';
import type { WebhookClient } from '../webhook-client/index.ts';
import { alwaysPullImages } from './always-pull-images.ts';
import { persistentVolumeClaimResize } from './claim-resize.ts';
import { defaultIngressClass } from './default-ingress-class.ts';
import { defaultStorageClass } from './default-storage-class.ts';
import { defaultTolerationSeconds } from './default-toleration-seconds.ts';
import { denyServiceExternalIPs } from './deny-external-ips.ts';
import { eventLimits, eventRateLimit } from './event-rate-limit.ts';
import { extendedResourceToleration } from './extended-resource-toleration.ts';
import { alwaysDeny, silent } from './fixed.ts';
import { limitPodHardAntiAffinityTopology } from './hard-anti-affinity.ts';
import { imagePolicySettings, imagePolicyWebhook } from './image-policy.ts';
import { limitRanger } from './limit-ranger.ts';
import { namespaceLifecycle } from './namespace-lifecycle.ts';
import { namespaceAutoProvision, namespaceExists } from './namespace-presence.ts';
import { nodeRestriction } from './node-restriction.ts';
import { ownerReferencesPermissionEnforcement } from './owner-references.ts';
import type { AdmissionPlugin } from './plugin.ts';
import { nodeSelectors, podNodeSelector } from './pod-node-selector.ts';
import { podSecurityConfiguration } from './pod-security/configuration.ts';
import { podSecurity } from './pod-security/pod-security.ts';
import { podTolerationRestriction, tolerationRestriction } from './pod-toleration-restriction.ts';
import { podTopologyLabels } from './pod-topology-labels.ts';
import { nodeDeclaredFeatureValidator, podResizeValidator } from './pod-updates.ts';
import { mutatingPolicies } from './policy/mutating.ts';
import { validatingPolicies } from './policy/validating.ts';
import { priority } from './priority.ts';
import { limitedResources } from './quota/configuration.ts';
import { resourceQuota } from './quota/resource-quota.ts';
import { runtimeClass } from './runtime-class.ts';
import { serviceAccount } from './service-account.ts';
import {
  certificateApproval,
  certificateSigning,
  certificateSubjectRestriction,
  clusterTrustBundleAttest,
} from './signers.ts';
import { storageObjectInUseProtection } from './storage-object-in-use-protection.ts';
import { taintNodesByCondition } from './taint-nodes-by-condition.ts';
import { mutatingWebhooks } from './webhook/mutating.ts';
import { validatingWebhooks } from './webhook/validating.ts';

export { typeWarnings } from './policy/type-checking.ts';

/** What a plugin may be made of. */
export interface AdmissionParts {
  readonly objects: Objects;
  readonly clock: Clock;
  /** Asked by plugins that want to know whether the writer may do something else as well. */
  readonly authorizers: readonly Authorizer[];
  /** The server itself, for what plugins write. */
  readonly call: ApiHandler;
  readonly versions: Versions;
  /** The way to servers outside. */
  readonly webhooks: WebhookClient;
  /** `--default-not-ready-toleration-seconds` and its like. */
  readonly tolerationSeconds?:
    | { readonly notReady?: number; readonly unreachable?: number }
    | undefined;
}

/** `configuration` is what `--admission-control-config-file` holds for the plugin; makers throw on what is wrong in it. */
type Make = (parts: AdmissionParts, configuration: unknown) => AdmissionPlugin;

interface Listed {
  readonly name: string;
  readonly byDefault: boolean;
  readonly make: Make;
}

const usualTolerationSeconds = { notReady: 300, unreachable: 300 };

const on = (name: string, make: Make): Listed => ({ name, byDefault: true, make });
const off = (name: string, make: Make): Listed => ({ name, byDefault: false, make });

/** Upstream's plugins, in upstream's order: a new plugin is the second word of its line. */
const listed: readonly Listed[] = [
  off('AlwaysAdmit', () => silent('AlwaysAdmit')),
  off('NamespaceAutoProvision', ({ objects, call }) => namespaceAutoProvision(objects, call)),
  on('NamespaceLifecycle', () => namespaceLifecycle),
  off('NamespaceExists', ({ objects }) => namespaceExists(objects)),
  off('LimitPodHardAntiAffinityTopology', () => limitPodHardAntiAffinityTopology),
  on('LimitRanger', ({ objects }) => limitRanger(objects)),
  on('ServiceAccount', ({ objects, clock }) => serviceAccount(objects, clock)),
  off('NodeRestriction', ({ objects }) => nodeRestriction(objects)),
  on('TaintNodesByCondition', () => taintNodesByCondition),
  off('AlwaysPullImages', () => alwaysPullImages),
  off('ImagePolicyWebhook', ({ clock, webhooks }, configuration) =>
    imagePolicyWebhook(imagePolicySettings(configuration), webhooks, clock),
  ),
  on('PodSecurity', ({ objects }, configuration) =>
    podSecurity(objects, podSecurityConfiguration(configuration)),
  ),
  off('PodNodeSelector', (_, configuration) => podNodeSelector(nodeSelectors(configuration))),
  on('Priority', ({ objects }) => priority(objects)),
  on('DefaultTolerationSeconds', ({ tolerationSeconds }) =>
    defaultTolerationSeconds({ ...usualTolerationSeconds, ...tolerationSeconds }),
  ),
  off('PodTolerationRestriction', (_, configuration) =>
    podTolerationRestriction(tolerationRestriction(configuration)),
  ),
  off('EventRateLimit', ({ clock }, configuration) =>
    eventRateLimit(eventLimits(configuration), clock),
  ),
  off('ExtendedResourceToleration', () => extendedResourceToleration),
  on('DefaultStorageClass', ({ objects }) => defaultStorageClass(objects)),
  on('StorageObjectInUseProtection', () => storageObjectInUseProtection),
  on('PodGroupProtection', () => silent('PodGroupProtection')),
  off('OwnerReferencesPermissionEnforcement', ({ authorizers, call }) =>
    ownerReferencesPermissionEnforcement(authorizers, call),
  ),
  on('PersistentVolumeClaimResize', ({ objects }) => persistentVolumeClaimResize(objects)),
  on('RuntimeClass', ({ objects }) => runtimeClass(objects)),
  on('CertificateApproval', ({ authorizers }) => certificateApproval(authorizers)),
  on('CertificateSigning', ({ authorizers }) => certificateSigning(authorizers)),
  on('ClusterTrustBundleAttest', ({ authorizers }) => clusterTrustBundleAttest(authorizers)),
  on('CertificateSubjectRestriction', () => certificateSubjectRestriction),
  on('DefaultIngressClass', ({ objects }) => defaultIngressClass(objects)),
  off('DenyServiceExternalIPs', () => denyServiceExternalIPs),
  on('PodTopologyLabels', ({ objects }) => podTopologyLabels(objects)),
  on('PodGroupWorkloadExists', () => silent('PodGroupWorkloadExists')),
  on('NodeDeclaredFeatureValidator', ({ objects }) => nodeDeclaredFeatureValidator(objects)),
  on('JobValidation', () => silent('JobValidation')),
  on('PodResizeValidator', ({ objects }) => podResizeValidator(objects)),
  on('MutatingAdmissionPolicy', mutatingPolicies),
  on('MutatingAdmissionWebhook', mutatingWebhooks),
  on('ValidatingAdmissionPolicy', validatingPolicies),
  on('ValidatingAdmissionWebhook', validatingWebhooks),
  on('ResourceQuota', (parts, configuration) =>
    resourceQuota(parts, limitedResources(configuration)),
  ),
  off('AlwaysDeny', () => alwaysDeny),
];

/** Reads a plugin's part of `--admission-control-config-file`, undefined when it has none; throws on what is wrong in it. */
const readers: Readonly<Record<string, (file: unknown) => unknown>> = {
  EventRateLimit: eventLimits,
  ImagePolicyWebhook: imagePolicySettings,
  PodNodeSelector: nodeSelectors,
  PodSecurity: podSecurityConfiguration,
  PodTolerationRestriction: tolerationRestriction,
  ResourceQuota: limitedResources,
};

/** What `--enable-admission-plugins` and `--disable-admission-plugins` may name, in upstream's order. */
export const admissionPluginNames: readonly string[] = listed.map(({ name }) => name);

/** Those of them that are on without a flag. */
export const defaultAdmissionPlugins: readonly string[] = listed
  .filter(({ byDefault }) => byDefault)
  .map(({ name }) => name);

export interface AdmissionChoice {
  readonly enable: readonly string[];
  readonly disable: readonly string[];
  /** By plugin: the objects of `--admission-control-config-file`. */
  readonly configuration?: ReadonlyMap<string, unknown>;
}

const isOn = ({ name, byDefault }: Listed, { enable, disable }: AdmissionChoice): boolean =>
  (byDefault || enable.includes(name)) && !disable.includes(name);

/** Throws on a name that no plugin has, on one in both lists, and on a plugin's wrong configuration; needs no server. */
export function checkAdmissionChoice(choice: AdmissionChoice): void {
  const { enable, disable } = choice;
  for (const [flag, given] of [
    ['enable', enable],
    ['disable', disable],
  ] as const) {
    const unknown = given.find((name) => !admissionPluginNames.includes(name));
    if (unknown !== undefined)
      throw new Error(`${flag}-admission-plugins plugin "${unknown}" is unknown`);
  }
  const both = enable.filter((name) => disable.includes(name));
  if (both.length)
    throw new Error(
      `[${both.join(' ')}] in enable-admission-plugins and disable-admission-plugins overlapped`,
    );
  for (const each of listed.filter((one) => isOn(one, choice)))
    try {
      readers[each.name]?.(choice.configuration?.get(each.name));
    } catch (cause) {
      throw new Error(
        `couldn't init admission plugin "${each.name}": ${(cause as Error).message}`,
        { cause },
      );
    }
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
  return listed
    .filter((each) => isOn(each, choice))
    .map(({ name, make }) => make(parts, choice.configuration?.get(name)));
}

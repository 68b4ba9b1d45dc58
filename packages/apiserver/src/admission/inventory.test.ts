/** Every admission plugin of upstream's v1.36 is here. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { admissionPluginNames, defaultAdmissionPlugins } from './index.ts';

/** Upstream's order, `*` where one is on by default. */
const upstream =
  'AlwaysAdmit NamespaceAutoProvision NamespaceLifecycle* NamespaceExists LimitPodHardAntiAffinityTopology LimitRanger* ServiceAccount* NodeRestriction TaintNodesByCondition* AlwaysPullImages ImagePolicyWebhook PodSecurity* PodNodeSelector Priority* DefaultTolerationSeconds* PodTolerationRestriction EventRateLimit ExtendedResourceToleration DefaultStorageClass* StorageObjectInUseProtection* PodGroupProtection* OwnerReferencesPermissionEnforcement PersistentVolumeClaimResize* RuntimeClass* CertificateApproval* CertificateSigning* ClusterTrustBundleAttest* CertificateSubjectRestriction* DefaultIngressClass* DenyServiceExternalIPs PodTopologyLabels* PodGroupWorkloadExists* NodeDeclaredFeatureValidator* JobValidation* PodResizeValidator* MutatingAdmissionPolicy* MutatingAdmissionWebhook* ValidatingAdmissionPolicy* ValidatingAdmissionWebhook* ResourceQuota* AlwaysDeny';

test("admission: upstream's plugins, in upstream's order", () => {
  const names = upstream.split(' ');
  assert.deepEqual(
    admissionPluginNames,
    names.map((name) => name.replace('*', '')),
  );
  const byDefault = names.filter((name) => name.endsWith('*')).map((name) => name.slice(0, -1));
  assert.equal(byDefault.length, 27);
  assert.deepEqual(defaultAdmissionPlugins, byDefault);
});

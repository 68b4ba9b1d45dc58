import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode, groupVersion, type KubeObject, type Resource, typeOf } from '@coxswain/api';
import { builtInKinds } from './index.ts';
import { context } from './testing/index.ts';

/** Group version, resource, kind, scope, short names, categories, verbs, subresources, as upstream's discovery has them. */
const surface = `
v1 bindings Binding ns - - create -
v1 componentstatuses ComponentStatus cluster cs - get,list -
v1 configmaps ConfigMap ns cm - all -
v1 endpoints Endpoints ns ep - all -
v1 events Event ns ev - all -
v1 limitranges LimitRange ns limits - all -
v1 namespaces Namespace cluster ns - no-collection finalize,status
v1 nodes Node cluster no - all proxy,status
v1 persistentvolumeclaims PersistentVolumeClaim ns pvc - all status
v1 persistentvolumes PersistentVolume cluster pv - all status
v1 pods Pod ns po all all attach,binding,ephemeralcontainers,eviction,exec,log,portforward,proxy,resize,status
v1 podtemplates PodTemplate ns - - all -
v1 replicationcontrollers ReplicationController ns rc all all scale,status
v1 resourcequotas ResourceQuota ns quota - all status
v1 secrets Secret ns - - all -
v1 serviceaccounts ServiceAccount ns sa - all token
v1 services Service ns svc all all proxy,status
apiregistration.k8s.io/v1 apiservices APIService cluster - api-extensions all status
apps/v1 controllerrevisions ControllerRevision ns - - all -
apps/v1 daemonsets DaemonSet ns ds all all status
apps/v1 deployments Deployment ns deploy all all scale,status
apps/v1 replicasets ReplicaSet ns rs all all scale,status
apps/v1 statefulsets StatefulSet ns sts all all scale,status
events.k8s.io/v1 events Event ns ev - all -
authentication.k8s.io/v1 selfsubjectreviews SelfSubjectReview cluster - - create -
authentication.k8s.io/v1 tokenreviews TokenReview cluster - - create -
authorization.k8s.io/v1 localsubjectaccessreviews LocalSubjectAccessReview ns - - create -
authorization.k8s.io/v1 selfsubjectaccessreviews SelfSubjectAccessReview cluster - - create -
authorization.k8s.io/v1 selfsubjectrulesreviews SelfSubjectRulesReview cluster - - create -
authorization.k8s.io/v1 subjectaccessreviews SubjectAccessReview cluster - - create -
autoscaling/v2 horizontalpodautoscalers HorizontalPodAutoscaler ns hpa all all status
autoscaling/v1 horizontalpodautoscalers HorizontalPodAutoscaler ns hpa all all status
batch/v1 cronjobs CronJob ns cj all all status
batch/v1 jobs Job ns - all all status
certificates.k8s.io/v1 certificatesigningrequests CertificateSigningRequest cluster csr - all approval,status
networking.k8s.io/v1 ingressclasses IngressClass cluster - - all -
networking.k8s.io/v1 ingresses Ingress ns ing - all status
networking.k8s.io/v1 ipaddresses IPAddress cluster ip - all -
networking.k8s.io/v1 networkpolicies NetworkPolicy ns netpol - all -
networking.k8s.io/v1 servicecidrs ServiceCIDR cluster - - all status
policy/v1 poddisruptionbudgets PodDisruptionBudget ns pdb - all status
rbac.authorization.k8s.io/v1 clusterrolebindings ClusterRoleBinding cluster - - all -
rbac.authorization.k8s.io/v1 clusterroles ClusterRole cluster - - all -
rbac.authorization.k8s.io/v1 rolebindings RoleBinding ns - - all -
rbac.authorization.k8s.io/v1 roles Role ns - - all -
storage.k8s.io/v1 csidrivers CSIDriver cluster - - all -
storage.k8s.io/v1 csinodes CSINode cluster - - all -
storage.k8s.io/v1 csistoragecapacities CSIStorageCapacity ns - - all -
storage.k8s.io/v1 storageclasses StorageClass cluster sc - all -
storage.k8s.io/v1 volumeattachments VolumeAttachment cluster - - all status
storage.k8s.io/v1 volumeattributesclasses VolumeAttributesClass cluster vac - all -
admissionregistration.k8s.io/v1 mutatingadmissionpolicies MutatingAdmissionPolicy cluster - api-extensions all -
admissionregistration.k8s.io/v1 mutatingadmissionpolicybindings MutatingAdmissionPolicyBinding cluster - api-extensions all -
admissionregistration.k8s.io/v1 mutatingwebhookconfigurations MutatingWebhookConfiguration cluster - api-extensions all -
admissionregistration.k8s.io/v1 validatingadmissionpolicies ValidatingAdmissionPolicy cluster - api-extensions all status
admissionregistration.k8s.io/v1 validatingadmissionpolicybindings ValidatingAdmissionPolicyBinding cluster - api-extensions all -
admissionregistration.k8s.io/v1 validatingwebhookconfigurations ValidatingWebhookConfiguration cluster - api-extensions all -
apiextensions.k8s.io/v1 customresourcedefinitions CustomResourceDefinition cluster crd,crds api-extensions all status
scheduling.k8s.io/v1 priorityclasses PriorityClass cluster pc - all -
coordination.k8s.io/v1 leases Lease ns - - all -
node.k8s.io/v1 runtimeclasses RuntimeClass cluster - - all -
discovery.k8s.io/v1 endpointslices EndpointSlice ns - - all -
resource.k8s.io/v1 deviceclasses DeviceClass cluster - - all -
resource.k8s.io/v1 resourceclaims ResourceClaim ns - - all status
resource.k8s.io/v1 resourceclaimtemplates ResourceClaimTemplate ns - - all -
resource.k8s.io/v1 resourceslices ResourceSlice cluster - - all -
flowcontrol.apiserver.k8s.io/v1 flowschemas FlowSchema cluster - - all status
flowcontrol.apiserver.k8s.io/v1 prioritylevelconfigurations PriorityLevelConfiguration cluster - - all status
`
  .trim()
  .split('\n');

const joined = (texts: readonly string[] = []): string => texts.join(',') || '-';

test('the kinds are those of upstream, in the order of its discovery', () => {
  const ours = builtInKinds.map((kind) => {
    const { resource } = kind;
    const subresources = [
      ...(kind.subresources ?? []),
      ...(kind.scale ? ['scale'] : []),
      ...(kind.status ? ['status'] : []),
    ].toSorted();
    const verbs = !kind.verbs
      ? 'all'
      : kind.verbs.length === 7
        ? 'no-collection'
        : kind.verbs.join(',');
    return [
      ...[groupVersion(resource), resource.resource, resource.kind],
      ...[resource.namespaced ? 'ns' : 'cluster', joined(kind.shortNames), joined(kind.categories)],
      ...[verbs, joined(subresources)],
    ].join(' ');
  });
  assert.deepEqual(ours, surface);
});

/** The least that a client can send, as the decoder hands it over. */
const sparse = (resource: Resource): KubeObject =>
  decode(typeOf(groupVersion(resource), resource.kind)!, {
    metadata: { name: 'a', creationTimestamp: '2026-11-21T11:00:00Z' },
  }) as KubeObject;

for (const kind of builtInKinds.filter(({ unstored }) => !unstored))
  test(`${groupVersion(kind.resource)} ${kind.resource.resource}: defaults and columns stand a sparse object`, () => {
    const draft = structuredClone(sparse(kind.resource)) as never;
    kind.defaults?.(draft, context);
    const once = structuredClone(draft);
    kind.defaults?.(draft, context);
    assert.deepEqual(draft, once, 'defaults are filled once');
    const cells = (kind.columns ?? []).map((column) => column.value(draft, context));
    for (const cell of cells)
      assert.ok(['string', 'number', 'boolean'].includes(typeof cell), String(cell));
    for (const of of Object.values(kind.selectableFields ?? {}))
      assert.equal(typeof of(draft), 'string');
    const prepared = kind.prepareForCreate?.(draft, context) ?? draft;
    for (const error of kind.validate?.(prepared, context) ?? [])
      assert.equal(typeof error.field, 'string');
    assert.deepEqual(
      [...(kind.validateUpdate?.(prepared, prepared, context) ?? [])].filter(
        ({ detail }) => detail === 'field is immutable',
      ),
      [],
    );
  });

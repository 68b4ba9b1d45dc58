import { type Field, type SchemaNode, typeOf } from '@coxswain/api';

/** What merging needs to know of a value: how lists are merged, and what is below. */
export interface MergeSchema {
  readonly isMerged: boolean;
  /** Fields that make an item; none: items are plain values. */
  readonly keys: readonly string[];
  readonly field: (name: string) => MergeSchema | undefined;
  readonly item: () => MergeSchema | undefined;
}

/** Kinds that kustomize has a schema of (Kubernetes 1.21): namespaced, and of the whole cluster. */
const known: Readonly<Record<string, readonly [namespaced: string, cluster: string]>> = {
  v1: [
    'ConfigMap Endpoints Event LimitRange PersistentVolumeClaim Pod PodAttachOptions PodExecOptions PodPortForwardOptions PodProxyOptions PodTemplate ReplicationController ResourceQuota Secret Service ServiceAccount ServiceProxyOptions',
    'ComponentStatus Namespace Node NodeProxyOptions PersistentVolume',
  ],
  'admissionregistration.k8s.io/v1': [
    '',
    'MutatingWebhookConfiguration ValidatingWebhookConfiguration',
  ],
  'admissionregistration.k8s.io/v1beta1': [
    '',
    'MutatingWebhookConfiguration ValidatingWebhookConfiguration',
  ],
  'apiextensions.k8s.io/v1': ['', 'CustomResourceDefinition'],
  'apiextensions.k8s.io/v1beta1': ['', 'CustomResourceDefinition'],
  'apiregistration.k8s.io/v1': ['', 'APIService'],
  'apiregistration.k8s.io/v1beta1': ['', 'APIService'],
  'apps/v1': ['ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet', ''],
  'autoscaling/v1': ['HorizontalPodAutoscaler Scale', ''],
  'autoscaling/v2beta1': ['HorizontalPodAutoscaler', ''],
  'autoscaling/v2beta2': ['HorizontalPodAutoscaler', ''],
  'batch/v1': ['CronJob Job', ''],
  'batch/v1beta1': ['CronJob', ''],
  'certificates.k8s.io/v1': ['', 'CertificateSigningRequest'],
  'certificates.k8s.io/v1beta1': ['', 'CertificateSigningRequest'],
  'coordination.k8s.io/v1': ['Lease', ''],
  'coordination.k8s.io/v1beta1': ['Lease', ''],
  'discovery.k8s.io/v1': ['EndpointSlice', ''],
  'discovery.k8s.io/v1beta1': ['EndpointSlice', ''],
  'events.k8s.io/v1': ['Event', ''],
  'events.k8s.io/v1beta1': ['Event', ''],
  'extensions/v1beta1': ['Ingress', ''],
  'flowcontrol.apiserver.k8s.io/v1beta1': ['', 'FlowSchema PriorityLevelConfiguration'],
  'networking.k8s.io/v1': ['Ingress NetworkPolicy', 'IngressClass'],
  'networking.k8s.io/v1beta1': ['Ingress', 'IngressClass'],
  'node.k8s.io/v1': ['', 'RuntimeClass'],
  'node.k8s.io/v1beta1': ['', 'RuntimeClass'],
  'policy/v1': ['PodDisruptionBudget', ''],
  'policy/v1beta1': ['PodDisruptionBudget', 'PodSecurityPolicy'],
  'rbac.authorization.k8s.io/v1': ['Role RoleBinding', 'ClusterRole ClusterRoleBinding'],
  'rbac.authorization.k8s.io/v1beta1': ['Role RoleBinding', 'ClusterRole ClusterRoleBinding'],
  'scheduling.k8s.io/v1': ['', 'PriorityClass'],
  'scheduling.k8s.io/v1beta1': ['', 'PriorityClass'],
  'storage.k8s.io/v1': ['', 'CSIDriver CSINode StorageClass VolumeAttachment'],
  'storage.k8s.io/v1beta1': [
    'CSIStorageCapacity',
    'CSIDriver CSINode StorageClass VolumeAttachment',
  ],
};

/** Certainly of the whole cluster, as far as the schema goes. */
export const isClusterScoped = (apiVersion: string, kind: string): boolean =>
  known[apiVersion]?.[1].split(' ').includes(kind) ?? false;

const isKnown = (apiVersion: string, kind: string): boolean =>
  (known[apiVersion]?.join(' ').split(' ').includes(kind) ?? false) && kind !== '';

/** Schemas by kind: Kubernetes' own, or those of a file that a kustomization names. */
export type Schemas = (apiVersion: string, kind: string) => MergeSchema | undefined;

export const builtinSchemas: Schemas = (apiVersion, kind) => {
  if (!isKnown(apiVersion, kind)) return undefined;
  const type = typeOf(apiVersion, kind) ?? typeOf(apiVersion.replace(/\/.*/, '/v1'), kind);
  return type && ofNode(type);
};

function ofNode(node: SchemaNode, field?: Field): MergeSchema {
  return {
    isMerged: field?.patchStrategy?.split(',').includes('merge') ?? false,
    keys: field?.listKeys ?? (field?.mergeKey ? [field.mergeKey] : []),
    field: (name) => {
      if (node.kind === 'map') return ofNode(node.value);
      const below = node.kind === 'struct' ? node.byName.get(name) : undefined;
      return below && ofNode(below.node, below);
    },
    item: () => (node.kind === 'list' ? ofNode(node.item) : undefined),
  };
}

interface OpenApi {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly items?: OpenApi;
  readonly properties?: Readonly<Record<string, OpenApi>>;
  readonly additionalProperties?: OpenApi | boolean;
  readonly 'x-kubernetes-patch-strategy'?: string;
  readonly 'x-kubernetes-patch-merge-key'?: string;
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-group-version-kind'?: readonly {
    readonly group?: string;
    readonly version: string;
    readonly kind: string;
  }[];
}

/** The schemas of an OpenAPI v2 document. */
export function openApiSchemas(document: unknown): Schemas {
  const { definitions = {} } = document as { definitions?: Readonly<Record<string, OpenApi>> };
  const byKind = new Map<string, OpenApi>();
  for (const definition of Object.values(definitions))
    for (const { group, version, kind } of definition['x-kubernetes-group-version-kind'] ?? [])
      byKind.set(`${group ? `${group}/` : ''}${version} ${kind}`, definition);
  const followed = (schema: OpenApi): OpenApi | undefined => {
    let at: OpenApi | undefined = schema;
    while (at?.$ref) at = definitions[at.$ref.replace('#/definitions/', '')];
    return at;
  };
  const ofOpenApi = (given: OpenApi): MergeSchema | undefined => {
    const schema = followed(given);
    const keys = schema?.['x-kubernetes-patch-merge-key'];
    return (
      schema && {
        isMerged: schema['x-kubernetes-patch-strategy']?.split(',').includes('merge') ?? false,
        keys: schema['x-kubernetes-list-map-keys'] ?? (keys ? [keys] : []),
        field: (name) => {
          const more = schema.additionalProperties;
          const below = schema.properties?.[name] ?? (typeof more === 'object' ? more : undefined);
          return below && ofOpenApi(below);
        },
        item: () => (schema.items ? ofOpenApi(schema.items) : undefined),
      }
    );
  };
  return (apiVersion, kind) => {
    const found = byKind.get(`${apiVersion} ${kind}`);
    return found && ofOpenApi(found);
  };
}

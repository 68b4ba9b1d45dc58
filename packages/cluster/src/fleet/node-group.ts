import { CustomResourceDefinitions, type KubeObject, type Resource } from '@coxswain/api';
import type { CustomResourceDefinition } from '@coxswain/api/types/apiextensions-v1';
import type { Node, ResourceList, Taint } from '@coxswain/api/types/core-v1';

/** How the nodes of a group are. */
export interface NodeTemplate {
  readonly metadata?: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: { readonly taints?: readonly Taint[] };
  /** Amounts: cpu, memory, pods, ephemeral-storage, and any others. */
  readonly capacity?: ResourceList;
  /** Kept from pods. */
  readonly reserved?: ResourceList;
  readonly architecture?: string;
  readonly instanceType?: string;
  readonly region?: string;
  /** Nodes are dealt out over these in turn. */
  readonly zones?: readonly string[];
}

/** So many simulated nodes of one kind. */
export interface NodeGroup extends KubeObject {
  readonly spec: { readonly replicas?: number; readonly template?: NodeTemplate };
  readonly status?: {
    readonly replicas?: number;
    readonly readyReplicas?: number;
    readonly selector?: string;
    readonly observedGeneration?: number;
  };
}

const group = 'coxswain.dev';
const version = 'v1alpha1';
export const groupApiVersion: string = `${group}/${version}`;

export const NodeGroups: Resource<NodeGroup> = {
  ...{ group, version, resource: 'nodegroups', kind: 'NodeGroup', namespaced: false },
};

/** Names the group that a Node is of. */
export const groupLabel = 'coxswain.dev/nodegroup';
/** A Node with this annotation is the first to go when its group shrinks. */
export const removeAnnotation = 'coxswain.dev/remove';
export const selectorOf = (name: string): string => `${groupLabel}=${name}`;
export const groupOf = ({ metadata }: Node): string | undefined => metadata.labels?.[groupLabel];

const text = { type: 'string' } as const;
const texts = { type: 'object', additionalProperties: text } as const;
const amounts = {
  type: 'object',
  additionalProperties: { anyOf: [{ type: 'integer' }, text], 'x-kubernetes-int-or-string': true },
} as const;
const number = { type: 'integer', format: 'int32', minimum: 0 } as const;

const template = {
  type: 'object',
  properties: {
    metadata: { type: 'object', properties: { labels: texts, annotations: texts } },
    spec: {
      type: 'object',
      properties: {
        taints: {
          type: 'array',
          items: {
            type: 'object',
            required: ['key', 'effect'],
            properties: { key: text, value: text, effect: text },
          },
        },
      },
    },
    ...{ capacity: amounts, reserved: amounts },
    ...{ architecture: text, instanceType: text, region: text },
    zones: { type: 'array', items: text },
  },
} as const;

const status = {
  type: 'object',
  properties: {
    ...{ replicas: number, readyReplicas: number, selector: text },
    observedGeneration: { type: 'integer', format: 'int64' },
  },
} as const;

/** Lets the API keep NodeGroups; made when the first is. */
export const nodeGroupDefinition: CustomResourceDefinition = {
  metadata: { name: `nodegroups.${group}` },
  spec: {
    group,
    scope: 'Cluster',
    names: { plural: 'nodegroups', singular: 'nodegroup', kind: 'NodeGroup', shortNames: ['ng'] },
    versions: [
      {
        ...{ name: version, served: true, storage: true },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                properties: { replicas: { ...number, default: 0 }, template },
              },
              status,
            },
          },
        },
        subresources: {
          status: {},
          scale: {
            specReplicasPath: '.spec.replicas',
            statusReplicasPath: '.status.replicas',
            labelSelectorPath: '.status.selector',
          },
        },
        additionalPrinterColumns: [
          { name: 'Desired', type: 'integer', jsonPath: '.spec.replicas' },
          { name: 'Nodes', type: 'integer', jsonPath: '.status.replicas' },
          { name: 'Ready', type: 'integer', jsonPath: '.status.readyReplicas' },
          { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
        ],
      },
    ],
  },
};

/** The definition is served. */
export const isEstablished = ({
  metadata: { name },
  status: is,
}: CustomResourceDefinition): boolean =>
  name === nodeGroupDefinition.metadata.name &&
  (is?.conditions ?? []).some(
    ({ type, status: told }) => type === 'Established' && told === 'True',
  );

export const Definitions: Resource<CustomResourceDefinition> = CustomResourceDefinitions;

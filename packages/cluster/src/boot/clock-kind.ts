import type { KubeObject, Resource } from '@coxswain/api';
import type { CustomResourceDefinition } from '@coxswain/api/types/apiextensions-v1';

/** How the time of a cluster passes: the object `cluster` alone. */
export interface ClusterClock extends KubeObject {
  readonly spec: {
    /** Against the machine's time: 1 is as fast, 0 stands still. */
    readonly pace?: number;
    /** Moves time on by so much, such as `24h`, as fast as that goes; once for each `id`. */
    readonly advance?: { readonly by: string; readonly id: string };
  };
  readonly status?: {
    /** The cluster's time when this was written. */
    readonly time?: string;
    readonly pace?: number;
    /** The `id` that was last carried out. */
    readonly advanced?: string;
    /** Why what `spec` asks for cannot be. */
    readonly message?: string;
  };
}

export const clockName = 'cluster';
const [group, version] = ['coxswain.dev', 'v1'];

export const ClusterClocks: Resource<ClusterClock> = {
  ...{ group, version, resource: 'clocks', kind: 'Clock', namespaced: false },
};

const text = { type: 'string' } as const;
const number = { type: 'number', minimum: 0 } as const;

/** Lets the API keep clocks; made in clusters whose time is their own. */
export const clockDefinition: CustomResourceDefinition = {
  metadata: { name: `clocks.${group}` },
  spec: {
    ...{ group, scope: 'Cluster' },
    names: { plural: 'clocks', singular: 'clock', kind: 'Clock' },
    versions: [
      {
        ...{ name: version, served: true, storage: true },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                properties: {
                  pace: number,
                  advance: {
                    ...{ type: 'object', required: ['by', 'id'] },
                    properties: { by: text, id: text },
                  },
                },
              },
              status: {
                type: 'object',
                properties: { time: text, pace: number, advanced: text, message: text },
              },
            },
          },
        },
        subresources: { status: {} },
        additionalPrinterColumns: [
          { name: 'Time', type: 'string', jsonPath: '.status.time' },
          { name: 'Pace', type: 'number', jsonPath: '.status.pace' },
        ],
      },
    ],
  },
};

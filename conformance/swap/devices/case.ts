/** Short ways to write the objects of a case about devices. */
import type { Case, Thing } from '../case.ts';

/** A case without its id. */
export type DeviceCase = Omit<Case, 'id'>;

const apiVersion = 'resource.k8s.io/v1';
const anything = [{ operator: 'Exists' }];

/** Words for one case; everything that is not in its namespace has names of its own. */
export interface Words {
  readonly driver: string;
  /** The full name of a node. */
  readonly on: (node: string) => string;
  readonly node: (name?: string, more?: object) => Thing;
  /** Devices by their names, on node `a` in a pool of that name unless `more` says otherwise. */
  readonly slice: (devices: readonly object[], more?: object, name?: string) => Thing;
  readonly class: (spec?: object, name?: string) => Thing;
  readonly className: (name?: string) => string;
  readonly claim: (devices: object, name?: string) => Thing;
  readonly template: (devices: object, name?: string) => Thing;
  /** Uses claims by their names, `t:name` for templates. */
  readonly pod: (claims: readonly string[], more?: object, name?: string) => Thing;
  /** One request for `count` devices of the class. */
  readonly asks: (more?: object, name?: string) => object;
  readonly attribute: (name: string) => string;
}

export function wordsOf(id: string): Words {
  const driver = `${id}.example.com`;
  const on = (name: string): string => `${id}-${name}`;
  const className = (name = 'gpu'): string => `${name}.${driver}`;
  return {
    ...{ driver, on, className },
    attribute: (name) => `device.attributes["${driver}"].${name}`,
    node: (name = 'a', { labels = {}, allocatable = {} }: any = {}) => ({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: on(name), labels: { case: id, ...labels } },
      status: { allocatable: { cpu: '8', memory: '16Gi', pods: '110', ...allocatable } },
    }),
    slice: (devices, more = {}, name = 'slice') => {
      const { pool, ...spec } = { nodeName: on('a'), ...more } as any;
      const anywhere = spec.allNodes || spec.nodeSelector || spec.perDeviceNodeSelection;
      const { nodeName, ...rest } = spec;
      return {
        ...{ apiVersion, kind: 'ResourceSlice', metadata: { name: on(name) } },
        spec: {
          driver,
          pool: { name: on('a'), generation: 1, resourceSliceCount: 1, ...pool },
          ...rest,
          ...(!anywhere && { nodeName }),
          ...(devices.length > 0 && { devices }),
        },
      };
    },
    class: (spec = {}, name = 'gpu') => ({
      ...{ apiVersion, kind: 'DeviceClass', metadata: { name: className(name) } },
      spec: { selectors: [{ cel: { expression: `device.driver == "${driver}"` } }], ...spec },
    }),
    claim: (devices, name = 'claim') => ({
      ...{ apiVersion, kind: 'ResourceClaim', metadata: { name, namespace: id } },
      spec: { devices },
    }),
    template: (devices, name = 'template') => ({
      ...{ apiVersion, kind: 'ResourceClaimTemplate', metadata: { name, namespace: id } },
      spec: { spec: { devices } },
    }),
    pod: (claims, more = {}, name = 'pod') => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: id },
      spec: {
        nodeSelector: { case: id },
        tolerations: anything,
        automountServiceAccountToken: false,
        terminationGracePeriodSeconds: 0,
        containers: [{ name: 'main', image: 'coxswain.local/hello:1' }],
        resourceClaims: claims.map((each, at) =>
          each.startsWith('t:')
            ? { name: `c${at}`, resourceClaimTemplateName: each.slice(2) }
            : { name: `c${at}`, resourceClaimName: each },
        ),
        ...more,
      },
    }),
    asks: (more = {}, name = 'one') => ({
      name,
      exactly: { deviceClassName: className(), ...more },
    }),
  };
}

/** By the place of the case: names stay the same on both sides. */
export const caseOf = (at: number, make: (words: Words) => DeviceCase): Case => {
  const id = `c${String(at).padStart(2, '0')}`;
  return { id, ...make(wordsOf(id)) };
};

/** Devices with nothing but names. */
export const named = (...names: readonly string[]): readonly object[] =>
  names.map((name) => ({ name }));

export const requests = (...list: readonly object[]): { readonly requests: readonly object[] } => ({
  requests: list,
});
export const selecting = (expression: string): object => ({ selectors: [{ cel: { expression } }] });

/** Short ways to write the objects of a case about placing pods. */
import type { Case, Thing } from '../case.ts';

type Json = any;

/** A case without its id. */
export type Placing = Omit<Case, 'id'>;
export type Make = (words: Words) => Placing;

/** Words for one case; everything that is not in its namespace has names of its own. */
export interface Words {
  readonly id: string;
  /** The full name of a node, or of anything else outside namespaces. */
  readonly on: (name: string) => string;
  /** A topology key that only this case's nodes have. */
  readonly zone: string;
  /** With labels `size: NAME`; `spec`, `labels`, `status` and amounts (`cpu` ...) may be added. */
  readonly node: (name?: string, more?: object) => Thing;
  /** Asks for nothing, may go to any node of the case. `metadata`, `requests` and parts of the spec may be added. */
  readonly pod: (name?: string, more?: object) => Thing;
  /** A pod that stands on a node already. */
  readonly there: (name: string, node: string, more?: object) => Thing;
  /** An object in the namespace. */
  readonly own: (kind: string, name: string, more?: object) => Thing;
  /** An object outside namespaces. */
  readonly wide: (kind: string, name: string, more?: object) => Thing;
}

const versions: Readonly<Record<string, string>> = {
  PodDisruptionBudget: 'policy/v1',
  ReplicaSet: 'apps/v1',
  StatefulSet: 'apps/v1',
  PriorityClass: 'scheduling.k8s.io/v1',
  RuntimeClass: 'node.k8s.io/v1',
  StorageClass: 'storage.k8s.io/v1',
  CSINode: 'storage.k8s.io/v1',
  CSIDriver: 'storage.k8s.io/v1',
};

function wordsOf(id: string): Words {
  const on = (name: string): string => `${id}-${name}`;
  const object = (kind: string, metadata: Json, { metadata: own, ...more }: Json): Thing => ({
    ...{ apiVersion: versions[kind] ?? 'v1', kind, metadata: { ...metadata, ...own } },
    ...more,
  });
  const pod = (name = 'pod', { metadata, requests, ...more }: Json = {}): Thing =>
    object(
      'Pod',
      { name, namespace: id },
      {
        metadata,
        spec: {
          nodeSelector: { case: id },
          automountServiceAccountToken: false,
          terminationGracePeriodSeconds: 0,
          containers: [
            { name: 'main', image: 'i', ...(requests && { resources: resourcesOf(requests) }) },
          ],
          ...more,
        },
      },
    );
  return {
    ...{ id, on, pod, zone: `${id}.example.com/zone` },
    node: (name = 'a', { labels, spec, status, ...amounts }: Json = {}) => ({
      ...{ apiVersion: 'v1', kind: 'Node', ...(spec && { spec }) },
      metadata: {
        name: on(name),
        labels: { 'kubernetes.io/hostname': on(name), case: id, size: name, ...labels },
      },
      status: { allocatable: { cpu: '4', memory: '4Gi', pods: '10', ...amounts }, ...status },
    }),
    there: (name, node, more = {}) => pod(name, { nodeName: on(node), ...more }),
    own: (kind, name, more = {}) => object(kind, { name, namespace: id }, more),
    wide: (kind, name, more = {}) => object(kind, { name: on(name) }, more),
  };
}

/** Extended resources want limits of the same amount. */
const resourcesOf = (requests: Json): object => {
  const extended = Object.entries(requests).filter(([name]) => /[/]|hugepages/.test(name));
  return { requests, ...(extended.length > 0 && { limits: Object.fromEntries(extended) }) };
};

/** With ids by their place, from `c00`. */
export const numbered = (makes: readonly Make[]): readonly Case[] =>
  makes.map((make, at) => {
    const id = `c${String(at).padStart(2, '0')}`;
    return { id, ...make(wordsOf(id)) };
  });

/** A case that is over after one step. */
export const once =
  (
    name: string,
    of: (words: Words) => {
      readonly nodes: readonly Thing[];
      readonly make: readonly Thing[];
      readonly namespaceLabels?: Readonly<Record<string, string>>;
    },
  ): Make =>
  (words) => {
    const { make, ...more } = of(words);
    return { name, ...more, steps: [{ make }] };
  };

/** Node terms of an affinity. */
export const terms = (...list: readonly object[]): object => ({
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: list },
  },
});
export const expression = (
  key: string,
  operator: string,
  ...values: readonly string[]
): object => ({
  ...{ key, operator },
  ...(values.length > 0 && { values }),
});
export const matching = (...matchExpressions: readonly object[]): object => ({ matchExpressions });

/** A term about other pods, with `app: NAME`. */
export const about = (app: string, topologyKey: string, more: object = {}): object => ({
  ...{ topologyKey, labelSelector: { matchLabels: { app } } },
  ...more,
});
export const near = (...list: readonly object[]): object => ({
  podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: list },
});
export const far = (...list: readonly object[]): object => ({
  podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: list },
});
export const labelled = (app: string, more: object = {}): object => ({
  metadata: { labels: { app, ...more } },
});
/** A constraint that spreads pods with `app: web`. */
export const spread = (topologyKey: string, more: object = {}): object => ({
  ...{ maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule', topologyKey },
  labelSelector: { matchLabels: { app: 'web' } },
  ...more,
});
/** Amounts of a node that is clearly larger than the one before: no two have the same score. */
export const sized = (at: number): object => ({
  cpu: `${4 * 2 ** at}`,
  memory: `${4 * 2 ** at}Gi`,
});

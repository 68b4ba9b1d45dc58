import { Pods } from '@coxswain/api';
import type { Node } from '@coxswain/api/types/core-v1';
import type { Fields } from '../scene/model.ts';
import { isActive } from '../invariants/pods.ts';
import { cronJob, daemonSet, deployment, job, namespace, service } from './objects.ts';
import { count, create, patch, resourceOf, type Use } from './use.ts';

/** Something that users do. Tells what, and what becomes of it; undefined when there is nothing to do it to. */
export type Operation = (use: Use) => readonly [what: string, done: Promise<unknown>] | undefined;

const nameOf = ({ kind, metadata }: Fields): string =>
  `${kind} ${metadata.namespace}/${metadata.name}`;

const some = (use: Use, kind: string, is: (object: Fields) => boolean = () => true) => {
  const found = [...use.scene.model.objects(kind)].filter(
    (object) => !object.metadata.deletionTimestamp && is(object),
  );
  return found.length > 0 ? use.chance.one(found) : undefined;
};

const isOurs = ({ metadata }: Fields): boolean => metadata.labels?.['app'] !== undefined;

const remove = (use: Use, object: Fields, graceSeconds?: number): Promise<void> =>
  use.scene.user.remove(resourceOf(object.kind!), object.metadata.name, {
    ...{ namespace: object.metadata.namespace, graceSeconds, signal: use.signal },
    propagation: object.kind === 'Pod' ? undefined : use.chance.one(['Background', 'Foreground']),
  });

const evict = (use: Use, pod: Fields): Promise<unknown> => {
  const { name, namespace } = pod.metadata;
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace } };
  return use.scene.user.create(Pods, eviction as never, {
    ...{ name, namespace, subresource: 'eviction', signal: use.signal },
  });
};

const rolled = ['deployments', 'statefulsets', 'daemonsets'];
const isRunning = (pod: Fields): boolean =>
  isOurs(pod) && isActive(pod) && pod['spec'].nodeName !== undefined;

const make = (use: Use, object: Fields, ...more: readonly object[]) =>
  [
    `create ${nameOf(object)}`,
    Promise.all([object, ...more].map((each) => create(use, each as Fields))),
  ] as const;

/** What users do, and how often beside each other. */
export const operations: Readonly<Record<string, readonly [weight: number, Operation]>> = {
  'a new template': [
    5,
    (use) => {
      const object = some(use, use.chance.one(rolled), isOurs);
      const image = `web:${++use.next}`;
      const change = { spec: { template: { spec: { containers: [{ name: 'c', image }] } } } };
      return (
        object && [
          `${nameOf(object)} to ${image}`,
          use.scene.user.patch(
            ...([resourceOf(object.kind!), object.metadata.name, 'strategic', change] as const),
            { namespace: object.metadata.namespace, signal: use.signal },
          ),
        ]
      );
    },
  ],
  'another size': [
    4,
    (use) => {
      const object = some(use, use.chance.one(['deployments', 'statefulsets']), isOurs);
      if (!object) return undefined;
      const replicas =
        object.kind === 'Deployment' ? use.chance.between(5, 12) : use.chance.between(2, 5);
      return [`${nameOf(object)} to ${replicas}`, patch(use, object, { spec: { replicas } })];
    },
  ],
  'a Job': [5, (use) => make(use, job(use.chance, `job-${++use.next}`, 'default') as Fields)],
  'a Job is held or goes on': [
    2,
    (use) => {
      const object = some(use, 'jobs', (each) => isOurs(each) && !each['status']?.completionTime);
      if (!object) return undefined;
      const suspend = !object['spec'].suspend;
      return [`${nameOf(object)} suspend=${suspend}`, patch(use, object, { spec: { suspend } })];
    },
  ],
  evictions: [
    6,
    (use) => {
      const pods = [1, 2, 3].flatMap(() => some(use, 'pods', isRunning) ?? []);
      const what = `evict ${pods.map(({ metadata }) => metadata.name).join(', ')}`;
      return pods.length > 0
        ? [what, Promise.allSettled(pods.map((pod) => evict(use, pod)))]
        : undefined;
    },
  ],
  'a drain': [
    2,
    (use) => {
      const node = some(use, 'minions');
      if (!node) return undefined;
      const { name } = node.metadata;
      const drained = async (): Promise<void> => {
        await patch(use, node, { spec: { unschedulable: true } });
        const pods = [...use.scene.model.objects('pods')].filter(
          (pod) => isRunning(pod) && pod['spec'].nodeName === name,
        );
        await Promise.allSettled(pods.map((pod) => evict(use, pod)));
      };
      return [`drain ${name}`, drained()];
    },
  ],
  'an uncordoned node': [
    3,
    (use) => {
      const node = some(use, 'minions', (each) => Boolean((each as Node).spec?.unschedulable));
      const change = { spec: { unschedulable: null } };
      return node && [`uncordon ${node.metadata.name}`, patch(use, node, change)];
    },
  ],
  'pods are deleted': [
    4,
    (use) => {
      const pods = [1, 2].flatMap(() => some(use, 'pods', isRunning) ?? []);
      const what = `delete ${pods.map(({ metadata }) => metadata.name).join(', ')}`;
      return pods.length > 0
        ? [what, Promise.allSettled(pods.map((pod) => remove(use, pod)))]
        : undefined;
    },
  ],
  'a workload goes': [
    2,
    (use) => {
      const object = some(use, use.chance.one(['jobs', 'deployments', 'cronjobs']), isOurs);
      return object && [`delete ${nameOf(object)}`, remove(use, object)];
    },
  ],
  'a workload comes': [
    2,
    (use) => {
      const name = `late-${++use.next}`;
      const of = use.chance.one([deployment, daemonSet, cronJob]);
      const more = of === deployment ? [service(name, 'default')] : [];
      return make(use, of(use.chance, name, 'default') as Fields, ...more);
    },
  ],
  'a namespace and what is in it': [
    2,
    (use) => {
      const name = `ns-${++use.next}`;
      const fill = async (): Promise<void> => {
        await create(use, namespace(name));
        await create(use, service('inner', name));
        await create(use, job(use.chance, 'inner', name));
      };
      return [`create Namespace ${name}`, fill()];
    },
  ],
  'a namespace goes': [
    2,
    (use) => {
      const object = some(use, 'namespaces', ({ metadata }) => metadata.name.startsWith('ns-'));
      return object && [`delete Namespace ${object.metadata.name}`, remove(use, object)];
    },
  ],
  counting: [
    5,
    (use) => [
      'count in the ledger',
      Promise.allSettled(['a', 'b', 'c'].map((counter) => count(use, counter))),
    ],
  ],
};

import type { KubeObject } from '@coxswain/api';
import type { Chance } from './chance.ts';

/** Objects of a workload; every one bears the label `app` with its name, and so do its pods. */
const meta = (name: string, namespace: string) => ({ name, namespace, labels: { app: name } });

const container = (chance: Chance, image: string, command?: readonly string[]) => ({
  name: 'c',
  image,
  ...(command && { command }),
  resources: { requests: { cpu: `${chance.between(1, 4) * 50}m`, memory: '64Mi' } },
});

const readiness = (chance: Chance): object =>
  chance.is(0.6)
    ? {}
    : { readinessProbe: { tcpSocket: { port: 80 }, initialDelaySeconds: chance.between(1, 20) } };

const template = (chance: Chance, name: string, image: string, more: object = {}) => ({
  metadata: { labels: { app: name } },
  spec: {
    ...more,
    terminationGracePeriodSeconds: chance.one([1, 10, 30]),
    containers: [{ ...container(chance, image), ...readiness(chance) }],
  },
});

const selector = (name: string) => ({ matchLabels: { app: name } });

export const deployment = (chance: Chance, name: string, namespace: string): KubeObject =>
  ({
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: meta(name, namespace) },
    spec: {
      ...{ replicas: chance.between(9, 11), selector: selector(name) },
      ...{ minReadySeconds: chance.one([0, 0, 5]), progressDeadlineSeconds: 1200 },
      strategy: {
        rollingUpdate: {
          maxUnavailable: chance.one([0, 1, '25%']),
          maxSurge: chance.one([1, '25%']),
        },
      },
      template: template(chance, name, 'web:1'),
    },
  }) as KubeObject;

export const statefulSet = (chance: Chance, name: string, namespace: string): KubeObject =>
  ({
    ...{ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: meta(name, namespace) },
    spec: {
      ...{ replicas: chance.between(3, 5), serviceName: name, selector: selector(name) },
      podManagementPolicy: chance.one(['OrderedReady', 'OrderedReady', 'Parallel']),
      template: template(chance, name, 'db:1'),
    },
  }) as KubeObject;

/** Their pods come before those of others: nowhere else is there room for them than on their node. */
export const daemonSet = (chance: Chance, name: string, namespace: string): KubeObject =>
  ({
    ...{ apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: meta(name, namespace) },
    spec: {
      selector: selector(name),
      updateStrategy: {
        rollingUpdate: chance.one([{ maxUnavailable: 1 }, { maxUnavailable: 0, maxSurge: 1 }]),
      },
      template: template(chance, name, 'agent:1', { priorityClassName: 'system-node-critical' }),
    },
  }) as KubeObject;

const jobSpec = (chance: Chance, name: string) => ({
  ...(chance.is(0.6) && { completionMode: 'Indexed' }),
  ...{ completions: chance.between(2, 8), parallelism: chance.between(1, 4), backoffLimit: 1000 },
  ...(chance.is(0.3) && { podReplacementPolicy: 'Failed' }),
  template: {
    metadata: { labels: { app: name } },
    spec: {
      ...{ restartPolicy: 'Never', terminationGracePeriodSeconds: chance.one([1, 10, 30]) },
      containers: [container(chance, 'work:1', ['sleep', String(chance.between(5, 90))])],
    },
  },
});

export const job = (chance: Chance, name: string, namespace: string): KubeObject =>
  ({
    ...{ apiVersion: 'batch/v1', kind: 'Job', metadata: meta(name, namespace) },
    spec: {
      ...jobSpec(chance, name),
      ...(chance.is(0.3) && { ttlSecondsAfterFinished: chance.between(30, 300) }),
    },
  }) as KubeObject;

export const cronJob = (chance: Chance, name: string, namespace: string): KubeObject =>
  ({
    ...{ apiVersion: 'batch/v1', kind: 'CronJob', metadata: meta(name, namespace) },
    spec: {
      schedule: `*/${chance.one([2, 3, 5])} * * * *`,
      concurrencyPolicy: chance.one(['Allow', 'Forbid', 'Replace']),
      jobTemplate: { spec: { ...jobSpec(chance, name), completions: 2, parallelism: 2 } },
    },
  }) as KubeObject;

export const service = (name: string, namespace: string): KubeObject =>
  ({
    ...{ apiVersion: 'v1', kind: 'Service', metadata: meta(name, namespace) },
    spec: { selector: { app: name }, ports: [{ port: 80 }] },
  }) as KubeObject;

export const budget = (chance: Chance, name: string, namespace: string): KubeObject =>
  ({
    ...{ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: meta(name, namespace) },
    spec: {
      selector: selector(name),
      ...chance.one([{ maxUnavailable: 1 }, { maxUnavailable: '25%' }, { minAvailable: '70%' }]),
    },
  }) as KubeObject;

export const namespace = (name: string): KubeObject => ({
  ...{ apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
});

export const ledger: KubeObject = {
  ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'ledger', namespace: 'default' } },
  ...{ data: {} },
} as KubeObject;

import type { DaemonSet, Deployment } from '@coxswain/api/types/apps-v1';
import type { Job } from '@coxswain/api/types/batch-v1';
import type { Node, Pod, PodTemplateSpec, Service } from '@coxswain/api/types/core-v1';

export const namespace: string = 'default';

/** Objects as a client would send them, the fields filled that the server's defaults would fill. */
export const template = (app: string, image = 'one', more: object = {}): PodTemplateSpec =>
  ({
    metadata: { labels: { app } },
    spec: { containers: [{ name: 'c', image }], ...more },
  }) as PodTemplateSpec;

export const deployment = (image = 'one', more: object = {}): Deployment =>
  ({
    metadata: { name: 'web', namespace },
    spec: {
      replicas: 3,
      progressDeadlineSeconds: 600,
      revisionHistoryLimit: 10,
      selector: { matchLabels: { app: 'web' } },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      template: template('web', image),
      ...more,
    },
  }) as Deployment;

export const daemonSet = (image = 'one', more: object = {}): DaemonSet =>
  ({
    metadata: { name: 'agent', namespace },
    spec: {
      revisionHistoryLimit: 10,
      selector: { matchLabels: { app: 'agent' } },
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
      template: template('agent', image),
      ...more,
    },
  }) as DaemonSet;

export const job = (spec: object = {}): Job =>
  ({
    metadata: { name: 'sum', namespace },
    spec: {
      parallelism: 2,
      completions: 3,
      backoffLimit: 2,
      completionMode: 'NonIndexed',
      template: template('sum', 'one', { restartPolicy: 'Never' }),
      ...spec,
    },
  }) as Job;

export const node = (name: string, more: object = {}): Node =>
  ({
    metadata: { name, labels: {} },
    spec: {},
    status: { conditions: [ready('True')] },
    ...more,
  }) as Node;

export const ready = (status: string): object => ({
  type: 'Ready',
  status,
  reason: 'KubeletReady',
  lastTransitionTime: '2026-01-01T00:00:00Z',
  lastHeartbeatTime: '2026-01-01T00:00:00Z',
});

export const service = (more: object = {}): Service =>
  ({
    metadata: { name: 'web', namespace },
    spec: {
      clusterIP: '10.96.0.10',
      ipFamilies: ['IPv4'],
      selector: { app: 'web' },
      ports: [{ port: 80, targetPort: 8080, protocol: 'TCP' }],
      ...more,
    },
  }) as Service;

export const pod = (name: string, more: { readonly [part: string]: unknown } = {}): Pod => {
  const { metadata, ...rest } = more;
  return {
    metadata: { name, namespace, uid: `uid-${name}`, ...(metadata as object) },
    spec: { containers: [{ name: 'c', image: 'one' }] },
    ...rest,
  } as Pod;
};

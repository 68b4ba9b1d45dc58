import { created, updated, type Good } from '../broken.ts';
import { ephemeral, resize, status, updates } from '../pods/changes.ts';
import { containers } from '../pods/containers.ts';
import { mounts } from '../pods/mounts.ts';
import { placing } from '../pods/placing.ts';
import { running } from '../pods/running.ts';
import { top } from '../pods/spec.ts';
import type { RequestList } from '../request.ts';

const pod: Good = {
  apiVersion: 'v1',
  kind: 'Pod',
  resource: 'pods',
  fields: {
    spec: {
      ...{ automountServiceAccountToken: false, serviceAccountName: 'default' },
      containers: [
        { name: 'web', image: 'web:1', resources: { requests: { cpu: '100m', memory: '1Mi' } } },
      ],
    },
  },
};

const lists: readonly RequestList[] = [
  created(pod, [...top, ...containers, ...running]),
  created({ ...pod, name: 'broken-mounts' }, [...mounts, ...placing]),
  updated(pod, updates),
  updated({ ...pod, name: 'status-of-a-pod' }, status, 'status'),
  updated({ ...pod, name: 'resize-of-a-pod' }, resize, 'resize'),
  updated({ ...pod, name: 'ephemeral-in-a-pod' }, ephemeral, 'ephemeralcontainers'),
];

export default lists;

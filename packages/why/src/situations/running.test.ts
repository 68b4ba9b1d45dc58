import { Pods } from '@coxswain/api';
import type { Cluster } from '@coxswain/cluster';
import { type Situation, situations, small } from '../testing/situation.ts';

const about: Situation['ask'] = { about: { kind: 'pod', name: 'web' } };
const pod = (container: string, spec = '', meta = ''): string => `
apiVersion: v1
kind: Pod
metadata: { name: web${meta} }
spec:
  ${spec}
  containers: [{ name: app, image: 'app:1'${container} }]
`;
const faulty = (fault: string, more = ''): string =>
  pod(more, '', `, annotations: { simulated.coxswain.dev/fault: ${fault} }`);
/** A node whose kubelet nobody runs. */
const bareNode = `
apiVersion: v1
kind: Node
metadata: { name: n9 }
status: { conditions: [{ type: Ready, status: 'True', lastHeartbeatTime: '2026-01-01T00:00:00Z', lastTransitionTime: '2026-01-01T00:00:00Z' }] }
`;
const later =
  (duration: string) =>
  (cluster: Cluster): Promise<void> =>
    cluster.advance(duration);
/** Serves, but answers 503. */
const sick: NonNullable<Situation['cluster']> = {
  images: {
    'app:1': (process: { listen: (port: number, handler: () => Response) => void }) => {
      process.listen(8080, () => new Response('not yet', { status: 503 }));
    },
  },
} as never;

const running: readonly Situation[] = [
  {
    name: 'the image cannot be pulled',
    given: faulty('failed-pull'),
    happens: later('30s'),
    ask: about,
    told: `
pod/web (default): Pending
  Container app cannot start: its image app:1 cannot be pulled.
    · status app waits: ImagePullBackOff: Back-off pulling image "app:1": ErrImagePull: rpc
      error: code = Unknown desc = failed to resolve reference "app:1": not found
    · event Failed (19 s ago, 2 times): Error: ImagePullBackOff
    · event Failed (20 s ago, 2 times): Failed to pull image "app:1": rpc error: code = Unknown
      desc = failed to resolve reference "app:1": not found
    Next: See that app:1 is spelt right and exists in its registry.
    Next: If the registry wants a login, name one in imagePullSecrets.
`,
  },
  {
    name: 'a ConfigMap that a container takes a variable from is missing',
    given: pod(
      `, env: [{ name: COLOUR, valueFrom: { configMapKeyRef: { name: settings, key: colour } } }]`,
    ),
    happens: later('30s'),
    ask: about,
    told: `
pod/web (default): Pending
  Container app cannot start: something that it is configured from is missing.
    · status app waits: CreateContainerConfigError: configmap "settings" not found
    └ ConfigMap settings does not exist; container app.env.COLOUR needs it.
      Next: Create configmap/settings, or correct the name.
        kubectl get configmaps
`,
  },
  {
    name: 'a Secret lacks the key, and nothing of what it holds is told',
    given: `
apiVersion: v1
kind: Secret
metadata: { name: login }
stringData: { user: hunter2 }
---
${pod(`, env: [{ name: PASSWORD, valueFrom: { secretKeyRef: { name: login, key: password } } }]`)}`,
    happens: later('30s'),
    ask: about,
    told: `
pod/web (default): Pending
  Container app cannot start: something that it is configured from is missing.
    · status app waits: CreateContainerConfigError: couldn't find key password in Secret
      default/login
    └ Secret login has no key "password"; container app.env.PASSWORD needs it.
      Next: Add the key "password" to secret/login, or correct its name in the pod.
        kubectl edit secret/login
`,
  },
  {
    name: 'a ConfigMap that a volume is made of is missing',
    cluster: { nodes: [] },
    happens: async (cluster) => {
      await cluster.apply(bareNode);
      await cluster.apply(
        pod(
          ', volumeMounts: [{ name: files, mountPath: /files }]',
          'nodeName: n9\n  volumes: [{ name: files, configMap: { name: files } }]',
        ),
      );
      await cluster.settle();
    },
    ask: about,
    told: `
pod/web (default): Pending
  Its containers wait for volumes, and something that these are made of is missing.
    └ ConfigMap files does not exist; spec.volumes.files needs it.
      Next: Create configmap/files, or correct the name.
        kubectl get configmaps
`,
  },
  {
    name: 'a container ends with an error again and again',
    given: pod(`, command: [sh, -c, 'echo reading /etc/app.conf; echo no such file; exit 3']`),
    happens: later('45s'),
    ask: about,
    told: `
pod/web (default): Running
  Container app ends again and again (3 restarts), so the kubelet waits before it starts it
  anew.
    · status app waits: CrashLoopBackOff: back-off 40s restarting failed container=app
      pod=web_default(UID)
    └ Container app ended with exit code 3.
      · status app ended (15 s ago): exit code 3, Error
      · log app, before: reading /etc/app.conf
      · log app, before: no such file
      Next: Read its log:
        kubectl logs web -c app --previous
`,
  },
  {
    name: 'a container is killed for its memory',
    given: faulty('oom', `, resources: { limits: { memory: 64Mi } }`),
    happens: later('1m'),
    ask: about,
    told: `
pod/web (default): Running
  Container app ends again and again (3 restarts), so the kubelet waits before it starts it
  anew.
    · status app waits: CrashLoopBackOff: back-off 40s restarting failed container=app
      pod=web_default(UID)
    └ Container app was killed because it used more memory than its limit of 64Mi.
      · status app ended (10 s ago): exit code 137, OOMKilled
      Next: Raise the memory limit (now 64Mi), or find out why it needs that much.
      Next: Read its log:
        kubectl logs web -c app --previous
`,
  },
  {
    name: 'a command that is done is started again and again',
    given: pod(`, command: ['true']`),
    happens: later('1m'),
    ask: about,
    told: `
pod/web (default): Running
  Container app ends again and again (3 restarts), so the kubelet waits before it starts it
  anew.
    · status app waits: CrashLoopBackOff: back-off 40s restarting failed container=app
      pod=web_default(UID)
    └ Container app ends by itself with exit code 0, as if its work were done.
      · status app ended (30 s ago): exit code 0, Completed
      Next: Give it a command that keeps running, or make it a Job.
`,
  },
  {
    name: 'a command is not in the image',
    given: pod(`, command: [sh, -c, 'exit 127']`, 'restartPolicy: Never'),
    happens: later('10s'),
    ask: about,
    told: `
pod/web (default): Failed
  Container app ended with exit code 127: its command was not found.
    · status app ended (10 s ago): exit code 127, Error
    Next: Read its log:
      kubectl logs web -c app
    Next: See that the command exists in the image: sh -c exit 127
`,
  },
  {
    name: 'an init container fails, and the others wait for it',
    given: pod(
      '',
      `initContainers: [{ name: setup, image: 'app:1', command: [sh, -c, 'echo no database; exit 1'] }]`,
    ),
    happens: later('45s'),
    ask: about,
    told: `
pod/web (default): Pending
  Container setup ends again and again (3 restarts), so the kubelet waits before it starts it
  anew.
    · status setup waits: CrashLoopBackOff: back-off 40s restarting failed container=setup
      pod=web_default(UID)
    └ Container setup ended with exit code 1.
      · status setup ended (15 s ago): exit code 1, Error
      · log setup, before: no database
      Next: Read its log:
        kubectl logs web -c setup --previous
`,
  },
  {
    name: 'the readiness probe gets an error',
    cluster: sick,
    given: pod(`, readinessProbe: { httpGet: { path: /ready, port: 8080 }, periodSeconds: 5 }`),
    happens: later('1m'),
    ask: about,
    told: `
pod/web (default): Running
  Container app runs, but its readiness probe fails: GET /ready on port 8080.
    · condition ContainersReady (60 s ago): False (ContainersNotReady): containers with unready
      status: [app]
    · reason kubelet (5 s ago): readiness probe fails: container app, output HTTP probe failed
      with statuscode: 503
    Next: See why it does not answer GET /ready on port 8080, and that the probe is right and
          patient enough.
    Next: Read its log:
      kubectl logs web -c app
`,
  },
  {
    name: 'the liveness probe kills the container',
    cluster: sick,
    given: pod(
      `, livenessProbe: { httpGet: { path: /alive, port: 8080 }, periodSeconds: 5, failureThreshold: 2 }`,
    ),
    happens: later('5m'),
    ask: about,
    told: `
pod/web (default): Running
  Container app ends again and again (6 restarts), so the kubelet waits before it starts it
  anew.
    · status app waits: CrashLoopBackOff: back-off 2m40s restarting failed container=app
      pod=web_default(UID)
    └ Container app was killed because its liveness probe failed: GET /alive on port 8080.
      · status app ended (115 s ago): exit code 0, Completed
      · reason kubelet (115 s ago): killed by a probe: container app, probe liveness
      · reason kubelet (115 s ago): liveness probe fails: container app, output HTTP probe
        failed with statuscode: 503
      Next: See why it does not answer GET /alive on port 8080, and that the probe is right and
            patient enough.
      Next: Read its log:
        kubectl logs web -c app --previous
`,
  },
  {
    name: 'nobody opens the readiness gate',
    given: pod('', 'readinessGates: [{ conditionType: example.com/registered }]'),
    happens: later('10s'),
    ask: about,
    told: `
pod/web (default): Running
  Its containers are ready, but nobody has set its readiness gate example.com/registered to
  True.
    Next: See that example.com runs and works.
`,
  },
  {
    name: 'the node is silent, and the pod will be evicted',
    cluster: { nodes: [small('n1'), small('n2'), small('n3')] },
    given: pod('', 'nodeSelector: { kubernetes.io/hostname: n1 }'),
    happens: async (cluster) => {
      await cluster.waitFor('Pod', 'web', 'Ready');
      await cluster.fault('Node', 'n1', 'partition');
      await cluster.advance('3m');
    },
    ask: about,
    told: `
pod/web (default): Running
  It will be evicted in 2 min: node n1 has the taint node.kubernetes.io/unreachable, which it
  tolerates only for a time.
    · reason taint-eviction-controller (2 min ago): tolerates for a time: node n1, taint
      node.kubernetes.io/unreachable, left 5 min
  Its node n1 is not ready.
    └ Nothing has been heard of node n1 for 3 min.
      · condition Ready (2 min ago): Unknown (NodeStatusUnknown): Kubelet stopped posting node
        status.
      · reason node-lifecycle-controller (80 s ago): silent: grace 50 s
      Next: See that the machine of n1 is up and its kubelet reaches the API server.
      Next: If it will not come back:
        kubectl delete node n1
`,
  },
  {
    name: 'the node has run out of disk and evicted the pod',
    given: pod(''),
    happens: async (cluster) => {
      const { client, signal } = cluster;
      await cluster.waitFor('Pod', 'web', 'Ready');
      await cluster.fault('Node', 'n1', 'disk-full');
      const message = 'The node was low on resource: ephemeral-storage.';
      const status = { phase: 'Failed', reason: 'Evicted', message };
      const at = { namespace: 'default', subresource: 'status', signal };
      await client.patch(Pods, 'web', 'merge', { status }, at); // as a kubelet over its threshold does
      await cluster.advance('1m');
    },
    ask: about,
    told: `
pod/web (default): Failed
  Node n1 evicted it because the node ran short of a resource.
    · status status.reason Evicted: The node was low on resource: ephemeral-storage.
    Next: Give its containers requests near what they use, so that it is not the first to go.
    └ Node n1 has the condition DiskPressure.
      · condition DiskPressure (60 s ago): True (KubeletHasDiskPressure): kubelet has disk
        pressure
      Next: Free disk space on n1.
`,
  },
  {
    name: 'all is well',
    given: pod(''),
    happens: later('10s'),
    ask: about,
    told: `
pod/web (default): Running
  Nothing is wrong with it.
`,
  },
  {
    name: 'a pod stops within its grace',
    given: pod('', `terminationGracePeriodSeconds: 40`),
    happens: async (cluster) => {
      await cluster.waitFor('Pod', 'web', 'Ready');
      await cluster.fault('Node', 'n1', 'partition');
      await cluster.delete('Pod', 'web');
      await cluster.advance('10s');
    },
    ask: about,
    told: `
pod/web (default): Terminating
  It is stopping; it has 30 s left of its 40 s grace.
    · status metadata.deletionTimestamp: 2026-01-01T00:00:40Z
`,
  },
  {
    name: 'a pod cannot go because its node is silent',
    given: pod('', `terminationGracePeriodSeconds: 5`),
    happens: async (cluster) => {
      await cluster.waitFor('Pod', 'web', 'Ready');
      await cluster.fault('Node', 'n1', 'partition');
      await cluster.delete('Pod', 'web');
      await cluster.advance('10m');
    },
    ask: about,
    told: `
pod/web (default): Terminating
  It should have stopped 9 min ago, but node n1 does not confirm that.
    · status metadata.deletionTimestamp: 2026-01-01T00:00:05Z
    Next: Only if its node will never come back:
      kubectl delete pod/web --grace-period=0 --force
    └ Its node n1 is not ready.
      └ Nothing has been heard of node n1 for 10 min.
        · condition Ready (9 min ago): Unknown (NodeStatusUnknown): Kubelet stopped posting node
          status.
        · reason node-lifecycle-controller (8 min ago): silent: grace 50 s
        Next: See that the machine of n1 is up and its kubelet reaches the API server.
        Next: If it will not come back:
          kubectl delete node n1
`,
  },
  {
    name: 'a finalizer that somebody installed holds a pod',
    given: pod('', '', `, finalizers: [backup.example.com/snapshot]`),
    happens: async (cluster) => {
      await cluster.waitFor('Pod', 'web', 'Ready');
      await cluster.delete('Pod', 'web');
      await cluster.advance('2m');
    },
    ask: about,
    told: `
pod/web (default): Terminating
  It was deleted 2 min ago and is held by the finalizer backup.example.com/snapshot; whatever
  "backup.example.com" installed must take it off.
    · spec metadata.finalizers: backup.example.com/snapshot
    Next: See that backup.example.com runs and works.
    Next: Only if that is gone for good, and what it would have cleaned up does not matter:
      kubectl patch pod/web --type=json -p '[{"op":"test","path":"/metadata/finalizers/0","value":"backup.example.com/snapshot"},{"op":"remove","path":"/metadata/finalizers/0"}]'
`,
  },
  {
    name: 'a container fell over a while ago and runs again',
    cluster: { nodes: [small('n1')], images: { 'app:1': fallsOnce() } } as never,
    given: pod(''),
    happens: later('2m'),
    ask: about,
    told: `
pod/web (default): Running
  Container app runs, but was restarted 2 min ago (1 restart in all).
    └ Container app ended with exit code 2.
      · status app ended (2 min ago): exit code 2, Error
      Next: Read its log:
        kubectl logs web -c app --previous
`,
  },
];

/** Ends with an error the first time, and stays the second. */
function fallsOnce(): unknown {
  let times = 0;
  return async (process: {
    readonly signal: AbortSignal;
    sleep: (ms: number) => Promise<void>;
  }) => {
    if (times++ === 0) return 2;
    await new Promise((resolve) => process.signal.addEventListener('abort', resolve));
    return 0;
  };
}

situations(running);

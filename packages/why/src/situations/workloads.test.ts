import type { Cluster } from '@coxswain/cluster';
import { type Situation, situations, small } from '../testing/situation.ts';

const later =
  (duration: string) =>
  (cluster: Cluster): Promise<void> =>
    cluster.advance(duration);
const about = (kind: string, name = 'web', namespace = 'default'): Situation['ask'] => ({
  about: { kind, name, namespace },
});
const fault = (name: string): string =>
  name ? `annotations: { simulated.coxswain.dev/fault: ${name} }` : '';

/** A workload of pods with one container. */
const workload = (
  kind: string,
  {
    spec = 'replicas: 3',
    pod = '',
    container = '',
    meta = '',
    namespace = 'default',
  }: {
    readonly spec?: string;
    readonly pod?: string;
    readonly container?: string;
    readonly meta?: string;
    readonly namespace?: string;
  } = {},
): string => `
apiVersion: apps/v1
kind: ${kind}
metadata: { name: web, namespace: ${namespace} }
spec:
  ${spec}
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web, tier: front }${meta && `, ${meta}`} }
    spec:
      ${pod}
      containers: [{ name: app, image: 'app:1'${container} }]
`;
const job = (spec: string, command = `[sh, -c, 'exit 1']`): string => `
apiVersion: batch/v1
kind: Job
metadata: { name: web }
spec:
  ${spec}
  template:
    spec:
      restartPolicy: Never
      containers: [{ name: app, image: 'app:1', command: ${command} }]
`;
const cron = (spec: string, command = `['true']`): string => `
apiVersion: batch/v1
kind: CronJob
metadata: { name: web }
spec:
  ${spec}
  jobTemplate:
    spec:
      backoffLimit: 0
      template:
        spec:
          restartPolicy: Never
          containers: [{ name: app, image: 'app:1', command: ${command} }]
`;
const service = (spec: string): string => `
apiVersion: v1
kind: Service
metadata: { name: web }
spec: ${spec}
`;
const taints = [{ key: 'dedicated', value: 'gpu', effect: 'NoSchedule' }];

const workloads: readonly Situation[] = [
  {
    name: 'a new version of a Deployment cannot pull its image',
    given: workload('Deployment'),
    happens: async (cluster) => {
      await cluster.waitFor('Deployment', 'web', 'Available');
      await cluster.apply(workload('Deployment', { meta: fault('failed-pull') }));
      await cluster.advance('1m');
    },
    ask: about('deployment'),
    told: `
deployment/web (default): 3/3 ready
  Its roll-out is under way: 1 of 3 pods are of the new template, 3 of an old one.
    · reason deployment-controller (60 s ago): not complete: wanted 3, updated 1, ready 3,
      available 3, old 3, unavailableMax 0, surgeMax 1
    └ replicaset/web-6bd89699d5: 0 of 1 pods ready; 1 exist.
      └ Pod web-HASH-abcde is not ready.
        └ Container app cannot start: its image app:1 cannot be pulled.
          · status app waits: ImagePullBackOff: Back-off pulling image "app:1": ErrImagePull:
            rpc error: code = Unknown desc = failed to resolve reference "app:1": not found
          · event Failed (29 s ago, 3 times): Error: ImagePullBackOff
          · event Failed (30 s ago, 3 times): Failed to pull image "app:1": rpc error: code =
            Unknown desc = failed to resolve reference "app:1": not found
          Next: See that app:1 is spelt right and exists in its registry.
          Next: If the registry wants a login, name one in imagePullSecrets.
`,
  },
  {
    name: 'a roll-out has passed its deadline',
    given: workload('Deployment', {
      spec: 'replicas: 2\n  progressDeadlineSeconds: 60',
      meta: fault('failed-pull'),
    }),
    happens: later('3m'),
    ask: about('deploy'),
    told: `
deployment/web (default): 0/2 ready
  Its roll-out has not moved on within its deadline: 0 of 2 pods ready.
    · reason deployment-controller (119 s ago): not complete: wanted 2, updated 2, ready 0,
      available 0, old 0, unavailableMax 0, surgeMax 1
    · condition Progressing (119 s ago): False (ProgressDeadlineExceeded): ReplicaSet
      "web-6bd89699d5" has timed out progressing.
    Next: Go back to what ran before:
      kubectl rollout undo deployment/web
    └ replicaset/web-6bd89699d5: 0 of 2 pods ready; 2 exist.
      └ 2 pods are not ready for the same reason, web-HASH-abcde among them.
        └ Container app cannot start: its image app:1 cannot be pulled.
          · status app waits: ImagePullBackOff: Back-off pulling image "app:1": ErrImagePull:
            rpc error: code = Unknown desc = failed to resolve reference "app:1": not found
          · event Failed (29 s ago, 5 times): Error: ImagePullBackOff
          · event Failed (30 s ago, 5 times): Failed to pull image "app:1": rpc error: code =
            Unknown desc = failed to resolve reference "app:1": not found
          Next: See that app:1 is spelt right and exists in its registry.
          Next: If the registry wants a login, name one in imagePullSecrets.
`,
  },
  {
    name: 'a Deployment is paused',
    given: workload('Deployment', { spec: 'replicas: 1\n  paused: true' }),
    happens: later('10s'),
    ask: about('deployment'),
    told: `
deployment/web (default): 0/1 ready
  It is paused: changes of its template are not rolled out.
    · spec spec.paused: true
    Next: Let it go on:
      kubectl rollout resume deployment/web
  0 of 1 pods ready.
`,
  },
  {
    name: 'a quota refuses the pods of a Deployment',
    given: `
apiVersion: v1
kind: ResourceQuota
metadata: { name: team }
spec: { hard: { requests.cpu: '1' } }
---
${workload('Deployment', { container: `, resources: { requests: { cpu: 600m } }` })}`,
    happens: later('30s'),
    ask: about('deployment'),
    told: `
deployment/web (default): 1/3 ready
  1 of 3 pods ready.
    · reason deployment-controller (30 s ago): not complete: wanted 3, updated 1, ready 1,
      available 1, old 0, unavailableMax 0, surgeMax 1
    └ replicaset/web-5cf94cd9bc: 1 of 3 pods ready; 1 exist.
      └ The server refuses to create its pods.
        · reason replicaset-controller (11 s ago): refused: reason Forbidden, code 403, kind
          pods, pods "web-HASH-abcde" is forbidden: exceeded quota: team, requested:
          requests.cpu=600m, used: requests.cpu=600m, limited: requests.cpu=1
        └ Quota team has no room: requests.cpu 600m used + 600m asked > 1.
          · status resourcequota/team: requests.cpu: 600m of 1 used
          Next: Raise the quota, or free some of requests.cpu:
            kubectl edit resourcequota team
`,
  },
  {
    name: 'a quota counts what the pods do not name',
    given: `
apiVersion: v1
kind: ResourceQuota
metadata: { name: team }
spec: { hard: { requests.memory: 1Gi } }
---
${workload('ReplicaSet', { spec: 'replicas: 1' })}`,
    happens: later('30s'),
    ask: about('rs'),
    told: `
replicaset/web (default): 0/1 ready
  0 of 1 pods ready; 0 exist.
    └ The server refuses to create its pods.
      · reason replicaset-controller (10 s ago): refused: reason Forbidden, code 403, kind pods,
        pods "web-abcde" is forbidden: failed quota: team: must specify requests.memory for: app
      └ Quota team counts requests.memory, and the pod does not say how much it wants.
        Next: Name requests.memory in the resources of its containers, or give defaults by a
              LimitRange.
`,
  },
  {
    name: 'Pod Security refuses the pods of a DaemonSet',
    given: `
apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { pod-security.kubernetes.io/enforce: restricted } }
---
${workload('DaemonSet', { spec: '', namespace: 'shop' })}`,
    happens: later('30s'),
    ask: about('daemonset', 'web', 'shop'),
    told: `
daemonset/web (shop)
  0 of 1 pods ready.
    └ The server refuses to create its pods.
      · reason daemonset-controller (10 s ago): refused: reason Forbidden, code 403, kind pods,
        pods "web-abcde" is forbidden: violates PodSecurity "restricted:latest":
        allowPrivilegeEscalation != false (container "app" must set
        securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container
        "app" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or
        container "app" must set securityContext.runAsNonRoot=true), seccompProfile (pod or
        container "app" must set securityContext.seccompProfile.type to "RuntimeDefault" or
        "Localhost")
      └ Namespace shop enforces the Pod Security level "restricted", which the pod does not
        meet.
        · spec metadata.labels.pod-security.kubernetes.io/enforce: restricted
        Next: Change the pod so that it meets "restricted", or the level of the namespace.
`,
  },
  {
    name: 'the account of a Deployment does not exist',
    given: workload('Deployment', { spec: 'replicas: 1', pod: 'serviceAccountName: robot' }),
    happens: later('30s'),
    ask: about('deployment'),
    told: `
deployment/web (default): 0/1 ready
  0 of 1 pods ready.
    · reason deployment-controller (30 s ago): not complete: wanted 1, updated 0, ready 0,
      available 0, old 0, unavailableMax 0, surgeMax 1
    └ replicaset/web-dd689444c: 0 of 1 pods ready; 0 exist.
      └ The server refuses to create its pods.
        · reason replicaset-controller (10 s ago): refused: reason Forbidden, code 403, kind
          pods, pods "web-dd689444c-" is forbidden: error looking up service account
          default/robot: serviceaccount "robot" not found
        └ ServiceAccount robot does not exist; spec.serviceAccountName needs it.
          Next: Create serviceaccount/robot, or correct the name.
            kubectl create serviceaccount robot
`,
  },
  {
    name: 'the second pod of a StatefulSet waits for the first',
    given: workload('StatefulSet', {
      spec: 'replicas: 3\n  serviceName: web',
      meta: fault('failed-pull'),
    }),
    happens: later('30s'),
    ask: about('sts'),
    told: `
statefulset/web (default): 0/3 ready
  Pod web-0 is not ready, and 2 pods after it must wait for it: 0 of 3 ready.
    · reason statefulset-controller (19 s ago): waits for its pod: pod web-0, behind 2
    └ Pod web-0 is not ready.
      └ Container app cannot start: its image app:1 cannot be pulled.
        · status app waits: ImagePullBackOff: Back-off pulling image "app:1": ErrImagePull: rpc
          error: code = Unknown desc = failed to resolve reference "app:1": not found
        · event Failed (19 s ago, 2 times): Error: ImagePullBackOff
        · event Failed (20 s ago, 2 times): Failed to pull image "app:1": rpc error: code =
          Unknown desc = failed to resolve reference "app:1": not found
        Next: See that app:1 is spelt right and exists in its registry.
        Next: If the registry wants a login, name one in imagePullSecrets.
`,
  },
  {
    name: 'a DaemonSet has no pod on tainted nodes',
    cluster: { nodes: [small('n1'), small('n2', { taints })] },
    given: workload('DaemonSet', { spec: '' }),
    happens: later('10s'),
    ask: about('ds'),
    told: `
daemonset/web (default)
  Every pod that it should have is ready (1), but not every node has one.
    └ 1 node has the taint dedicated=gpu:NoSchedule, which it does not tolerate (such as n2).
      · reason daemonset-controller (10 s ago): not tolerated: taint dedicated=gpu:NoSchedule,
        nodes 1, example n2
      Next: If it should run there, let it tolerate dedicated=gpu:NoSchedule.
`,
  },
  {
    name: 'a Job has failed too often',
    given: job('backoffLimit: 1', `[sh, -c, 'echo no such table; exit 4']`),
    happens: later('5m'),
    ask: about('job'),
    told: `
job/web (default): Failed
  It failed: 2 pods of it failed, and its backoffLimit is 1.
    · condition Failed (4 min ago): True (BackoffLimitExceeded): Job has reached the specified
      backoff limit
    Next: When the cause is mended, run it again:
      kubectl get job web -o yaml | kubectl replace --force -f -
    └ The pod that failed last is web-abcde (2 there in all).
      └ Container app ended with exit code 4.
        · status app ended (4 min ago): exit code 4, Error
        · log app: no such table
        Next: Read its log:
          kubectl logs web-abcde -c app
`,
  },
  {
    name: 'a Job waits before it tries again',
    given: job('backoffLimit: 5'),
    happens: later('15s'),
    ask: about('job'),
    told: `
job/web (default)
  2 pods of it failed (its limit is 5); the next one starts in 15 s.
    · reason job-controller (5 s ago): backs off: active 0, failed 2, limit 5, wait 20 s
    └ The pod that failed last is web-abcde (2 there in all).
      └ Container app ended with exit code 1.
        · status app ended (5 s ago): exit code 1, Error
        Next: Read its log:
          kubectl logs web-abcde -c app
`,
  },
  {
    name: 'a Job ran too long',
    given: job('activeDeadlineSeconds: 60', `[sleep, '3600']`),
    happens: later('3m'),
    ask: about('job'),
    told: `
job/web (default): Failed
  It failed: it ran longer than its activeDeadlineSeconds (60).
    · condition Failed (2 min ago): True (DeadlineExceeded): Job was active longer than
      specified deadline
    Next: When the cause is mended, run it again:
      kubectl get job web -o yaml | kubectl replace --force -f -
`,
  },
  {
    name: 'a Job is suspended',
    given: job('suspend: true'),
    happens: later('10s'),
    ask: about('job'),
    told: `
job/web (default)
  It is suspended: nothing is started.
    · spec spec.suspend: true
    Next: Let it go on:
      kubectl patch job/web -p '{"spec":{"suspend":false}}'
`,
  },
  {
    name: 'a CronJob is not due yet',
    given: cron(`schedule: '30 4 * * *'\n  timeZone: Asia/Seoul`),
    happens: later('10s'),
    ask: about('cj'),
    told: `
cronjob/web (default)
  It is not due yet: "30 4 * * *" (Asia/Seoul) comes next at 2026-01-01T19:30:00Z.
    · reason cronjob-controller (10 s ago): not due: next 2026-01-01T19:30:00Z
`,
  },
  {
    name: 'the last run of a CronJob still runs',
    given: cron(`schedule: '*/5 * * * *'\n  concurrencyPolicy: Forbid`, `[sleep, '86400']`),
    happens: later('12m'),
    ask: about('cronjob'),
    told: `
cronjob/web (default)
  It does not start because its last run, job web-29453765, has not ended, and its
  concurrencyPolicy is Forbid.
    · reason cronjob-controller (2 min ago): another one runs: next 2026-01-01T00:15:00Z
    Next: End that run, or set concurrencyPolicy to Replace or Allow.
    └ job/web-29453765: It runs: 1 active, 0 of 1 done.
      · reason job-controller (7 min ago): runs: active 1, failed 0, limit 0
`,
  },
  {
    name: 'the runs of a CronJob fail',
    given: cron(`schedule: '*/5 * * * *'`, `[sh, -c, 'echo disk full; exit 1']`),
    happens: later('7m'),
    ask: about('cronjob'),
    told: `
cronjob/web (default)
  Its runs fail; the next is due at 2026-01-01T00:10:00Z.
    · reason cronjob-controller (2 min ago): not due: next 2026-01-01T00:10:00Z
    └ job/web-29453765: It failed: 1 pod of it failed, and its backoffLimit is 0.
      · condition Failed (2 min ago): True (BackoffLimitExceeded): Job has reached the specified
        backoff limit
      Next: When the cause is mended, run it again:
        kubectl get job web-29453765 -o yaml | kubectl replace --force -f -
      └ The pod that failed last is web-HASH-abcde (1 there in all).
        └ Container app ended with exit code 1.
          · status app ended (2 min ago): exit code 1, Error
          · log app: disk full
          Next: Read its log:
            kubectl logs web-HASH-abcde -c app
`,
  },
  {
    name: 'a Service selects no pod, but for one label it would',
    given: `${workload('Deployment', { spec: 'replicas: 2' })}---${service('{ selector: { app: web, tier: frontend }, ports: [{ port: 80 }] }')}`,
    happens: later('10s'),
    ask: about('service'),
    told: `
service/web (default)
  It has no endpoints: no pod has the labels app=web,tier=frontend.
    · spec spec.selector: app=web,tier=frontend
    · reason endpointslice-controller (10 s ago): selects no pod: selector app=web,tier=frontend
    Next: Compare the labels:
      kubectl get pods --show-labels
    └ 2 pods have tier=front instead of tier=frontend (web-HASH-abcde).
`,
  },
  {
    name: 'no pod of a Service is ready',
    given: `${workload('Deployment', { spec: 'replicas: 2', container: `, env: [{ name: KEY, valueFrom: { secretKeyRef: { name: keys, key: key } } }]` })}---${service('{ selector: { app: web }, ports: [{ port: 80 }] }')}`,
    happens: later('30s'),
    ask: about('svc'),
    told: `
service/web (default)
  It has no endpoints that are ready: of 2 pods that it selects, none is ready.
    · spec spec.selector: app=web
    · reason endpointslice-controller (30 s ago): pods not ready: pods 2, notReady 2, example
      web-HASH-abcde
    └ 2 pods are not ready for the same reason, web-HASH-abcde among them.
      └ Container app cannot start: something that it is configured from is missing.
        · status app waits: CreateContainerConfigError: secret "keys" not found
        └ Secret keys does not exist; container app.env.KEY needs it.
          Next: Create secret/keys, or correct the name.
            kubectl get secrets
`,
  },
  {
    name: 'a Service names a port that its pods do not have',
    given: `${workload('Deployment', { spec: 'replicas: 2', container: `, ports: [{ name: web, containerPort: 8080 }]` })}---${service('{ selector: { app: web }, ports: [{ port: 80, targetPort: http }] }')}`,
    happens: later('10s'),
    ask: about('service'),
    told: `
service/web (default)
  Its targetPort "http" is no port name of 2 pods that it selects; they name: web.
    · spec spec.ports: 80 -> http
    · reason endpointslice-controller (10 s ago): no port of that name: port 80, targetPort
      http, pods 2, example web-HASH-abcde
    Next: Correct targetPort:
      kubectl edit service/web
`,
  },
  {
    name: 'nothing makes a load balancer',
    given: `${workload('Deployment', { spec: 'replicas: 1' })}---${service('{ type: LoadBalancer, selector: { app: web }, ports: [{ port: 80 }] }')}`,
    happens: later('10s'),
    ask: about('service'),
    told: `
service/web (default)
  It has no address from outside: nothing in this cluster makes load balancers.
    · spec spec.type: LoadBalancer
    Next: Install one, or use type NodePort or an ingress.
`,
  },
];

situations(workloads);

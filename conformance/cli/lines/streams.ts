import type { LineList } from '../line-list.ts';

const wrongWait = ['delete', 'create'].map((what) => `wait pod/none --for=${what} --timeout=1s`);

/** Logs, commands, copies, forwarded ports, proxies, debugging and waiting: what simulated nodes answer, and wrong lines. */
export const streams: LineList = {
  name: 'streams',
  files: {
    'pods.yaml': `apiVersion: v1
kind: Pod
metadata: {name: boat, namespace: default, labels: {app: boat}}
spec:
  initContainers: [{name: prep, image: x, command: [echo, ready]}]
  containers: [{name: a, image: x, command: [sh, -c, echo one; echo two; sleep 3600]}]
---
apiVersion: v1
kind: Pod
metadata: {name: solo, namespace: default, labels: {app: solo}}
spec:
  containers:
  - {name: only, image: x, ports: [{name: web, containerPort: 80}, {name: dns, containerPort: 53, protocol: UDP}]}
---
apiVersion: v1
kind: Pod
metadata: {name: done, namespace: default}
spec:
  restartPolicy: Never
  containers: [{name: only, image: x, command: [echo, over]}]
---
apiVersion: v1
kind: Service
metadata: {name: solo, namespace: default}
spec:
  selector: {app: solo}
  ports: [{name: web, port: 81, targetPort: web}, {name: dns, port: 53, protocol: UDP}]
---
apiVersion: v1
kind: Service
metadata: {name: bare, namespace: default}
spec: {ports: [{port: 1}]}
`,
    'custom.yaml': 'env: [{name: Q, value: "2"}]\nsecurityContext: {runAsUser: 0}\n',
    'bad-custom.yaml': 'name: x\n',
    'local.txt': 'local\n',
  },
  lines: [
    'apply -f pods.yaml',
    'wait pod/boat pod/solo --for=condition=Ready --timeout=60s',
    'wait pod/done --for=jsonpath={.status.phase}=Succeeded --timeout=60s',
    'wait pod -l app=boat --for=condition=ready -o name',
    'wait pod/boat --for=condition=Ready=false --timeout=0',
    'wait pod/boat --for=condition=Ready=false --timeout=1s',
    'wait pod/boat --for=jsonpath={.status}=x',
    'wait pod/boat --for=jsonpath={.spec.nodeName}{.metadata.name}=x',
    'wait pod/boat --for=jsonpath={.metadata.name} --for=create',
    'wait pod/boat --for=jsonpath={.metadata.name}=',
    'wait pod/boat --for=jsonpath=a=b=c',
    'wait pod/boat --for=jsonpath=',
    'wait pod/boat --for=sunshine',
    'wait pod/boat',
    'wait --for=condition=Ready',
    'wait pod -l app=none --for=condition=Ready',
    'wait pod/none --for=condition=Ready',
    'wait pod/none pod/nobody --for=create --timeout=1s',
    'wait svc/solo --for=jsonpath={.spec.ports[*].port}=81',
    'wait pod/boat --for=delete --timeout=0',
    'wait -f pods.yaml --for=create -o name',
    ...wrongWait,
    'logs boat',
    'logs boat -c prep --prefix',
    'logs boat prep',
    'logs boat --all-containers -c a',
    'logs boat --tail=1',
    'logs boat --tail=-2',
    'logs boat --limit-bytes=-1',
    'logs boat --since=1h --since-time=2026-01-01T00:00:00Z',
    'logs boat --since-time=yesterday',
    'logs boat nothing',
    'logs boat -c a a',
    'logs boat -p',
    'logs -l app=boat -c a',
    'logs -l app=none',
    'logs boat -l app=boat',
    'logs none',
    'logs',
    'logs a b c',
    'logs done',
    'logs svc/bare',
    'logs ns/default',
    'logs svc/solo --all-pods',
    'exec boat -- echo hello',
    'exec boat -q -c a -- echo hello there',
    'exec svc/solo -- hostname',
    'exec boat -- sh -c "exit 3"',
    'exec -it solo -- echo hello',
    'exec -itq solo -- echo hello',
    'exec boat -c nothing -- ls',
    'exec done -- ls',
    'exec none -- ls',
    'exec boat ls',
    'exec boat',
    'exec -- ls',
    'exec -f pods.yaml -- ls',
    'exec ns/default -- ls',
    'exec boat --pod-running-timeout=0 -- ls',
    'attach',
    'attach done',
    'attach none',
    'attach boat -c nothing',
    'attach a b c',
    'attach ns default',
    'cp',
    'cp a b',
    'cp :a b',
    'cp a/b/c:d e',
    'cp boat:/a solo:/b',
    'cp boat: x',
    'cp none.txt boat:/tmp',
    'cp none:/x y',
    'cp local.txt none:/x',
    'cp local.txt boat:/x -c nothing',
    'port-forward',
    'port-forward boat',
    'port-forward none 80',
    'port-forward solo nothing',
    'port-forward solo 8080:',
    'port-forward solo dns',
    'port-forward solo :99999',
    'port-forward solo 0:0',
    'port-forward solo 80 --address nowhere',
    'port-forward svc/solo 80',
    'port-forward svc/solo nothing',
    'port-forward svc/solo dns',
    'port-forward svc/bare 1',
    'port-forward done 80',
    'proxy --port=80000',
    'proxy --unix-socket=s --port=9',
    'proxy --address=203.0.113.9',
    'debug',
    'debug boat',
    'debug boat --image=BAD',
    'debug boat --image=x --profile=nothing',
    'debug boat --image=x --replace',
    'debug boat --copy-to=y',
    'debug boat --copy-to=y -- ls',
    'debug boat --image=x --copy-to=y --target=a',
    'debug boat --image=x -t',
    'debug boat --image=x --env=a',
    'debug boat --image=x --image-pull-policy=sometimes',
    'debug boat --image=x --custom=none.yaml',
    'debug boat --image=x --custom=bad-custom.yaml',
    'debug none --image=x',
    'debug svc/solo --image=x',
    'debug boat --image=x -c d1 --target=a -- sleep 1000',
    'debug boat --image=x -c d2 --profile=restricted --env=A=1,B=2 -q',
    'debug boat --image=x -c d3 --profile=sysadmin --custom=custom.yaml --arguments-only -- a b',
    'debug boat --image=x -c d4 --profile=legacy',
    'get pod boat -o jsonpath={.spec.ephemeralContainers}',
    'debug boat --copy-to=c1 --set-image=*=y,a=z',
    'debug boat --copy-to=c2 --image=y -c dbg --profile=netadmin --same-node --share-processes=false',
    'debug boat --copy-to=c3 -c a --keep-labels --keep-init-containers=false -- sleep 9',
    'debug boat --copy-to=c1 --set-image=a=z',
    'get pods c1 c2 c3 -o jsonpath=\'{range .items[*]}{.metadata.labels} {.spec.initContainers[*].image} {.spec.containers[*].image} {.spec.containers[*].command} {.spec.containers[*].securityContext} {.spec.shareProcessNamespace}{"\\n"}{end}\'',
    'debug boat --copy-to=c4 --set-image=a=z --replace',
    'get pod boat c4 -o name',
  ],
};

import type { LineList } from '../line-list.ts';

/** Applying, labels, annotations, patches, sizes, deletion. */
export const change: LineList = {
  name: 'change',
  files: {
    'app.yaml': `apiVersion: v1
kind: ConfigMap
metadata: {name: web, namespace: default, labels: {a: b}}
data: {x: "1", y: "<&>"}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: default}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: c, image: "busybox:1", env: [{name: A, value: "1"}, {name: B, value: "2"}], ports: [{containerPort: 80}]}
`,
    'app2.yaml': `apiVersion: v1
kind: ConfigMap
metadata: {name: web, namespace: default, labels: {a: b}}
data: {y: "<&>"}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: default}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: c, image: "busybox:1", env: [{name: B, value: "2"}], ports: [{containerPort: 80}]}
`,
    'none.yaml': 'a: 1\n',
    'kind.yaml': 'apiVersion: v1\n',
    'list.yaml': '[1, 2]\n',
    'num.yaml': 'apiVersion: 1\nkind: 2\n',
    'in.yaml': 'apiVersion: v1\nkind: List\nitems:\n- {a: 1}\n',
    'mixed.yaml': `apiVersion: v1
kind: ConfigMap
metadata: {name: first}
---
a: 1
---
apiVersion: v1
kind: ConfigMap
metadata: {name: third}
`,
    'ns.yaml': `apiVersion: v1
kind: Namespace
metadata: {name: default}
`,
  },
  lines: [
    'apply -f app.yaml',
    'label cm web z=1',
    'label cm web z=1',
    'label cm web z=2',
    'label cm web z=2 --overwrite',
    'label cm web z- q-',
    'label cm web y=2 a- -o yaml',
    'label cm web',
    'label cm',
    'label',
    'label cm web x=1=2',
    'label cm web x=a_',
    "label cm web 'x=a b'",
    'label cm web x=1 cm',
    'label cm web x=1 x-',
    'label cm web --list',
    'label cm,deploy web --list',
    'label cm nope x=1',
    'label cm --all --selector a=b x=1',
    'label -f app.yaml --local l=1 -o name',
    'label -f app.yaml k=1 --dry-run=client',
    'label -f app.yaml k=1 --dry-run=server',
    'annotate cm web a=1',
    'annotate cm web a=1',
    'annotate cm web a=2 b=3',
    'annotate cm web a=2 --overwrite',
    'annotate cm web a-',
    'annotate cm web a- a=1',
    'annotate cm web --list -o name',
    'annotate deploy/web x=y --dry-run=server',
    'annotate cm',
    'patch cm web -p \'{"data":{"n":"1"}}\'',
    'patch cm web -p \'{"data":{"n":"1"}}\'',
    "patch cm web -p '{data: {m: x}}'",
    'patch cm web --type=json -p \'[{"op":"remove","path":"/data/nope"}]\'',
    'patch cm web --type=foo -p {}',
    'patch cm web',
    "patch cm web -p '{'",
    'patch deploy web --subresource=scale --type=merge -p \'{"spec":{"replicas":4}}\'',
    'patch deploy web -p \'{"spec":{"replicas":"x"}}\'',
    'patch deploy web -p \'{"spec":{"template":{"spec":{"containers":[{"name":"c","image":"i"}]}}}}\' -o jsonpath={.spec.template.spec.containers}',
    'patch -f app.yaml --local -p \'{"metadata":{"labels":{"q":"1"}}}\' -o name',
    'patch cm web --dry-run=client -p \'{"data":{"zz":"1"}}\' -o jsonpath={.data}',
    'scale deploy web --replicas=5',
    'scale deploy web --replicas=5 --current-replicas=1',
    'scale deploy web --replicas=-1',
    'scale deploy web',
    'scale cm web --replicas=1',
    'scale deploy nope --replicas=1',
    'scale deploy/web --replicas=6 --dry-run=client -o name',
    'scale deploy/web --replicas=6 --dry-run=server',
    'scale deploy web --replicas=7 -o jsonpath={.spec.replicas}',
    'scale --replicas=2',
    'apply -f app2.yaml --dry-run=client',
    'apply -f app2.yaml --dry-run=server -o name',
    'apply -f app2.yaml',
    "get deploy web -o jsonpath='{.spec.replicas}{.spec.template.spec.containers[0].env}'",
    // Until nobody writes to it: whoever moves fields of an object that changes five times meanwhile warns.
    'wait --for=jsonpath={.status.observedGeneration}=6 deploy/web --timeout=40s',
    `wait '--for=jsonpath={.status.conditions[?(@.type=="Progressing")].reason}=NewReplicaSetAvailable' deploy/web --timeout=40s`,
    'apply --server-side -f app.yaml',
    'apply --server-side --force-conflicts -f app.yaml',
    'delete -f app.yaml --dry-run=client',
    'delete -f app.yaml',
    'delete -f app.yaml --ignore-not-found',
    'delete cm x y',
    'delete cm -l a=zz',
    'delete nothing',
    'delete',
    'delete cm --all -l x=y',
    'delete pod x --now --grace-period=3',
    'delete cm kube-root-ca.crt --cascade=foo',
    'apply',
    'apply -f /nope',
    'apply -f app.yaml x',
    'apply -f ns.yaml --dry-run=server',
    'create -f none.yaml',
    'create -f none.yaml --validate=false',
    'replace -f none.yaml',
    'create -f kind.yaml --dry-run=client',
    'create -f list.yaml',
    'apply -f num.yaml',
    'apply -f in.yaml',
    'apply -f none.yaml --validate=warn',
    'apply -f none.yaml --server-side',
    'delete -f none.yaml',
    'apply -f mixed.yaml',
    'apply -f mixed.yaml --validate=false',
    'autoscale deploy web --max=3000000000',
    'create deployment x --image=a --replicas=99999999999',
    'create priorityclass x --value=-2147483649',
    'replace -f app.yaml --cascade=true --force',
  ],
};

import type { LineList } from '../line-list.ts';

const request =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlJQ1V6Q0NBVHNDQVFBd0RqRU1NQW9HQTFVRUF3d0RZVzV1TUlJQklqQU5CZ2txaGtpRzl3MEJBUUVGQUFPQwpBUThBTUlJQkNnS0NBUUVBOGhGUHdKU3hBUkR6Z3lBbEpoT2FFdUtwMmVaQ2xHU09kUDJOL1I1eHJQSFdqUFpPCmZDR1NENm9XbzJ5aksyeFZJRm0vL3hEV3ZKUldGN041bmc3SEYwbEV5bGZZWXY2ZFRkOE1oeGNIdExsZ3dVV2QKUmFnMkVGSEtvclpGQnlyVS9nUmRDSFd0ZGlQZzl4WElLNC9GTmxJNU9SQ3p4T3lpdTNLZmZ1Z2ptYitiWjlFVgo0TU5xNlBJQlpDWlFCNHhuTFZud1pDZ0FWcU5QdVVSZHk2WnhWTEZsaWJrMXhlcXh1eUVpa1ZSU25uSytOUVpPClFlcisrcU93UXNGeStoclVqUmM4NFc5cXA5YjNaQkVrL2dYSlkyVVFITHNlSWhtQ1hZUjNpVUxob2hpdnVFckIKNGtGeW5QRW5pbkhxREpRT1R5ZVNyNXIzbURiZVBqYjNNaER2MFFJREFRQUJvQUF3RFFZSktvWklodmNOQVFFTApCUUFEZ2dFQkFCb0ZwT0dsZTlMVE5TTVVDeUNlVThHbnpvNUIxMnhaRFpJQTVnT2pkdWtJa1dwUVk4eXUramJyCnozODRiOVJON2IzRmF6WVBET0tGTndGU1RIUytmdWEzSXZkZHJBaFRYdkJzSDQ0K3dUUEk5MXpUTzJiWDZFT2oKNFFYZU12US8zdzdHZE54eFc2WDBVczNua1VhaFhaeE5hclcySTlYWUx4WkUwUkliQXpTQ0RnNDNKSDdiUlc0MwpqRElINnU2YU51WXBQQVRBVmJJRkJIOHg1cS9HTEJZZk1HM1ZwVStjNzUrM0FDRzI4aVlUa2Y3am40blQxc2hWClVVdEFLS0IwWUN6amt1K01oS0lnUVpMdnA2STdhK1dVNXpWU1JiWEJjN3dwOHZ6cmNFV21td3JOaUtGZjExTjQKV0NIeURJUlJmcFhkYTYrY3hIUzVydURKNTJZK2hlaz0KLS0tLS1FTkQgQ0VSVElGSUNBVEUgUkVRVUVTVC0tLS0tCg==';
const csrs = ['c1', 'c2', 'c3'].map(
  (name) => `apiVersion: certificates.k8s.io/v1
kind: CertificateSigningRequest
metadata: {name: ${name}}
spec: {request: ${request}, signerName: example.com/x, usages: [client auth]}
`,
);

/** A role, a binding and what is neither, for `auth reconcile`. */
const rbac = (
  labels: string,
  verbs: string,
  role: string,
  user: string,
): string => `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: cr, labels: {${labels}}}
rules: [{apiGroups: [""], resources: [pods], verbs: [${verbs}]}, {nonResourceURLs: [/x], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: rb2, namespace: default}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: ${role}}
subjects: [{kind: User, name: ${user}, apiGroup: rbac.authorization.k8s.io}, {kind: ServiceAccount, name: s, namespace: default}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: cmx}
`;

/** Cordon, drain, taints; `auth`, `certificate`. */
export const nodes: LineList = {
  name: 'nodes',
  files: {
    'rbac.yaml': rbac('a: b', 'get, list', 'view', 'a'),
    'rbac2.yaml': rbac('a: c, d: e', 'get, watch', 'view', 'bb'),
    'rbac3.yaml': rbac('a: b', 'get, list', 'edit', 'a'),
    'csr.yaml': csrs.join('---\n'),
  },
  lines: [
    'cordon',
    'cordon nope',
    'cordon pods/x',
    'cordon nope -l a=b',
    'cordon -l nope=x',
    'cordon -l kubernetes.io/os=linux --dry-run=client',
    'cordon -l kubernetes.io/os=linux --dry-run=server',
    'uncordon -l kubernetes.io/os=linux',
    'cordon -l kubernetes.io/os=linux',
    'run p --image=x',
    'run p2 --image=x --labels=app=p2',
    'create pdb b --selector=app=p2 --min-available=1',
    'wait --for=condition=Ready pod/p pod/p2 --timeout=40s',
    'wait --for=jsonpath={.status.observedGeneration}=1 pdb/b --timeout=40s',
    'drain',
    'drain nope',
    'drain nope --pod-selector=a~',
    'drain -l kubernetes.io/os=linux --pod-selector=run=p',
    'drain -l kubernetes.io/os=linux --pod-selector=run=p --dry-run=client --force',
    'drain -l kubernetes.io/os=linux --pod-selector=run=p --dry-run=server --force',
    'drain -l kubernetes.io/os=linux --pod-selector=run=p --force',
    'drain -l kubernetes.io/os=linux --pod-selector=app=p2 --force --timeout=1s',
    'drain -l kubernetes.io/os=linux --pod-selector=app=p2 --force --disable-eviction --grace-period=1',
    'drain -l nope=x',
    'drain nope --grace-period=x',
    'taint',
    'taint nodes',
    'taint nodes -l kubernetes.io/os=linux a',
    'taint nodes -l kubernetes.io/os=linux a=b',
    'taint node/x a=b:NoSchedule',
    'taint pods x a=b:NoSchedule',
    'taint nopes x a=b:NoSchedule',
    'taint node -l kubernetes.io/os=linux a=b:NoSchedule --dry-run=client',
    'taint node -l kubernetes.io/os=linux a=b:NoSchedule --dry-run=server',
    'taint node -l kubernetes.io/os=linux a=b:NoSchedule c:NoExecute --dry-run=server -o jsonpath={.spec.taints}',
    'taint node -l kubernetes.io/os=linux a=b:No',
    'taint node -l kubernetes.io/os=linux a-',
    'taint node -l kubernetes.io/os=linux a:NoSchedule- b-',
    'taint nodes -l kubernetes.io/os=linux a=b:NoSchedule a:NoSchedule',
    'taint nodes -l kubernetes.io/os=linux a=b:NoSchedule a-',
    'taint nodes -l kubernetes.io/os=linux a=b:NoSchedule nodes',
    'taint nodes a=b:NoSchedule',
    'taint nodes --all -l x=y a=b:NoSchedule',
    'taint nodes --all a=b:NoSchedule --dry-run=server',
    'taint nodes nope a=b:NoSchedule',
    'taint nodes -l kubernetes.io/os=linux a=b:c:d',
    'taint nodes -l kubernetes.io/os=linux a=b=c:NoSchedule',
    "taint nodes -l kubernetes.io/os=linux 'a=b c:NoSchedule'",
    'auth whoami -o jsonpath={.status.userInfo.username}',
    'auth whoami --as=ann --as-group=g --as-uid=7',
    'auth can-i',
    'auth can-i get',
    'auth can-i get pods',
    'auth can-i get pods/x --subresource=log',
    'auth can-i get pods -A',
    'auth can-i foo pods',
    'auth can-i get nopes',
    'auth can-i get nope.x.y',
    'auth can-i get nodes',
    'auth can-i get clusterroles.rbac.authorization.k8s.io',
    'auth can-i get users',
    'auth can-i get /healthz',
    'auth can-i foo /healthz',
    'auth can-i get /healthz --subresource=x',
    "auth can-i '*' '*'",
    'auth can-i delete pods --as=ann',
    'auth can-i delete pods --as=ann -q',
    'auth can-i get deploy/web --as=ann',
    'auth can-i list --list',
    'auth can-i --list',
    'auth can-i --list --no-headers --as=ann',
    'auth can-i --list -q',
    'auth can-i get pods --no-headers',
    'auth can-i --list --as=system:serviceaccount:kube-system:default -n kube-system',
    'auth reconcile',
    'auth reconcile -f nope',
    'auth reconcile x -f rbac.yaml',
    'auth reconcile -f rbac.yaml --dry-run=client',
    'auth reconcile -f rbac.yaml --dry-run=server',
    'auth foo',
    'certificate foo --x',
    'certificate approve',
    'certificate approve nope',
    'certificate deny nope',
    'taint nodes -l kubernetes.io/os=linux a=b:NoSchedule',
    'taint nodes -l kubernetes.io/os=linux a=c:NoSchedule',
    'taint nodes -l kubernetes.io/os=linux a=c:NoSchedule --overwrite',
    'taint nodes -l kubernetes.io/os=linux a:NoSchedule- b=c:NoExecute',
    'taint nodes --all b-',
    'auth reconcile -f rbac.yaml',
    'auth reconcile -f rbac2.yaml --dry-run=client',
    'auth reconcile -f rbac2.yaml',
    'auth reconcile -f rbac.yaml --remove-extra-permissions --remove-extra-subjects',
    'auth reconcile -f rbac3.yaml',
    'create -f csr.yaml',
    'certificate approve c1',
    'certificate approve c1 --force',
    'certificate deny c1',
    'certificate deny c2 c3',
    'certificate approve -f csr.yaml',
    'certificate deny c2 -o jsonpath={.metadata.name}',
    'get csr c1 -o jsonpath={.status.conditions[0].reason}',
  ],
};

import type { LineList } from '../line-list.ts';

const lab = `apiVersion: v1
kind: Config
clusters:
- name: one
  cluster: {server: "https://1.2.3.4", certificate-authority: ca.crt}
- name: two
  cluster: {server: "https://5.6.7.8", certificate-authority-data: QUJD, extensions: [{name: x, extension: {b: 1, a: 2}}]}
users:
- name: u
  user: {token: abc, client-key-data: QUJD}
- name: v
  user: {exec: {command: foo, apiVersion: client.authentication.k8s.io/v1}, auth-provider: {name: oidc}}
contexts:
- name: b
  context: {cluster: two, user: u, namespace: web}
- name: a
  context: {cluster: one, user: v}
current-context: a
`;

const at = (line: string): string => `config --kubeconfig lab.yaml ${line}`;

/** Kubeconfig files: looking at them, and all ways to change them. */
export const config: LineList = {
  name: 'config',
  files: {
    'lab.yaml': lab,
    'ca.crt': 'CERTIFICATE\n',
    'typed.yaml': 'clusters: 1\n',
    'entry.yaml': 'contexts: [{name: a, context: {namespace: y}}]\n',
    'name.yaml': 'users: [{name: 1}]\n',
    'list.yaml': 'users: [a]\n',
    'inner.yaml': 'clusters: [{name: a, cluster: b}]\n',
    'sub/me.crt': 'ME\n',
  },
  lines: [
    ...[
      ...['view', 'view --raw', 'view --minify', 'view --flatten', 'view -o json'],
      ...['view --minify --context b', 'view --minify --context q', 'view more'],
      "view -o jsonpath='{.users[*].name}'",
      'view -o jsonpath=\'{.clusters[?(@.name=="two")].cluster.server}\'',
      ...['view -o name', 'view -o wide', "view -o go-template='{{len .users}}'"],
      ...['get-contexts', 'get-contexts a', 'get-contexts a q r', 'get-contexts -o name'],
      ...['get-contexts --no-headers', 'get-contexts -o json', 'get-users'],
      ...['current-context', 'use-context b', 'current-context', 'use-context q', "use-context ''"],
      ...['use a', 'rename-context b c', 'rename-context b c', 'rename-context c a'],
      ...["rename-context c ''", 'get-contexts'],
      ...['set clusters.three.four.server x', 'set contexts.c.namespace n1', 'set foo.b x'],
      ...['set clusters.one.insecure-skip-tls-verify maybe', 'set users.u.client-key-data ??'],
      ...['set users.u.client-key-data QUJDRA==', 'set users.v.auth-provider.name x'],
      ...[
        'set users.u.client-certificate-data abc --set-raw-bytes',
        'set contexts.a.namespace.b x',
      ],
      ...['set preferences.colors true', 'set users.u.act-as me', "set current-context ''"],
      ...["set '' x", 'view --raw', 'unset contexts.q.namespace', 'unset contexts.q'],
      ...['unset preferences.colors', 'unset users.u.act-as', 'unset clusters.three.four'],
      ...['unset current-context', "unset ''", 'view --raw', 'set-context --current --namespace=z'],
      ...['use-context a', 'set-context --current --namespace=z', 'set-context new --cluster=one'],
      ...['set-context new --user=u -n x', 'set-context', 'set-context x --current', 'view'],
      ...['set-cluster one --server=https://9.9.9.9 --tls-server-name=n', "set-cluster ''"],
      ...['set-cluster four --server=https://4 --certificate-authority=ca.crt'],
      ...['set-cluster four --certificate-authority=ca.crt --embed-certs'],
      ...['set-cluster five --certificate-authority=none.crt --embed-certs'],
      ...['set-cluster five --insecure-skip-tls-verify --certificate-authority=ca.crt'],
      ...['set-cluster five --embed-certs', 'set-cluster four --insecure-skip-tls-verify=true'],
      ...['set-cluster four --proxy-url=http://proxy:1', 'view --raw'],
      ...['set-credentials w --token=t --username=n', 'set-credentials w --token=t'],
      ...['set-credentials w --username=n --password=p', 'view --raw --minify --context new'],
      ...['set-credentials w --client-certificate=sub/me.crt', "set-credentials ''"],
      ...[
        'set-credentials w --client-certificate=sub/me.crt --client-key=sub/me.crt --embed-certs',
      ],
      ...['set-credentials w --embed-certs', 'set-credentials w --client-key=no --embed-certs'],
      ...['set-credentials x --exec-command=login --exec-arg=a,b --exec-env=A=1 --exec-env=B=2'],
      ...['set-credentials x --exec-env=A- --exec-env=B=3 --exec-interactive-mode=Sometimes'],
      ...['set-credentials x --exec-env=A- --exec-env=B=3 --exec-interactive-mode=Never'],
      ...['set-credentials x --exec-command=other --exec-provide-cluster-info'],
      ...['set-credentials v --auth-provider=oidc --auth-provider-arg=client-id=i,idp=x'],
      ...['set-credentials v --auth-provider-arg=idp-', 'view --raw', 'delete-user'],
      ...['delete-user w', 'delete-user w', 'delete-cluster four', 'delete-cluster four'],
      ...['delete-context a', 'delete-context a', 'view', 'unset users', 'unset contexts', 'view'],
    ].map(at),
    ...['config --kubeconfig new/none.yaml view', 'config --kubeconfig new/none.yaml get-contexts'],
    'config --kubeconfig new/none.yaml set-context x --cluster=y',
    'config --kubeconfig new/none.yaml view',
    ...['typed', 'entry', 'name', 'list', 'inner'].map(
      (file) => `config --kubeconfig ${file}.yaml view`,
    ),
    'config view --merge=false',
    'config get-clusters --nothing',
    'config --kubeconfig new/none.yaml current-context',
    'get ns --kubeconfig nowhere.yaml',
  ],
};

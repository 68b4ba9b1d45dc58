import type { LineList } from '../line-list.ts';

const configMap = (name: string, data: string, labels = ''): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: default${labels && `, labels: {${labels}}`}}\ndata: {a: ${data}}\n`;

const deployment = (replicas: number, image: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: default}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: "${image}"}]}
`;

/** Diff, edit, what was applied last, pruning, ApplySets, and the way from client-side to server-side apply. */
export const edit: LineList = {
  name: 'edit',
  env: { KUBE_EDITOR: 'sh editor.sh', KUBECTL_APPLYSET: 'true' },
  files: {
    // shows the comments, then edits by what the file holds
    'editor.sh': `grep '^#' "$1"
if grep -q EMPTYME "$1"; then : > "$1"; fi
if grep -q FAILME "$1"; then exit 3; fi
sed -i -e '/was not valid/,$ s/replicas: -1/replicas: 3/' -e 's/replicas: 2\\(,*\\)\\r*$/replicas: -1\\1/' \\
  -e 's/FIRST/SECOND/' -e 's/name: rename$/name: renamed/' -e 's/BROKEN/x: y: [/' \\
  -e 's/paused: true/paused: 7/' -e 's/replicas: 5$/replicas: 6/' "$1"
`,
    'one.yaml': configMap('one', 'FIRST'),
    'all.yaml': ['one', 'two', 'three']
      .map((name) => configMap(name, 'FIRST', 'set: "1"'))
      .join('---\n'),
    'less.yaml': ['one', 'two'].map((name) => configMap(name, 'FIRST', 'set: "1"')).join('---\n'),
    'rest.yaml': [
      configMap('rename', 'x'),
      configMap('broken', 'BROKEN'),
      configMap('empty', 'EMPTYME'),
      configMap('failing', 'FAILME'),
    ].join('---\n'),
    'bare.yaml': configMap('bare', 'x'),
    'web.yaml': deployment(2, 'busybox:1'),
    'web2.yaml': deployment(4, 'busybox:2'),
    'secret.yaml':
      'apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: default}\nstringData: {a: "1", b: "2"}\n',
    'secret2.yaml':
      'apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: default}\nstringData: {a: "9", b: "2", c: "3"}\n',
    'new.yaml': configMap('new', 'FIRST'),
    'kust/kustomization.yaml': 'resources: [one.yaml]\nnamePrefix: k-\n',
    'kust/one.yaml': configMap('one', 'x'),
    'set.yaml': ['m1', 'm2'].map((name) => configMap(name, 'x')).join('---\n'),
    'set-less.yaml': configMap('m1', 'y'),
    'taken.yaml': configMap('taken', 'x', 'applyset.kubernetes.io/part-of: x'),
    'migrate.yaml': configMap('migrate', 'x'),
    'migrate2.yaml':
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: migrate, namespace: default}\ndata: {b: "2"}\n',
  },
  lines: [
    'diff -f all.yaml',
    'diff -k kust',
    'apply -f all.yaml',
    'apply -f rest.yaml',
    'apply -f web.yaml',
    'apply -f secret.yaml',
    'diff -f all.yaml',
    'diff -f web2.yaml',
    'diff -f web2.yaml --server-side',
    'diff -f web2.yaml --server-side --force-conflicts',
    'diff -f web.yaml -f web2.yaml --concurrency=2',
    'diff -f secret2.yaml',
    'diff -f secret2.yaml --show-secrets',
    'diff -f less.yaml --prune -l set=1',
    'diff -f less.yaml --prune -l set=1 --prune-allowlist=core/v1/ConfigMap',
    'diff -f less.yaml --prune --prune-allowlist=x',
    'diff',
    'diff -f nope.yaml',
    'diff -f all.yaml x',
    'diff --nope',
    'diff -f all.yaml --force-conflicts',
    'diff -f all.yaml --concurrency=x',
    'edit cm one',
    'edit cm one',
    'edit cm two three',
    'edit cm nope',
    'edit',
    'edit cm/one -o name',
    'edit deploy web',
    'edit deploy web -o json',
    'edit deploy/web --output-patch',
    'edit cm rename',
    'edit cm broken',
    'edit cm empty',
    'edit cm failing',
    'edit -f one.yaml',
    'edit cm one --windows-line-endings',
    'scale deploy web --replicas=5',
    'edit deploy web --subresource=scale',
    'get deploy web -o jsonpath={.spec.replicas}',
    'edit cm one --validate=nope',
    'create -f new.yaml --edit',
    'create -f new.yaml --edit -o name',
    'create -f bare.yaml',
    'apply view-last-applied cm one',
    'apply view-last-applied cm/one -o json',
    'apply view-last-applied cm one -o name',
    'apply view-last-applied -f all.yaml',
    'apply view-last-applied cm bare',
    'apply view-last-applied cm nope',
    'apply view-last-applied cm -l set=1',
    'apply view-last-applied',
    'apply set-last-applied -f one.yaml',
    'apply set-last-applied -f one.yaml',
    'apply set-last-applied -f bare.yaml',
    'apply set-last-applied -f bare.yaml --create-annotation --dry-run=client',
    'apply set-last-applied -f bare.yaml --create-annotation -o name',
    'apply set-last-applied -f nope.yaml',
    'apply set-last-applied',
    'apply edit-last-applied cm one',
    'apply edit-last-applied cm one',
    'apply edit-last-applied cm new',
    'apply view-last-applied cm one',
    'apply -f less.yaml --prune',
    'apply -f less.yaml --prune --all -l set=1',
    'apply -f less.yaml --prune -l set=1 --force',
    'apply -f less.yaml --prune -l set=1 --server-side',
    'apply -f less.yaml --prune -l set=1 --prune-allowlist=nope',
    'apply -f less.yaml --prune -l set=1 --prune-allowlist=core/v1/Nope',
    'apply -f less.yaml --prune -l set=1 --prune-allowlist=core/v1/ConfigMap --dry-run=client',
    'apply -f less.yaml --prune -l set=1 --dry-run=server',
    'apply -f less.yaml --prune -l set=1',
    'apply -f set.yaml --applyset=mine',
    'apply -f set.yaml --applyset=mine --prune',
    'apply -f set.yaml --applyset=mine --prune -n default',
    'get secret mine -n default -o yaml',
    'apply -f set-less.yaml --applyset=mine --prune -n default --dry-run=client',
    'apply -f set-less.yaml --applyset=secrets/mine --prune -n default -o name',
    'get cm -l applyset.kubernetes.io/part-of -o name',
    'apply -f set.yaml --applyset=deploy/x --prune -n default',
    'apply -f set.yaml --applyset=cm/one --prune -n default',
    'apply -f set.yaml --applyset=x/ --prune -n default',
    'apply -f set.yaml --applyset=nope/x --prune -n default',
    'apply -f set.yaml --applyset=x --prune --all -n default',
    'apply -f taken.yaml --applyset=x --prune -n default',
    'apply -f migrate.yaml',
    'apply --server-side -f migrate2.yaml',
    "get cm migrate -o jsonpath='{.data} {.metadata.managedFields[*].manager} {.metadata.managedFields[*].operation}'",
    'apply --server-side -f migrate2.yaml -o name',
    'apply --nope',
    'delete -f migrate.yaml --dry-run=server',
    'get cm migrate -o name',
  ],
};

import type { LineList } from '../line-list.ts';

const map = (data: string, more = ''): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ow, namespace: default${more}}\ndata: {${data}}\n`;

const role = (verb: string): string => `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: ow, namespace: default}
rules: [{apiGroups: [""], resources: [pods], verbs: [${verb}]}]
`;

const job = (image: string): string => `apiVersion: batch/v1
kind: Job
metadata: {name: once, namespace: default}
spec: {suspend: true, template: {spec: {restartPolicy: Never, containers: [{name: c, image: "${image}"}]}}}
`;

/** Apply and diff where somebody else changed something, or it cannot be changed. */
export const differences: LineList = {
  name: 'differences',
  files: {
    'a.yaml': map('a: "1", b: "1"'),
    'b.yaml': map('a: "3", b: "1"'),
    'c.yaml': map('b: "1", c: "1"'),
    'role.yaml': role('get'),
    'role2.yaml': role('watch'),
    'job.yaml': job('i:1'),
    'job2.yaml': job('i:2'),
    'held.yaml': map('a: "1"', ', finalizers: [x/y]').replace('name: ow', 'name: held'),
    'held2.yaml': map('a: "2"', ', finalizers: [x/y]').replace('name: ow', 'name: held'),
    'bad.yaml': map('a: "1"').replace('name: ow', 'name: "not a name"'),
    'secret.yaml':
      'apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: default}\nstringData: {a: one, b: two}\n',
    'secret2.yaml':
      'apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: default}\nstringData: {a: one, b: three, c: four}\n',
    'nowhere.yaml':
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, namespace: nowhere}\ndata: {a: "1"}\n',
    'unknown.yaml': 'apiVersion: x/v1\nkind: Nope\nmetadata: {name: x}\n',
    'k/kustomization.yaml': 'configMapGenerator: [{name: g, literals: [a=b]}]\n',
  },
  lines: [
    'diff -f a.yaml',
    'apply -f a.yaml',
    'diff -f a.yaml',
    'diff -f b.yaml',
    'diff -f a.yaml -f b.yaml',
    'apply -f a.yaml --overwrite=false',
    `patch cm ow -p '{"data":{"a":"2"}}'`,
    'apply -f b.yaml --overwrite=false --dry-run=client',
    'apply -f b.yaml --overwrite=false',
    'apply -f c.yaml --overwrite=false',
    'get cm ow -o jsonpath={.data}',
    'apply -f b.yaml --overwrite=true',
    'apply -f role.yaml',
    `patch role ow --type=merge -p '{"rules":[{"apiGroups":[""],"resources":["pods"],"verbs":["list"]}]}'`,
    'apply -f role2.yaml --overwrite=false --openapi-patch=false',
    'apply -f role.yaml --overwrite=false --server-side=false -o name',
    'diff -f role2.yaml',
    'diff -f role2.yaml --server-side',
    'diff -f role2.yaml --server-side --force-conflicts',
    'diff -f role2.yaml --field-manager=me',
    'apply -f job.yaml',
    'diff -f job2.yaml',
    'apply -f job2.yaml',
    'apply -f job2.yaml --force --grace-period=0',
    'diff -f bad.yaml',
    'diff -f nowhere.yaml',
    'diff -f unknown.yaml',
    'diff -f nope.yaml',
    'diff',
    'diff a.yaml',
    'diff -f a.yaml --force-conflicts',
    'diff -f a.yaml --concurrency=0',
    'diff -f a.yaml --concurrency=4 -l a=b',
    'diff -f a.yaml --prune --prune-allowlist=core/v1/Secret -l a=b',
    'diff -f a.yaml --prune --prune-allowlist=v1/ConfigMap',
    'diff -f a.yaml --prune --prune-allowlist=core/v1/ConfigMap -l nope=nope',
    'diff -k k',
    'diff -k k -f a.yaml',
    'diff -k nope',
    'apply -f secret.yaml',
    'diff -f secret2.yaml',
    'diff -f secret2.yaml --show-secrets',
    'apply -f held.yaml',
    'delete cm held --wait=false',
    'diff -f held.yaml',
    'diff -f held2.yaml',
    'apply -f held2.yaml',
    `patch cm held --type=json -p '[{"op":"remove","path":"/metadata/finalizers"}]'`,
    'diff -f held2.yaml --show-managed-fields=false -n default',
    'diff -f a.yaml -n other',
    'wait cm/ow --for=create --timeout=5s',
    'wait cm/ow --for=create --timeout=0',
    'wait cm/nope --for=create --timeout=1s',
    'wait cm/nope --for=create --timeout=0',
    'wait cm --for=create --timeout=1s -l nope=nope',
    'wait cm --for=create --timeout=1s',
    'wait cm --all --for=create --timeout=1s',
    'wait cm/ow cm/nope --for=create --timeout=1s',
    'wait cm/ow --for=create --for=delete --timeout=1s',
    'wait cm/ow --for=create --for=jsonpath={.data.a}=3 --timeout=5s',
    'wait cm/ow --for=Create --timeout=5s',
    'wait -f b.yaml --for=create --timeout=5s',
    'wait -f nowhere.yaml --for=create --timeout=1s',
    'wait nope/x --for=create --timeout=1s',
    'wait cm/x -n nowhere --for=create --timeout=1s',
    'wait cm/ow --for=create --timeout=5s -o name',
    'wait --for=create --timeout=1s',
    'wait cm/ow --for=create=x --timeout=1s',
    'wait cm/nope --for=delete --timeout=1s',
    'wait cm/ow --for=delete --timeout=1s',
    'wait job/once --for=condition=Nope --timeout=1s',
    'wait job/once job/nope --for=condition=Nope --timeout=1s',
  ],
};

/** Diff by a program of the user's own. */
export const ownDiff: LineList = {
  name: 'own-diff',
  env: { KUBECTL_EXTERNAL_DIFF: 'diff -N --brief -u1 $(x) a/b -r' },
  files: { 'a.yaml': map('a: "1"'), 'b.yaml': map('a: "2"') },
  lines: ['diff -f a.yaml', 'apply -f a.yaml', 'diff -f a.yaml', 'diff -f b.yaml'],
};

export const noDiff: LineList = {
  ...{ name: 'no-diff', files: ownDiff.files, env: { KUBECTL_EXTERNAL_DIFF: 'no-such-diff -x' } },
  lines: ['diff -f a.yaml', 'apply -f a.yaml', 'diff -f b.yaml'],
};

export const badDiff: LineList = {
  ...{ name: 'bad-diff', files: ownDiff.files, env: { KUBECTL_EXTERNAL_DIFF: 'diff --nope' } },
  lines: ['diff -f a.yaml', 'apply -f a.yaml', 'diff -f b.yaml', 'diff -f b.yaml --server-side'],
};

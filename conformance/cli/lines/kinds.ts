import type { LineList } from '../line-list.ts';

const request =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlJQlV6Q0IrZ0lCQURCTU1RNHdEQVlEVlFRREV3VmhiR2xqWlRBWk1CTUdCeXFHU000OUFnRUdDQ3FHU000OQpBd0VIQTBJQUJPPT0KLS0tLS1FTkQgQ0VSVElGSUNBVEUgUkVRVUVTVC0tLS0tCg==';

const csr = (name: string): string => `apiVersion: certificates.k8s.io/v1
kind: CertificateSigningRequest
metadata: {name: ${name}}
spec: {request: ${request}, signerName: example.com/any, usages: [client auth]}
`;

/** What is seldom asked of a verb, and kinds that it is not made for. */
export const kinds: LineList = {
  name: 'kinds',
  files: {
    'cm.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: here}\ndata: {a: "1"}\n',
    'cm-ns.yaml':
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: here, namespace: default}\ndata: {a: "1"}\n',
    'ns.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: {name: default}\n',
    'csr.yaml': csr('one'),
    'k/kustomization.yaml': 'resources: [cm.yaml]\nnamespace: default\nnamePrefix: k-\n',
    'k/cm.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: built}\ndata: {a: "1"}\n',
    'words.yaml': `apiVersion: v1
kind: ConfigMap
metadata:
  name: words
  labels: {on: "true", "1": "2", "1.0": "0x10", y: "n", null: "null", "1e3": "07"}
  annotations: {"yes": "no", "0b1": "~", "2026-01-02": "1:30"}
data: {"true": "yes", "1": "1", "-.inf": ".nan", "<<": "x"}
`,
  },
  lines: [
    'certificate approve',
    'certificate approve nope',
    'certificate approve nope other',
    'certificate approve cm/here',
    'certificate approve ns/default',
    'certificate approve -f ns.yaml',
    'certificate deny -f ns.yaml',
    'certificate approve -f cm.yaml',
    'create -f cm-ns.yaml',
    'certificate approve -f cm.yaml',
    'certificate approve -f cm-ns.yaml',
    'certificate deny cm/here -n default',
    'certificate approve a/b/c',
    'certificate approve nope/x',
    'certificate approve -f nope.yaml',
    'certificate deny -f csr.yaml',
    'certificate approve -f csr.yaml one',
    'certificate approve one -o wide',
    'describe -k k',
    'apply -k k',
    'describe -k k',
    'describe -k k -f cm.yaml',
    'describe -k nope',
    'describe -k k cm',
    'describe -f cm-ns.yaml',
    'describe -f cm-ns.yaml -f cm-ns.yaml',
    'describe -f nope.yaml',
    'get -k k',
    'get -k k -o name',
    'get -k k -R',
    'annotate -k k x=y',
    'label -k k x=true',
    'delete -k k',
    'apply -f words.yaml',
    'get cm words -o yaml',
    'get cm words -o kyaml',
    'get cm words -o json',
    'get cm words -o jsonpath={.metadata.labels}',
    'get cm words -L on,1,null',
    'get cm -l on=true,1=2,null=null -o name',
    'get cm -l 1e3=07 -o name',
    'label cm words on=false --overwrite',
    'label cm words 1- null-',
    'label cm words true=false 5=6 --list',
    'annotate cm words true=false 1=2 no=~',
    'annotate cm words yes-',
    'get cm words -o go-template={{.data}}',
    "get cm words -o custom-columns=A:.metadata.labels.on,B:.data.true,C:.data['1']",
    'describe cm words',
    'create cm made --from-literal=yes=no --from-literal=1=2 --from-literal=n=~ --dry-run=client -o yaml',
    'create cm made --from-literal=yes=no --from-literal=1=2 --dry-run=client -o kyaml',
    'create deploy d --image=i --replicas=2 --dry-run=client -o kyaml',
    'create secret generic s --from-literal=on=off --dry-run=client -o kyaml',
    'get nodes -o kyaml --no-headers=false -l nope=nope',
    'get cm words nope -o kyaml',
    'get ns default words -o kyaml',
    'version --client -o kyaml',
    'config view -o kyaml --minify=false --kubeconfig /dev/null',
    'api-resources -o kyaml --api-group=batch',
  ],
};

/** The same with KYAML turned off. */
export const withoutKyaml: LineList = {
  name: 'without-kyaml',
  env: { KUBECTL_KYAML: 'false', EDITOR: 'cat' },
  files: {},
  lines: [
    'get ns default -o kyaml',
    'get ns default -o nope',
    'create cm a --dry-run=client -o kyaml',
    'create cm a --dry-run=client -o nope',
    'version --client -o kyaml',
    'version --client -o nope',
    'config view -o kyaml',
    'api-resources -o kyaml',
    'api-resources -o nope',
    'get ns default -o=',
    'explain pods -o kyaml',
    'auth whoami -o kyaml',
    'cluster-info dump -o kyaml',
    'edit ns default -o kyaml',
    'kuberc view -o kyaml',
    'wait ns/default --for=jsonpath={.status.phase}=Active -o kyaml',
    'top pod -o kyaml',
    'rollout history deploy/x -o kyaml',
    'apply view-last-applied ns default -o kyaml',
    'get ns default -o kyaml=x',
  ],
};

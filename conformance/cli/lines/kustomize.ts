import type { LineList } from '../line-list.ts';

const app = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web   # a comment
  labels: {app: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      serviceAccountName: runner
      initContainers:
      - {name: init, image: "docker.io/busybox:1.0@sha256:abc"}
      containers:
      - name: main
        image: nginx:1.7
        args: ["--port", "$(PORT)", "$$(X)"]
        ports: [{containerPort: 80, name: http}, {containerPort: 81, protocol: UDP}]
        env:
        - {name: A, value: "1"}
        - {name: B, valueFrom: {configMapKeyRef: {name: settings, key: b}}}
        envFrom: [{secretRef: {name: keys}}]
        volumeMounts: [{name: v, mountPath: /v}]
      - {name: side, image: "reg.local:5000/side"}
      volumes:
      - {name: v, configMap: {name: settings}}
      - {name: p, projected: {sources: [{secret: {name: keys}}]}}
`;
const service = `apiVersion: v1
kind: Service
metadata: {name: web, annotations: {a: "yes", t: 2020-01-01}}
spec:
  selector: {app: web}
  ports: [{port: 80, targetPort: http}, {port: 53, protocol: UDP}]
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: runner}
`;
const rbac = `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader}
rules: [{apiGroups: [""], resources: [configmaps], resourceNames: [settings], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: reader}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects:
- {kind: ServiceAccount, name: runner}
- {kind: ServiceAccount, name: default, namespace: old}
- {kind: User, name: ann}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: all}
rules: []
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: all}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: all}
subjects: [{kind: ServiceAccount, name: runner, namespace: default}]
---
apiVersion: v1
kind: Namespace
metadata: {name: old}
`;
const odd = `apiVersion: v1
kind: ConfigMap
metadata: {name: odd}
data: {a: yes, b: 2020-01-01, c: "123", d: 0777, e: 1.0, f: ~, g: 0o7, h: 1e3, i: 12:30, j: 12345678901234567890, k: 1_000}
---
apiVersion: example.com/v1
kind: Thing
metadata: {name: thing}
spec:
  empty:
  nothing: null
  list: [1, "2", {name: x, v: 1}]
  anchors: &a {x: 1}
  again: *a
  merged: {<<: *a, y: 2}
  text: |
    one
      two
  folded: >-
    long
    line
---
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: ConfigMap, metadata: {name: in-list}}
`;
const cronJob = `apiVersion: batch/v1
kind: CronJob
metadata: {name: tick}
spec:
  schedule: "* * * * *"
  jobTemplate:
    spec:
      template:
        spec:
          containers: [{name: c, image: nginx, envFrom: [{configMapRef: {name: settings}}]}]
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: web
  template: {spec: {containers: [{name: c, image: nginx@sha256:123}]}}
  volumeClaimTemplates: [{metadata: {name: data}, spec: {storageClassName: fast}}]
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: fast}
provisioner: x
`;
const ingress = `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, annotations: {nginx.ingress.kubernetes.io/auth-secret: keys}}
spec:
  tls: [{secretName: keys, hosts: [$(HOST)]}]
  rules: [{http: {paths: [{backend: {service: {name: web}}}]}}]
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, metrics: [{type: Resource, resource: {name: cpu}}]}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: hook}
webhooks: [{name: a.b.c, clientConfig: {service: {name: web, namespace: default}}}]
`;

/** One kustomization, of a folder of its own. */
const builds: Readonly<Record<string, string>> = {
  plain: 'resources: [../base]',
  prefix: 'resources: [../base]\nnamePrefix: a-\nnameSuffix: -z',
  'number-prefix': 'resources: [../base]\nnamePrefix: "1"',
  namespace: 'resources: [../base]\nnamespace: prod',
  all: `resources: [../base]
namePrefix: a-
namespace: prod
commonLabels: {team: x}
commonAnnotations: {note: "1", more: "true"}
images: [{name: nginx, newName: mirror/nginx, newTag: "2.0"}, {name: docker.io/busybox, digest: "sha256:def"}, {name: "reg.local:5000/side", tagSuffix: -x}]
replicas: [{name: web, count: 5}]`,
  labels: `resources: [../base]
labels:
- {pairs: {l: "1"}}
- {pairs: {s: "2"}, includeSelectors: true}
- {pairs: {t: "3"}, includeTemplates: true}
- {pairs: {f: "4"}, fields: [{path: spec/extra/labels, create: true, kind: Service}]}`,
  generators: `configMapGenerator:
- name: settings
  literals: [a=1, 'b="two words"', c=x=y, "d='q'"]
  files: [text.txt, other=text.txt, binary.bin]
  envs: [some.env]
- {name: fixed, literals: [x=1], options: {disableNameSuffixHash: true, immutable: true, labels: {l: "1"}, annotations: {a: b}}}
- {name: none, namespace: there}
secretGenerator:
- {name: keys, literals: [user=me], type: example.com/kind, files: [long.txt]}
generatorOptions: {labels: {g: "2"}, annotations: {z: "0"}}
resources: [../base]`,
  'merge-generators': `resources: [../generators]
namePrefix: m-
configMapGenerator:
- {name: settings, behavior: merge, literals: [a=changed, new=1]}
- {name: fixed, behavior: replace, literals: [only=1]}`,
  'merge-nothing': 'configMapGenerator: [{name: settings, behavior: merge, literals: [a=1]}]',
  'create-twice':
    'resources: [../generators]\nconfigMapGenerator: [{name: settings, literals: [a=1]}]',
  'bad-literal': 'configMapGenerator: [{name: s, literals: [a]}]',
  'bad-file': 'configMapGenerator: [{name: s, files: ["a=b=c"]}]',
  'no-file': 'configMapGenerator: [{name: s, files: [nope.txt]}]',
  'no-name': 'configMapGenerator: [{literals: [a=1]}]',
  'same-key': 'configMapGenerator: [{name: s, literals: [a=1, a=2]}]',
  merge: `resources: [../base]
patches:
- patch: |
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web, labels: {app: null, x: "1"}, annotations: {n: "5"}}
    spec:
      replicas: null
      template:
        spec:
          containers:
          - {name: main, image: nginx:9, env: [{name: C, value: "3"}, {name: A, value: "9"}], ports: [{containerPort: 80, name: web}, {containerPort: 443}]}
          - {name: side, $patch: delete}
          - {name: more, image: more}
          volumes:
          - {$patch: replace}
          - {name: n, emptyDir: {}}
          tolerations: [{key: a}]`,
  'merge-target': `resources: [../base, ../odd]
patches:
- {target: {kind: Deployment|Service}, path: label.yaml}
- {target: {labelSelector: app=web}, patch: '[{"op": "add", "path": "/metadata/labels/json", "value": "1"}]'}
- {target: {name: "o.*", annotationSelector: "!x"}, patch: "- {op: remove, path: /data/a}"}
- {target: {kind: Thing}, patch: "{apiVersion: x/v1, kind: Thing, metadata: {name: any}, spec: {list: [3], $patch: replace}}"}`,
  rename: `resources: [../base]
patches:
- {options: {allowNameChange: true, allowKindChange: true}, target: {kind: Deployment}, patch: "{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: renamed}}"}`,
  delete: `resources: [../base]
patches:
- patch: "{apiVersion: v1, kind: Service, metadata: {name: web}, $patch: delete}"`,
  'json-many': `resources: [../base]
patches:
- target: {kind: Deployment, name: web}
  patch: |-
    - {op: replace, path: /spec/replicas, value: 7}
    - {op: add, path: /spec/template/spec/containers/-, value: {name: third, image: x}}
    - {op: test, path: /metadata/name, value: web}
    - {op: move, from: /metadata/labels/app, path: /metadata/labels/was}
    - {op: copy, from: /spec/replicas, path: /spec/minReadySeconds}
    - {op: remove, path: /spec/template/spec/volumes/0}`,
  'json-bad': `resources: [../base]
patches: [{target: {kind: Deployment}, patch: '[{"op": "remove", "path": "/spec/nope"}]'}]`,
  'json-untargeted': `resources: [../base]
patches: [{patch: '[{"op": "remove", "path": "/spec/nope"}]'}]`,
  'patch-nothing':
    'resources: [../base]\npatches: [{patch: "{apiVersion: v1, kind: Pod, metadata: {name: nope}}"}]',
  'patch-empty': 'resources: [../base]\npatches: [{target: {kind: Pod}}]',
  'patch-both': 'resources: [../base]\npatches: [{path: a, patch: b}]',
  'patch-missing': 'resources: [../base]\npatches: [{path: nope.yaml}]',
  'patch-text': 'resources: [../base]\npatches: [{patch: "hello"}]',
  legacy: `bases: [../base]
imageTags: [{name: nginx, newTag: "3"}]
patchesStrategicMerge:
- label.yaml
- |-
  apiVersion: v1
  kind: Service
  metadata: {name: web}
  spec: {ports: [{port: 80, nodePort: 30000}]}
patchesJson6902:
- {target: {version: v1, kind: Service, name: web}, patch: "- {op: add, path: /spec/type, value: NodePort}"}
commonLabels: {old: "yes"}`,
  vars: `resources: [../base]
namePrefix: v-
vars:
- {name: PORT, objref: {kind: Service, name: web, apiVersion: v1}, fieldref: {fieldPath: "spec.ports[0].port"}}
- {name: UNUSED, objref: {kind: Service, name: web, apiVersion: v1}}`,
  'var-missing':
    'resources: [../base]\nvars: [{name: X, objref: {kind: Pod, name: nope, apiVersion: v1}}]',
  replacements: `resources: [../base]
replacements:
- source: {kind: Service, name: web, fieldPath: "spec.ports.[port=80].targetPort"}
  targets:
  - {select: {kind: Deployment}, fieldPaths: ["spec.template.spec.containers.[name=main].env.[name=A].value", metadata.labels.app]}
- source: {kind: Deployment, name: web, fieldPath: spec.template.spec.containers.0.image, options: {delimiter: ":", index: 1}}
  targets:
  - {select: {kind: Service}, fieldPaths: ["metadata.annotations.[example.com/v]"], options: {create: true}}
  - {select: {kind: Deployment}, fieldPaths: ["spec.template.spec.containers.*.image"], options: {delimiter: ":", index: 1}}
- sourceValue: "9"
  targets: [{select: {kind: Deployment}, reject: [{name: x}], fieldPaths: [spec.replicas]}]
- path: replacement.yaml`,
  'replace-in-text': `resources: [embedded.yaml]
replacements:
- source: {kind: ConfigMap, name: c, fieldPath: data.v}
  targets: [{select: {kind: ConfigMap}, fieldPaths: [data.json.a.b, data.yaml.x]}]`,
  'replace-nothing':
    'resources: [../base]\nreplacements: [{source: {kind: Pod, name: x}, targets: [{select: {kind: Service}}]}]',
  'replace-missing':
    'resources: [../base]\nreplacements: [{source: {kind: Service, name: web}, targets: [{select: {kind: Deployment}, fieldPaths: [spec.nope]}]}]',
  'replace-many':
    'resources: [../base]\nreplacements: [{source: {name: web}, targets: [{select: {kind: Deployment}}]}]',
  components: 'resources: [../base]\ncomponents: [../component]\nnamePrefix: c-',
  'not-component': 'resources: [../base]\ncomponents: [../base]',
  'component-base': 'resources: [../component]',
  more: 'resources: [more.yaml, ../base]\nnamePrefix: n-\nconfigMapGenerator: [{name: settings, literals: [b=1]}]\nsecretGenerator: [{name: keys, literals: [k=1]}]',
  'more-namespace':
    'resources: [more.yaml, ../base]\nnamespace: prod\ncommonLabels: {c: "1"}\nimages: [{name: nginx, newTag: "1"}]',
  odd: 'resources: [odd.yaml]',
  'odd-labels':
    'resources: [../odd]\ncommonLabels: {c: "1"}\npatches: [{patch: "{apiVersion: example.com/v1, kind: Thing, metadata: {name: thing}, spec: {z: 1}}"}]',
  transformers: `resources: [../base]
transformers:
- |-
  apiVersion: builtin
  kind: NamespaceTransformer
  metadata: {name: ns, namespace: t}
  unsetOnly: true
  setRoleBindingSubjects: allServiceAccounts
- |-
  apiVersion: builtin
  kind: PrefixSuffixTransformer
  metadata: {name: x}
  prefix: p-
  suffix: -s
  fieldSpecs: [{path: metadata/name}]
- plugins.yaml`,
  external:
    'resources: [../base]\ntransformers: ["{apiVersion: example.com/v1, kind: Mine, metadata: {name: x}}"]',
  'external-generators': `generators:
- |-
  apiVersion: builtin
  kind: ConfigMapGenerator
  metadata: {name: made}
  literals: [a=1]
- |-
  apiVersion: builtin
  kind: IAMPolicyGenerator
  metadata: {name: made}
  cloud: gke
  kubernetesService: {name: k, namespace: n}
  serviceAccount: {name: s, projectId: p}`,
  validators: `resources: [../base]
validators: ["{apiVersion: builtin, kind: LabelTransformer, metadata: {name: v}, labels: {a: b}, fieldSpecs: [{path: metadata/nope}]}"]`,
  configurations: `resources: [thing.yaml]
configurations: [config.yaml]
namePrefix: q-
commonLabels: {l: "1"}
images: [{name: nginx, newTag: "4"}]`,
  'bad-configuration': 'resources: [../base]\nconfigurations: [bad.yaml]',
  crds: 'resources: [thing.yaml]\ncrds: [crd.json]\nnamePrefix: d-',
  openapi: `resources: [thing.yaml]
openapi: {path: schema.json}
patches: [{patch: "{apiVersion: example.com/v1, kind: Thing, metadata: {name: thing}, spec: {items: [{key: a, v: 2}, {key: c}]}}"}]`,
  helm: 'helmCharts: [{name: x, repo: "https://example.com"}]',
  sorted:
    'resources: [../base]\nsortOptions: {order: legacy, legacySortOptions: {orderFirst: [Role], orderLast: [Namespace]}}',
  fifo: 'resources: [../base]\nsortOptions: {order: fifo}',
  'bad-order': 'resources: [../base]\nsortOptions: {order: up}',
  metadata:
    'resources: [../labels]\nnamePrefix: o-\nconfigMapGenerator: [{name: g}]\nbuildMetadata: [originAnnotations, transformerAnnotations, managedByLabel]',
  local: 'resources: [local.yaml, ../base]',
  unknown: 'resource: [x]',
  'wrong-type': 'resources: x',
  'wrong-inner': 'images: [{name: 5}]',
  empty: '{}',
  'bad-kind': 'kind: Kustom\nresources: [../base]',
  'bad-version': 'apiVersion: v2\nresources: [../base]',
  'no-resource': 'resources: [nope.yaml]',
  outside: 'resources: [../base/app.yaml]',
  twice: 'resources: [../base, ../base]',
  cycle: 'resources: [../cycle]',
  'bad-yaml': 'resources: [bad.yaml]',
  'bad-yml': 'resources: [x',
  'no-kind': 'resources: [thing-without-kind.yaml]',
  'bad-replicas': 'resources: [../base]\nreplicas: [{name: nope, count: 1}]',
  'name-clash': 'resources: [clash.yaml]\nnamespace: one',
};

const folder = (name: string, files: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(files).map(([file, text]) => [`${name}/${file}`, text]));

/** What kustomizations say and which objects come of them. */
export const kustomize: LineList = {
  name: 'kustomize',
  files: {
    ...Object.fromEntries(
      Object.entries(builds).map(([name, text]) => [`${name}/kustomization.yaml`, `${text}\n`]),
    ),
    ...folder('base', {
      'kustomization.yaml': 'resources: [service.yaml, app.yaml, rbac.yaml]\n',
      ...{ 'app.yaml': app, 'service.yaml': service, 'rbac.yaml': rbac },
    }),
    ...folder('generators', {
      'text.txt': 'some\ntext\n',
      'binary.bin': 'a\u0000b',
      'long.txt': `${'x'.repeat(120)}\n`,
      'some.env': '# comment\nFROM_ENV=1\n  SPACED=a b \nEMPTY=\nALONE\n',
    }),
    ...folder('merge-target', {
      'label.yaml': 'apiVersion: v1\nkind: Any\nmetadata: {name: any, labels: {patched: "1"}}\n',
    }),
    'legacy/label.yaml':
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 4}\n',
    'replacements/replacement.yaml':
      '- {source: {kind: Service, name: web}, targets: [{select: {kind: Role}, fieldPaths: [rules.0.resourceNames.0]}]}\n',
    'replace-in-text/embedded.yaml':
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {v: new, json: \'{"a": {"b": "old"}}\', yaml: "x: old\\ny: 1\\n"}\n',
    'component/kustomization.yaml':
      'kind: Component\nnameSuffix: -x\npatches: [{target: {kind: Service}, patch: "[{op: add, path: /spec/type, value: LoadBalancer}]"}]\nresources: [more.yaml]\n',
    'component/more.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: of-component}\n',
    ...Object.fromEntries(
      ['more', 'more-namespace'].map((name) => [`${name}/more.yaml`, `${cronJob}---\n${ingress}`]),
    ),
    'odd/odd.yaml': odd,
    'transformers/plugins.yaml':
      'apiVersion: builtin\nkind: ValueAddTransformer\nmetadata: {name: v}\nvalue: added\ntargets: [{selector: {kind: Service}, fieldPath: spec/path}, {selector: {kind: Deployment}, fieldPath: spec/template/spec/serviceAccountName, filePathPosition: 1}]\n---\napiVersion: builtin\nkind: AnnotationsTransformer\nmetadata: {name: v}\nannotations: {z: "1"}\nfieldSpecs: [{path: metadata/annotations, create: true}]\n',
    ...Object.fromEntries(
      ['configurations', 'crds', 'openapi'].map((name) => [
        `${name}/thing.yaml`,
        'apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: thing}\nspec: {config: {name: c}, image: "nginx:1", labels: {}, items: [{key: a, v: 1, w: 1}, {key: b}]}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n',
      ]),
    ),
    'configurations/config.yaml':
      'commonLabels: [{path: spec/labels, kind: Thing, create: true}]\nimages: [{path: spec/image, kind: Thing}]\nnameReference: [{kind: ConfigMap, fieldSpecs: [{path: spec/config/name, kind: Thing}]}]\n',
    'bad-configuration/bad.yaml': 'nameSuffixes: []\n',
    'crds/crd.json':
      '{"example.com.v1.Thing": {"Schema": {"properties": {"apiVersion": {}, "kind": {}, "metadata": {}, "spec": {"$ref": "example.com.v1.Spec"}}}}, "example.com.v1.Spec": {"Schema": {"properties": {"config": {"x-kubernetes-object-ref-api-version": "v1", "x-kubernetes-object-ref-kind": "ConfigMap"}}}}}',
    'openapi/schema.json':
      '{"definitions": {"T": {"type": "object", "x-kubernetes-group-version-kind": [{"group": "example.com", "version": "v1", "kind": "Thing"}], "properties": {"spec": {"type": "object", "properties": {"items": {"type": "array", "items": {"type": "object", "properties": {}}, "x-kubernetes-patch-strategy": "merge", "x-kubernetes-patch-merge-key": "key"}}}}}}}',
    'local/local.yaml':
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: l, annotations: {config.kubernetes.io/local-config: "true"}}\n',
    'bad-yaml/bad.yaml': 'a: b: c\n',
    'no-kind/thing-without-kind.yaml': 'apiVersion: v1\nmetadata: {name: x, labels: {a: b}}\n',
    'name-clash/clash.yaml':
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: x}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: y}\n',
  },
  lines: [
    ...Object.keys(builds).map((name) => `kustomize ${name}`),
    'kustomize',
    'kustomize nope',
    'kustomize base/app.yaml',
    'kustomize a b',
    'kustomize base --nope',
    'kustomize --reorder=none base',
    'kustomize --reorder=up base',
    'kustomize --enable-managedby-label prefix',
    'kustomize --load-restrictor=LoadRestrictionsNone outside',
    'kustomize --load-restrictor=x outside',
    'kustomize base -o written.yaml',
    'get -f written.yaml -o name',
    'apply -k generators',
    'apply -k base',
    'apply -k base -f x',
    'apply -k base -R',
    'apply -k no-resource',
    'get -k generators',
    'get -k vars',
    'delete -k generators',
  ],
};

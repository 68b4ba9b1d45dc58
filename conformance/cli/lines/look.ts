import type { LineList } from '../line-list.ts';

const crd = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: boats.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: boats, singular: boat, kind: Boat, shortNames: [bo], categories: [all, fleet]}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          description: A boat. It floats, which is what is expected of a boat, and carries people and goods over the water.
          required: [spec]
          properties:
            spec:
              type: object
              description: What is wanted of it.
              required: [length]
              properties:
                length: {type: integer, description: "Metres, from bow to stern"}
                rig: {type: string, enum: [sloop, ketch, yawl, cutter, schooner, ""], description: How the sails stand.}
                size: {type: string, enum: [a, b]}
                crew: {type: array, items: {type: object, properties: {name: {type: string}}}}
                flags: {type: object, additionalProperties: {type: string}}
                free: {type: object, x-kubernetes-preserve-unknown-fields: true}
                port: {x-kubernetes-int-or-string: true}
                docs: {type: string, externalDocs: {description: Read this, url: "https://example.com/boats"}}
`;

const event = (name: string, more: string): string => `---
apiVersion: v1
kind: Event
metadata: {name: ${name}, namespace: default}
involvedObject: {apiVersion: v1, kind: ConfigMap, name: settings, namespace: default}
${more}
`;

const events = [
  event(
    'one',
    'type: Warning\nreason: Tested\nmessage: "  it was seen "\ncount: 3\nfirstTimestamp: "2026-01-02T03:04:05Z"\nlastTimestamp: "2026-01-02T03:14:05Z"',
  ),
  event('two', 'type: Normal\nreason: Begun\nmessage: once\nlastTimestamp: "2026-01-01T03:14:05Z"'),
  event(
    'three',
    'type: Normal\nreason: Series\nmessage: many\nreportingComponent: example.com/c\nreportingInstance: c-1\naction: Walking\neventTime: "2026-01-01T00:00:00.000000Z"\nseries: {count: 7, lastObservedTime: "2026-01-03T00:00:00.000000Z"}',
  ),
].join('');

const maps = Array.from(
  { length: 30 },
  (_, at) => `---
apiVersion: v1
kind: ConfigMap
metadata: {name: m${String(at).padStart(2, '0')}, namespace: many, labels: {third: "${at % 3}", size: "${(at * 7) % 30}"}}
data: {size: "${(at * 7) % 30}Mi"}
`,
).join('');

/** Events, explanations, resources, metrics that are not there, sorting, KYAML, templates that fail. */
export const look: LineList = {
  name: 'look',
  files: { 'crd.yaml': crd, 'events.yaml': events, 'maps.yaml': maps },
  lines: [
    'apply -f crd.yaml',
    'apply -f events.yaml',
    'create namespace many',
    'apply -f maps.yaml',
    'wait --timeout=60s --for=condition=Established crd/boats.example.com',
    ...['', ' --for cm/settings', ' --for configmaps/settings --no-headers', ' -n many'],
    ...[' --types=warning', ' --types=Normal,Warning', ' --types=x', ' --for x', ' --for x/y'],
    ...[' --for a/b/c', ' --for cm.v9/settings', ' --for cm/nothing', ' --nothing', ' -o x'],
    ...[' -o json --for cm/settings', ' -o yaml --for cm/settings', ' -o name --for cm/settings'],
    ...[' -o kyaml --for cm/settings', " -o jsonpath='{.items[*].reason}' --for cm/settings"],
  ]
    .map((line) => (/^( |$)/.test(line) ? `events${line || ' --for cm/settings -A'}` : line))
    .concat([
      'explain',
      'explain a b',
      'explain nothing',
      'explain pods',
      'explain po.spec',
      'explain pods.spec.containers',
      'explain pods.spec.containers.ports.protocol',
      'explain pod.spec.nothing',
      'explain pods.spec.',
      'explain pods.spec[0]',
      'explain pods --recursive',
      'explain deployments.apps.spec.strategy',
      'explain deployments.spec.template.spec.volumes.emptyDir',
      'explain deploy --api-version=apps/v1',
      'explain deploy --api-version=apps/v9',
      'explain cronjob.spec --recursive',
      'explain crd.spec.versions.schema.openAPIV3Schema --recursive',
      'explain hpa --api-version=autoscaling/v1',
      'explain events',
      'explain ns.metadata.labels',
      'explain cm.data',
      'explain svc.spec.ports.targetPort',
      'explain boats',
      'explain boat.spec',
      'explain boats.example.com.spec.rig',
      'explain boats.spec.crew.name',
      'explain boats.spec --recursive',
      'explain boats.spec.docs',
      'explain pods -o nothing',
      'explain pods -o plaintext-openapiv2',
      'explain pods.spec.containers -o plaintext-openapiv2',
      'explain pods.spec.restartPolicy -o plaintext-openapiv2',
      'explain pods.spec --recursive -o plaintext-openapiv2',
      'explain pods.spec.nothing -o plaintext-openapiv2',
      'explain pods --api-version=v9 -o plaintext-openapiv2',
      'explain deploy --api-version=apps/v9 -o plaintext-openapiv2',
      'explain boats.spec -o plaintext-openapiv2',
      'explain ns.metadata.labels -o plaintext-openapiv2',
      'explain crd.spec.versions.schema.openAPIV3Schema --recursive -o plaintext-openapiv2',
      'api-versions x',
      'api-resources x',
      'api-resources --sort-by=x',
      'api-resources --api-group=example.com',
      'api-resources --api-group=apps -o wide',
      'api-resources --api-group= --sort-by=kind',
      'api-resources --api-group=policy -o json',
      'api-resources --api-group=policy -o yaml',
      'api-resources --api-group=policy -o kyaml',
      'api-resources --api-group=nothing',
      'api-resources --api-group=nothing -o json',
      'api-resources --categories=fleet,all --no-headers',
      'api-resources --categories=all --sort-by=name -o name',
      'api-resources --namespaced=false --api-group=rbac.authorization.k8s.io',
      'api-resources --verbs=create --api-group=authentication.k8s.io -o wide',
      'api-resources -o custom-columns',
      'top node',
      'top pods -A',
      'top no a b',
      'top pod a b',
      'top pod a -l b=c',
      'top node a -l b=c',
      'top pod --sort-by=x',
      'top pod -l ==',
      'top pod --field-selector x',
      'top x',
      'get cm -n many --sort-by=.metadata.name',
      'get cm -n many --sort-by=.metadata.labels.third',
      "get cm -n many --sort-by='{.metadata.labels.size}'",
      'get cm -n many --sort-by=data.size -L size --no-headers',
      'get cm -n many --sort-by=.metadata.nothing',
      "get cm -n many --sort-by='{.x'",
      'get ns default --sort-by=.x',
      'get ns,sc --sort-by=.metadata.name',
      'get cm -n many -o name --sort-by=.metadata.labels.third',
      'get cm -n many m00 m01 m02 --sort-by=.data.size',
      'get cm -n many --sort-by=.data.size -o jsonpath={.items[*].metadata.name}',
      'get cm -n many --sort-by=.metadata.labels -o name',
      'get cm -n many m03 --sort-by=.data.size -o yaml',
      'get cm -n many -l third=0 -o kyaml',
      'get cm -n many m03 -o kyaml --show-managed-fields',
      'get crd boats.example.com -o kyaml',
      ...[
        ...['{{.kind}}{{.kind.b}}', '{{nope}}', '{{.a', '{{if}}', '{{.kind}}{{end}}', '{{ $x }}'],
        ...['{{range.metadata.name}}x{{end}}', '{{ index .metadata 1 }}', '{{ index }}'],
        ...['{{ len 3 }}', '{{ template "x" }}', '{{ eq 1 "a" }}', '{{ printf }}', '{{ .kind 3 }}'],
        ...['{{ with $x := .kind }}{{ $x.y }}{{ end }}', '{{ (index .metadata "name").y }}'],
        ...['{{ .kind | nope }}', '{{ base64decode .kind }}'],
        ...['{{define "T"}}{{.x.y}}{{.kind.z}}{{end}}a{{template "T" .}}'],
      ].map((template) => `get cm -n many m03 -o go-template='${template}'`),
      "get cm -n many m03 -o go-template='{{ .a.b.c }}' --allow-missing-template-keys=false",
      'get --raw /api/v1/namespaces/many/configmaps/m00?pretty=false',
      'get --raw /nothing',
      'get --raw nothing',
    ]),
};

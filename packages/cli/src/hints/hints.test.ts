import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseYamlDocuments } from '@coxswain/api';
import { sentence, systemWorld } from '@coxswain/base';
import { runLine } from '../command/run.ts';
import { messagesFor } from '../messages/index.ts';
import type { Unstructured } from '../objects/info.ts';
import type { Io, Session } from '../session/session.ts';
import { commands } from '../verbs/index.ts';
import { asked } from './ask.ts';
import { type Hint, hintOf } from './rules.ts';

const { hints } = messagesFor({});
const text = (hint: Hint | undefined): string =>
  hint ? sentence(hints[hint[0]], hint[1] ?? {}) : '';
const flags = ['show-labels', 'all-namespaces', 'namespace', 'output'];
const pod = (metadata: string, spec = '{}'): string =>
  `{apiVersion: v1, kind: Pod, metadata: ${metadata}, spec: ${spec}}`;

const cases: readonly {
  readonly line: string;
  readonly told?: string;
  readonly manifest?: string;
  readonly fine?: true;
  readonly hint: string;
  /** The trap of the mission's checklist. */
  readonly row?: string;
}[] = [
  {
    row: 'B4, T',
    line: 'get pods -show-labels',
    told: 'error: something about a host',
    hint: 'long flags have two dashes: --show-labels (-show-labels is read as -s with a value)',
  },
  {
    line: 'get pods --all-namespace',
    told: 'error: unknown flag: --all-namespace\n',
    hint: 'did you mean --all-namespaces?',
  },
  {
    line: 'restart deploy/web',
    told: 'error: unknown command "restart" for "cox"\n',
    hint: 'did you mean: rollout restart?',
  },
  {
    row: 'L8, T',
    line: 'apply -f a.yaml',
    told: 'error: resource mapping not found for name: "a": no matches for kind "HorizontalPodAutoscaler" in version "autoscaling/v2beta2"\n',
    hint: 'autoscaling/v2beta2 HorizontalPodAutoscaler was removed in 1.26; it is autoscaling/v2 today. `cox convert -f FILE` rewrites manifests',
  },
  {
    row: 'L2, T',
    line: 'apply -f a.yaml',
    told: 'no matches for kind "VerticalPodAutoscaler" in version "autoscaling.k8s.io/v1beta2"',
    hint: 'autoscaling.k8s.io/v1beta2 VerticalPodAutoscaler was removed; it is autoscaling.k8s.io/v1 today. `cox convert -f FILE` rewrites manifests',
  },
  {
    row: 'T',
    line: 'apply -f a.yaml',
    told: 'no matches for kind "PodSecurityPolicy" in version "policy/v1beta1"',
    hint: 'policy/v1beta1 PodSecurityPolicy was removed in 1.25 and has no successor; `cox convert -f FILE` says what to do instead',
  },
  {
    row: 'J19, T',
    line: 'apply -f a.yaml',
    manifest: pod('{name: a}', '{affinity: {nodeAntiAffinity: {}}}'),
    hint: 'there is no nodeAntiAffinity: use nodeAffinity with the operator NotIn or DoesNotExist',
  },
  {
    row: 'J7',
    line: 'apply -f a.yaml',
    told: 'The Pod "a" is invalid: spec.tolerations[0].operator: Unsupported value: "Exist": supported values: "Equal", "Exists"\n',
    hint: 'the operator is spelled Exists',
  },
  {
    row: 'L3, T',
    line: 'apply -f a.yaml',
    told: 'spec.updatePolicy.updateMode: Unsupported value: "Manual": supported values: "Off"',
    hint: 'for recommendations only, updateMode is "Off"',
  },
  {
    line: 'get pods',
    told: 'The connection to the server localhost:8080 was refused - did you specify the right host or port?\n',
    hint: 'no cluster is configured: `cox up` starts one, or give --kubeconfig',
  },
  {
    row: 'B1',
    line: 'get pods',
    told: 'No resources found in default namespace.\n',
    fine: true,
    hint: 'this looked in namespace default only; -A looks in all',
  },
  {
    row: 'T',
    line: 'apply -f a.yaml',
    fine: true,
    manifest: pod('{labels: {cluster-autoscaler.kubernetes.io/safe-to-evict: "false"}}'),
    hint: 'cluster-autoscaler.kubernetes.io/safe-to-evict counts as an annotation, not as a label',
  },
  {
    row: 'L19, T',
    line: 'apply -f a.yaml',
    fine: true,
    manifest: pod('{annotations: {cluster-autoscaler.kubernetes.io/safe-to-evict: "True"}}'),
    hint: 'safe-to-evict: "true" lets the cluster autoscaler remove the pod with its node; "false" keeps both',
  },
  {
    row: 'L20, T',
    line: 'label node n1 cluster-autoscaler.kubernetes.io/scale-down-disabled=true',
    fine: true,
    hint: 'cluster-autoscaler.kubernetes.io/scale-down-disabled counts as an annotation, not as a label',
  },
  {
    row: 'J14, T',
    line: 'taint nodes n1 node-role.kubernetes.io/master:NoSchedule',
    fine: true,
    hint: 'node-role.kubernetes.io/master is gone since 1.25: use node-role.kubernetes.io/control-plane',
  },
  {
    row: 'J17, T',
    line: 'apply -f a.yaml',
    fine: true,
    manifest: pod('{name: a}', '{containers: [{name: a, image: "k8s.gcr.io/pause:2.0"}]}'),
    hint: 'k8s.gcr.io gets no images any more: use registry.k8s.io',
  },
  {
    row: 'H6',
    line: 'apply -f a.yaml',
    fine: true,
    manifest: '{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: web}, spec: {}}',
    hint: 'ingress web names no class: without spec.ingressClassName only a default IngressClass takes it up',
  },
  {
    row: 'J6',
    line: 'apply -f a.yaml',
    told: 'error: error parsing a.yaml: error converting YAML to JSON: yaml: line 7: did not find expected key\n',
    manifest: 'tolerations:\n# "a\n- key: "a"\n  operator: "Exists\n  value: "b\n',
    hint: 'line 4 opens a quote that it does not close',
  },
  {
    row: 'L2, T',
    line: 'apply -f a.yaml',
    fine: true,
    manifest:
      '{apiVersion: autoscaling.k8s.io/v1, kind: VerticalPodAutoscaler, metadata: {name: a}, spec: {targetRef: {apiVersion: extensions/v1beta1, kind: Deployment, name: a}}}',
    hint: 'the target is a Deployment of extensions/v1beta1, which is gone: it is apps/v1 today',
  },
  {
    row: 'T',
    line: 'port-forward svc/airflow-webserver 8080:8080',
    told: 'Error from server (NotFound): services "airflow-webserver" not found\n',
    hint: 'Airflow 3 has no webserver of its own: its service is airflow-api-server',
  },
  {
    row: 'T',
    line: 'apply -f a.yaml',
    told: 'no matches for kind "Deployment" in version "apps/v1beta1"',
    hint: 'apps/v1beta1 Deployment was removed in 1.16; it is apps/v1 today. `cox convert -f FILE` rewrites manifests',
  },
  {
    row: 'T',
    line: 'apply -f a.yaml',
    told: 'no matches for kind "Ingress" in version "extensions/v1beta1"',
    hint: 'extensions/v1beta1 Ingress was removed in 1.22; it is networking.k8s.io/v1 today. `cox convert -f FILE` rewrites manifests',
  },
  {
    row: 'J14, T',
    line: 'apply -f a.yaml',
    fine: true,
    manifest: pod(
      '{name: a}',
      '{tolerations: [{key: node-role.kubernetes.io/master, effect: NoSchedule}]}',
    ),
    hint: 'node-role.kubernetes.io/master is gone since 1.25: use node-role.kubernetes.io/control-plane',
  },
  {
    row: 'L20, T',
    line: 'apply -f a.yaml',
    fine: true,
    manifest:
      '{apiVersion: v1, kind: Node, metadata: {name: a, labels: {cluster-autoscaler.kubernetes.io/scale-down-disabled: "true"}}}',
    hint: 'cluster-autoscaler.kubernetes.io/scale-down-disabled counts as an annotation, not as a label',
  },
  {
    row: 'O4, T',
    line: 'helm install airflow apache-airflow/airflow --set airflow.image.tag=2.5.0',
    told: 'error: unknown command "helm" for "cox"\n',
    hint: "airflow.image.* is of the community's chart: the official one has images.airflow.repository, .tag and .pullPolicy",
  },
  {
    row: 'P1',
    line: 'helm repo update',
    told: 'error: unknown command "helm" for "cox"\n',
    hint: 'charts are for helm itself; `helm template NAME CHART` writes manifests for apply -f -',
  },
  {
    row: 'O9, T',
    line: 'apply -f dag.py',
    told: 'error: error parsing dag.py: error converting YAML to JSON: yaml: line 2: could not find expected ":"\n',
    manifest:
      'from airflow.providers.cncf.kubernetes.operators.kubernetes_pod import KubernetesPodOperator\n',
    hint: 'KubernetesPodOperator is imported from airflow.providers.cncf.kubernetes.operators.pod now, and takes container_resources in place of resources',
  },
  {
    row: 'O11, T',
    line: 'apply -f dags.yaml',
    fine: true,
    manifest:
      '{apiVersion: v1, kind: ConfigMap, metadata: {name: dags}, data: {a.py: "KubernetesPodOperator(task_id=1, resources={})"}}',
    hint: 'KubernetesPodOperator is imported from airflow.providers.cncf.kubernetes.operators.pod now, and takes container_resources in place of resources',
  },
  {
    row: 'F2, T',
    line: 'apply -f a.yaml',
    fine: true,
    manifest: pod('{name: a}', '{volumes: [{name: d, hostPath: {path: /var/run/docker.sock}}]}'),
    hint: 'nodes run no Docker since 1.24: there is no docker.sock and no /var/lib/docker on them; containers are those of a CRI runtime such as containerd',
  },
  {
    row: 'H7, T',
    line: 'apply -f a.yaml',
    fine: true,
    manifest:
      '{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: web, annotations: {nginx.ingress.kubernetes.io/rewrite-target: /}}, spec: {}}',
    hint: 'ingress-nginx was retired in March 2026, and nginx.ingress.kubernetes.io/rewrite-target means nothing to other controllers: name yours in spec.ingressClassName, and say it in its own way',
  },
  { line: 'apply -f a.yaml', fine: true, manifest: pod('{name: a}'), hint: '' },
  { line: 'get pods -n web', told: 'error: something else', hint: '' },
];

for (const { row, line, told = '', manifest = '', fine = false, hint } of cases)
  test(`hint${row ? ` (${row})` : ''}: ${line}${told && `: ${told.slice(0, 60)}`}${manifest && `: ${manifest.slice(0, 60)}`}`, () => {
    const documents = told.includes('YAML to JSON')
      ? []
      : parseYamlDocuments(manifest).map(({ value }) => value as Unstructured);
    const ended = {
      words: line.split(' '),
      isFailed: !fine,
      told,
      flags,
      documents,
      texts: [manifest],
    };
    assert.equal(text(hintOf(ended)), hint);
  });

const resource = {
  ...{ group: 'apps', version: 'v1', kind: 'Deployment', resource: 'deployments' },
  ...{ singular: 'deployment', namespaced: true, shortNames: ['deploy'], verbs: ['list'] },
  ...{ categories: [], subresources: {} },
};
/** A server with two deployments, and how often it was asked. */
function server(): { readonly session: Session; readonly asks: string[] } {
  const asks: string[] = [];
  const items = [
    { metadata: { name: 'frontend', namespace: 'default' } },
    { metadata: { name: 'backend', namespace: 'web' } },
  ];
  const json = ({
    path,
    query = {},
  }: {
    path: string;
    query?: Record<string, string>;
  }): unknown => {
    asks.push(path);
    const wanted = query['fieldSelector']?.split('=')[1];
    return Promise.resolve({
      items: items.filter(
        ({ metadata: { name, namespace } }) =>
          (!wanted || name === wanted) && (wanted || path.includes(`/${namespace}/`)),
      ),
    });
  };
  const session = {
    discovery: () => Promise.resolve({ groups: [], resources: [resource], failures: new Map() }),
    namespace: () => ({ name: 'default', isExplicit: false }),
    rest: () => ({ json }),
  } as unknown as Session;
  return { session, asks };
}
const missing = (name: string): string =>
  `Error from server (NotFound): deployments.apps "${name}" not found\n`;
const questions: readonly (readonly [told: string, hint: string, requests: number])[] = [
  [`error: the server doesn't have a resource type "deploymnet"\n`, 'did you mean deployment?', 0],
  [missing('backend'), 'backend is in namespace web: add -n', 1],
  [missing('fontend'), 'did you mean frontend?', 2],
  [missing('something-else'), '', 2],
  ['error: anything else\n', '', 0],
];
for (const [told, hint, requests] of questions)
  test(`hint of the server: ${told.trim()}`, async () => {
    const { session, asks } = server();
    assert.equal(text(await asked(told, session)), hint);
    assert.equal(asks.length, requests);
  });

for (const [isErrTerminal, env, hint] of [
  [true, {}, '\u001B[36mhint: did you mean --all-namespaces?\u001B[39m\n'],
  [true, { NO_COLOR: '1', COX_LANG: 'ko' }, '힌트: --all-namespaces을(를) 뜻하셨나요?\n'],
  [false, {}, ''],
] as const)
  test(`hint: told ${isErrTerminal ? 'at a terminal' : 'nowhere else'} ${JSON.stringify(env)}`, async () => {
    let err = '';
    const io = { isErrTerminal, out: () => {}, err: (text: string) => void (err += text) };
    const signal = new AbortController().signal;
    const place = { io: io as unknown as Io, env, cwd: '/', world: systemWorld(), signal };
    const words = ['get', 'pods', '--all-namespace'];
    const code = await runLine(words, commands, { ...place, program: 'kubectl' });
    assert.equal(code, 1);
    const usual = `error: unknown flag: --all-namespace\nSee 'kubectl get --help' for usage.\n`;
    assert.equal(err, usual + hint);
  });

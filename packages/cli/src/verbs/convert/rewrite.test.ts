import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseYaml } from '@coxswain/api';
import { messagesFor } from '../../messages/index.ts';
import type { Unstructured } from '../../objects/info.ts';
import { conversions } from './conversions.ts';
import { rewrite } from './rewrite.ts';
import { editedYaml } from './yaml-edit.ts';

const read = (text: string): Unstructured => parseYaml(text).value as Unstructured;
const english = messagesFor({});

const ingress = `# the door
apiVersion: extensions/v1beta1 # old
kind: Ingress
metadata:
  name: web
spec:
  rules:
  - host: "example.com" # ours
    http:
      paths:
      - path: /
        backend:
          serviceName: web
          servicePort: 80
`;
const cases: readonly {
  readonly name: string;
  readonly given: string;
  readonly wanted?: string;
  readonly text: string;
  readonly lines: readonly string[];
  readonly isLost?: true;
}[] = [
  {
    name: 'comments, order and spelling stay',
    given: ingress,
    text: `# the door
apiVersion: networking.k8s.io/v1 # old
kind: Ingress
metadata:
  name: web
spec:
  rules:
  - host: "example.com" # ours
    http:
      paths:
      - path: /
        backend:
          service:
            name: web
            port:
              number: 80
        pathType: ImplementationSpecific
`,
    lines: [
      'Ingress/web: extensions/v1beta1 -> networking.k8s.io/v1 (removed in 1.22)',
      '  spec.rules[0].http.paths[0].backend: serviceName and servicePort are now service.name and service.port (web)',
      '  pathType: ImplementationSpecific for 1 path, the default of the old version',
    ],
  },
  {
    name: 'another version is wanted',
    given: ingress,
    wanted: 'apps/v1',
    text: ingress,
    lines: [],
  },
  {
    name: 'what has no successor stays',
    given: 'apiVersion: policy/v1beta1\nkind: PodSecurityPolicy\nmetadata:\n  name: tight\n',
    text: 'apiVersion: policy/v1beta1\nkind: PodSecurityPolicy\nmetadata:\n  name: tight\n',
    lines: [
      'PodSecurityPolicy/tight: policy/v1beta1 was removed in 1.25 and has no successor; left as it is',
      '  instead: Pod Security Admission, by labels such as pod-security.kubernetes.io/enforce=baseline on namespaces, or a ValidatingAdmissionPolicy',
    ],
    isLost: true,
  },
  {
    name: 'an empty selector of a budget meant nothing, and still does; anchors stay',
    given:
      'apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: &m {name: a}\nspec: {selector: {}}\nx: *m\n',
    text: 'apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: &m {name: a}\nspec: {selector: {matchExpressions: [{key: pdb.kubernetes.io/deprecated-v1beta1-empty-selector-match, operator: Exists}]}}\nx: *m\n',
    lines: [
      'PodDisruptionBudget/a: policy/v1beta1 -> policy/v1 (removed in 1.25)',
      '  spec.selector: an expression that no pod matches; empty, it would now mean all pods',
    ],
  },
  {
    name: 'a candidate has one strategy',
    given:
      'apiVersion: coordination.k8s.io/v1alpha1\nkind: LeaseCandidate\nmetadata: {name: a}\nspec: {leaseName: a, binaryVersion: "1.31.0", preferredStrategies: [OldestEmulationVersion]}\n',
    text: 'apiVersion: coordination.k8s.io/v1beta1\nkind: LeaseCandidate\nmetadata: {name: a}\nspec: {leaseName: a, binaryVersion: "1.31.0", strategy: OldestEmulationVersion}\n',
    lines: [
      'LeaseCandidate/a: coordination.k8s.io/v1alpha1 -> coordination.k8s.io/v1beta1 (removed in 1.32)',
      '  spec.preferredStrategies is now spec.strategy',
    ],
  },
  {
    name: 'a migration names a resource without its version',
    given:
      'apiVersion: storagemigration.k8s.io/v1alpha1\nkind: StorageVersionMigration\nmetadata: {name: a}\nspec: {resource: {group: apps, version: v1, resource: deployments}, continueToken: x}\n',
    text: 'apiVersion: storagemigration.k8s.io/v1beta1\nkind: StorageVersionMigration\nmetadata: {name: a}\nspec: {resource: {group: apps, resource: deployments}}\n',
    lines: [
      'StorageVersionMigration/a: storagemigration.k8s.io/v1alpha1 -> storagemigration.k8s.io/v1beta1 (removed in 1.35)',
      '  spec.resource.version is left out; there is no such field to set any more',
      '  spec.continueToken is left out; there is no such field to set any more',
    ],
  },
  {
    name: 'groups of a workload are templates',
    given:
      'apiVersion: scheduling.k8s.io/v1alpha1\nkind: Workload\nmetadata: {name: a}\nspec: {podGroups: [{name: a, policy: {gang: {minCount: 2}}}]}\n',
    text: 'apiVersion: scheduling.k8s.io/v1alpha2\nkind: Workload\nmetadata: {name: a}\nspec: {podGroupTemplates: [{name: a, schedulingPolicy: {gang: {minCount: 2}}}]}\n',
    lines: [
      'Workload/a: scheduling.k8s.io/v1alpha1 -> scheduling.k8s.io/v1alpha2 (removed in 1.36)',
      '  spec.podGroups is now podGroupTemplates',
      '  spec.podGroupTemplates[0].policy is now schedulingPolicy',
    ],
  },
  {
    name: 'classes of resources have no successor',
    given: 'apiVersion: resource.k8s.io/v1alpha2\nkind: ResourceClass\nmetadata: {name: a}\n',
    text: 'apiVersion: resource.k8s.io/v1alpha2\nkind: ResourceClass\nmetadata: {name: a}\n',
    lines: [
      'ResourceClass/a: resource.k8s.io/v1alpha2 was removed in 1.31 and has no successor; left as it is',
      '  instead: a DeviceClass of resource.k8s.io/v1, and claims whose requests name it',
    ],
    isLost: true,
  },
  {
    name: 'an autoscaler of today may name what is gone',
    given:
      'apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: a}\nspec: {scaleTargetRef: {apiVersion: extensions/v1beta1, kind: Deployment, name: a}}\n',
    text: 'apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: a}\nspec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: a}}\n',
    lines: [
      'HorizontalPodAutoscaler/a:',
      '  spec.scaleTargetRef.apiVersion: extensions/v1beta1 -> apps/v1',
    ],
  },
];

for (const { name, given, wanted, text, lines, isLost = false } of cases)
  test(`convert: ${name}`, () => {
    const before = read(given);
    const done = rewrite(before, english, wanted);
    assert.deepEqual(
      done.lines,
      lines.map((line) => `${line}\n`),
    );
    assert.equal(done.isLost, isLost);
    assert.equal(editedYaml(given, [before], [done.object])[0], text);
  });

test('convert: JSON becomes YAML, and lists are rewritten item by item', () => {
  const item = { apiVersion: 'batch/v1beta1', kind: 'CronJob', metadata: { name: 'a' } };
  const given = { apiVersion: 'v1', kind: 'List', items: [item] };
  const done = rewrite(given as unknown as Unstructured, english);
  assert.equal(
    editedYaml(JSON.stringify(given), [given], [done.object])[0],
    'apiVersion: v1\nitems:\n- apiVersion: batch/v1\n  kind: CronJob\n  metadata:\n    name: a\nkind: List\n',
  );
});

test('convert: no conversion leads to what is removed itself', () => {
  const removed = new Set(conversions.map(({ from, kind }) => `${from} ${kind}`));
  const bad = conversions.filter(({ to, kind }) => removed.has(`${to} ${kind}`));
  assert.deepEqual(bad, []);
});

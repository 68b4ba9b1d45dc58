import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type KubeObject, Deployments, Namespaces, Pods } from '@coxswain/api';
import type { Pod, PodSpec } from '@coxswain/api/types/core-v1';
import { MemoryObjects } from '../../authz/testing/memory-objects.ts';
import type { Admission } from '../plugin.ts';
import { admissionOf, pass } from '../testing/admission.ts';
import { detailsText, findingsOf } from './checks.ts';
import { podSecurityConfiguration } from './configuration.ts';
import { podSecurity } from './pod-security.ts';
import { levelOf, versionOf } from './policy.ts';

const container = { name: 'c', image: 'x' };
const podOf = (spec: Partial<PodSpec> = {}, metadata = {}): Pod => ({
  metadata: { name: 'web', namespace: 'shop', ...metadata },
  spec: { containers: [container], ...spec },
});
const secure = {
  securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [
    {
      ...container,
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
    },
  ],
} as const;

for (const [policy, name, pod, want] of [
  ['baseline:latest', 'nothing special', podOf(), ''],
  ['restricted:latest', 'all that is asked', podOf(secure), ''],
  [
    'baseline:latest',
    'host namespaces',
    podOf({ hostNetwork: true, hostIPC: true }),
    'host namespaces (hostNetwork=true, hostIPC=true)',
  ],
  [
    'baseline:latest',
    'ports, in the order of their text',
    podOf({
      containers: [
        {
          ...container,
          ports: [
            { containerPort: 1, hostPort: 9 },
            { containerPort: 2, hostPort: 81 },
          ],
        },
      ],
    }),
    'hostPort (container "c" uses hostPorts 81, 9)',
  ],
  [
    'restricted:v1.8',
    'escalation counts from 1.8',
    podOf({ securityContext: { runAsNonRoot: true } }),
    'allowPrivilegeEscalation != false (container "c" must set securityContext.allowPrivilegeEscalation=false)',
  ],
  ['restricted:v1.7', 'and not before', podOf({ securityContext: { runAsNonRoot: true } }), ''],
  [
    'restricted:latest',
    'a stricter check stands for the looser one',
    podOf({ ...secure, volumes: [{ name: 'v', hostPath: { path: '/' } }] }),
    'restricted volume types (volume "v" uses restricted volume type "hostPath")',
  ],
  [
    'baseline:latest',
    'the looser one alone',
    podOf({ ...secure, volumes: [{ name: 'v', hostPath: { path: '/' } }] }),
    'hostPath volumes (volume "v")',
  ],
  [
    'baseline:v1.31',
    'sysctls by version',
    podOf({ securityContext: { sysctls: [{ name: 'net.ipv4.tcp_rmem', value: '1' }] } }),
    'forbidden sysctls (net.ipv4.tcp_rmem)',
  ],
  [
    'baseline:v1.32',
    'sysctls by version, later',
    podOf({ securityContext: { sysctls: [{ name: 'net.ipv4.tcp_rmem', value: '1' }] } }),
    '',
  ],
  [
    'baseline:v1.18',
    'seccomp by annotation',
    podOf({}, { annotations: { 'seccomp.security.alpha.kubernetes.io/pod': 'unconfined' } }),
    'seccompProfile (forbidden annotation seccomp.security.alpha.kubernetes.io/pod="unconfined")',
  ],
  [
    'baseline:latest',
    'pod and containers are named together',
    podOf({
      securityContext: { seLinuxOptions: { type: 'spc_t' } },
      containers: [{ ...container, securityContext: { seLinuxOptions: { user: 'u' } } }],
    }),
    'seLinuxOptions (pod and container "c" set forbidden securityContext.seLinuxOptions: type "spc_t"; user may not be set)',
  ],
  [
    'restricted:latest',
    'users of a user namespace may be root',
    podOf({
      ...secure,
      hostUsers: false,
      securityContext: { ...secure.securityContext, runAsNonRoot: false, runAsUser: 0 },
    }),
    '',
  ],
  [
    'restricted:v1.34',
    'but not before 1.35',
    podOf({
      ...secure,
      hostUsers: false,
      securityContext: { ...secure.securityContext, runAsNonRoot: false, runAsUser: 0 },
    }),
    'runAsNonRoot != true (pod must not set securityContext.runAsNonRoot=false), runAsUser=0 (pod must not set runAsUser=0)',
  ],
] as const satisfies readonly (readonly [string, string, Pod, string])[])
  test(`${policy}: ${name}`, () => {
    const [level, version] = policy.split(':');
    const asked = { level: levelOf(level!)!, version: versionOf(version!)! };
    assert.equal(detailsText(findingsOf(asked, pod)), want);
  });

const host = podOf({ hostPID: true });
const label = (mode: string, level: string): Record<string, string> => ({
  [`pod-security.kubernetes.io/${mode}`]: level,
});

interface Told {
  readonly answer: KubeObject | string;
  readonly warned: readonly string[];
  readonly noted: Readonly<Record<string, string>>;
}

async function ask(
  labels: Record<string, string>,
  of: Partial<Admission>,
  configuration?: unknown,
): Promise<Told> {
  const objects = new MemoryObjects();
  objects.put(Namespaces, { metadata: { name: 'shop', labels }, spec: {} });
  const warned: string[] = [];
  const noted: Record<string, string> = {};
  const plugin = podSecurity(objects, podSecurityConfiguration(configuration));
  const answer = await pass(
    plugin,
    admissionOf(objects, {
      resource: Pods,
      object: host,
      warn: (text) => warned.push(text),
      annotate: (key, value) => {
        noted[key.replace('pod-security.kubernetes.io/', '')] = value;
      },
      ...of,
    }),
  );
  return { answer, warned, noted };
}

const because = 'host namespaces (hostPID=true)';
const refused = `403 pods "web" is forbidden: violates PodSecurity "baseline:latest": ${because}`;
const would = `would violate PodSecurity "baseline:latest": ${because}`;
const template = { metadata: { name: 'd', namespace: 'shop' }, spec: { template: host } };
const exemptions = (what: Record<string, readonly string[]>) => ({
  apiVersion: 'pod-security.admission.config.k8s.io/v1',
  kind: 'PodSecurityConfiguration',
  exemptions: what,
});
const enforced = { 'enforce-policy': 'baseline:latest' };
const free = { 'enforce-policy': 'privileged:latest' };

for (const [name, labels, of, configuration, want] of [
  ['no labels', {}, {}, undefined, { answer: host, warned: [], noted: free }],
  [
    'enforce',
    label('enforce', 'baseline'),
    {},
    undefined,
    { answer: refused, warned: [], noted: enforced },
  ],
  [
    'warn',
    label('warn', 'baseline'),
    {},
    undefined,
    { answer: host, warned: [would], noted: free },
  ],
  [
    'audit',
    label('audit', 'baseline'),
    {},
    undefined,
    { answer: host, warned: [], noted: { ...free, 'audit-violations': would } },
  ],
  [
    'a template only warns',
    label('enforce', 'baseline'),
    { resource: Deployments, object: template as KubeObject },
    undefined,
    { answer: template, warned: [would], noted: {} },
  ],
  [
    'an exempt namespace',
    label('enforce', 'baseline'),
    {},
    exemptions({ namespaces: ['shop'] }),
    { answer: host, warned: [], noted: { exempt: 'namespace' } },
  ],
  [
    'an exempt user',
    label('enforce', 'baseline'),
    {},
    exemptions({ usernames: ['ann'] }),
    { answer: host, warned: [], noted: { exempt: 'user' } },
  ],
  [
    'by default of the configuration',
    {},
    {},
    { ...exemptions({}), defaults: { enforce: 'baseline' } },
    { answer: refused, warned: [], noted: enforced },
  ],
  [
    'an update that brings in nothing new',
    label('enforce', 'baseline'),
    { operation: 'UPDATE', before: host },
    undefined,
    { answer: host, warned: [], noted: {} },
  ],
  [
    'an update that brings in an image',
    label('enforce', 'baseline'),
    {
      operation: 'UPDATE',
      before: podOf({ hostPID: true, containers: [{ name: 'c', image: 'y' }] }),
    },
    undefined,
    { answer: refused, warned: [], noted: enforced },
  ],
] as const)
  test(`pod security: ${name}`, async () =>
    assert.deepEqual(await ask({ ...labels }, of as Partial<Admission>, configuration), want));

test('pod security: a new policy tells of pods that are there', async () => {
  const objects = new MemoryObjects();
  for (const [name, owner] of [
    ['b', 'u'],
    ['a', 'u'],
    ['z', 'v'],
  ] as const)
    objects.put(Pods, {
      ...host,
      metadata: {
        name,
        namespace: 'shop',
        ownerReferences: [{ apiVersion: 'v1', kind: 'X', name: 'x', uid: owner, controller: true }],
      },
    });
  const warned: string[] = [];
  const namespace = (level: string) => ({
    metadata: { name: 'shop', labels: label('enforce', level) },
  });
  const plugin = podSecurity(objects, podSecurityConfiguration(undefined));
  await pass(
    plugin,
    admissionOf(objects, {
      resource: Namespaces,
      operation: 'UPDATE',
      object: namespace('baseline'),
      before: namespace('privileged'),
      warn: (text) => warned.push(text),
    }),
  );
  assert.deepEqual(warned, [
    'existing pods in namespace "shop" violate the new PodSecurity enforce level "baseline:latest"',
    'a (and 2 other pods): host namespaces',
  ]);
});

for (const [name, file, want] of [
  ['another kind', { apiVersion: 'v1', kind: 'Pod' }, /no kind "Pod" is registered/],
  [
    'a level that is none',
    { ...exemptions({}), defaults: { enforce: 'x' } },
    /^defaults\.enforce: Invalid value: "x": must be one of privileged, baseline, restricted$/,
  ],
  [
    'a name twice',
    exemptions({ namespaces: ['a', 'a'] }),
    /^exemptions\.namespaces\[1\]: Duplicate value: "a"$/,
  ],
] as const)
  test(`pod security configuration refused: ${name}`, () =>
    assert.throws(() => podSecurityConfiguration(file), { message: want }));

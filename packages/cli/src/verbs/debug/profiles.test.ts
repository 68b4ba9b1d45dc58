import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '@coxswain/api/types/core-v1';
import { type Keeps, profiled, type Style } from './profiles.ts';

const keepsNothing: Keeps = {
  ...{ labels: false, annotations: false, liveness: false, readiness: false, startup: false },
  initContainers: false,
};
const pod: Pod = {
  metadata: { name: 'web', labels: { a: 'b' }, annotations: { c: 'd' } },
  spec: {
    initContainers: [{ name: 'init' }],
    containers: [{ name: 'app', livenessProbe: {}, readinessProbe: {} }],
  },
};
const container = { name: 'debugger', securityContext: { runAsUser: 1000 } };

const secured = (profile: string, style: Style) =>
  profiled(profile, style, keepsNothing, { pod, container }).container.securityContext;

const contexts = [
  { profile: 'legacy', style: 'ephemeral', want: { runAsUser: 1000 } },
  {
    profile: 'general',
    style: 'ephemeral',
    want: { runAsUser: 1000, capabilities: { add: ['SYS_PTRACE'] } },
  },
  { profile: 'general', style: 'node', want: undefined },
  { profile: 'baseline', style: 'copy', want: undefined },
  {
    profile: 'restricted',
    style: 'ephemeral',
    want: {
      runAsNonRoot: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    },
  },
  {
    profile: 'netadmin',
    style: 'node',
    want: { runAsUser: 1000, capabilities: { add: ['NET_ADMIN', 'NET_RAW'] } },
  },
  { profile: 'sysadmin', style: 'copy', want: { runAsUser: 1000, privileged: true } },
] as const;
for (const { profile, style, want } of contexts)
  test(`${profile}, ${style}: security`, () => assert.deepEqual(secured(profile, style), want));

test('a copy keeps what it is told to keep', () => {
  const copied = profiled(
    'general',
    'copy',
    { ...keepsNothing, labels: true, readiness: true },
    {
      ...{ pod, container },
    },
  );
  assert.deepEqual(copied.pod, {
    metadata: { name: 'web', labels: { a: 'b' } },
    spec: { shareProcessNamespace: true, containers: [{ name: 'app', readinessProbe: {} }] },
  });
});

test('a copy shares processes unless it was told otherwise', () => {
  const told = { ...pod, spec: { ...pod.spec!, shareProcessNamespace: false } };
  const copied = profiled('baseline', 'copy', keepsNothing, { pod: told, container });
  assert.equal(copied.pod.spec!.shareProcessNamespace, false);
});

const onNode = [
  { profile: 'general', isInHost: true, seesFiles: true },
  { profile: 'netadmin', isInHost: true, seesFiles: false },
  { profile: 'baseline', isInHost: false, seesFiles: false },
  { profile: 'sysadmin', isInHost: true, seesFiles: true },
];
for (const { profile, isInHost, seesFiles } of onNode)
  test(`${profile} on a node`, () => {
    const made = profiled(profile, 'node', keepsNothing, {
      pod: { metadata: { name: 'd' }, spec: { containers: [] } },
      container,
    });
    assert.equal(made.pod.spec!.hostPID === true, isInHost);
    assert.equal(made.container.volumeMounts?.[0]?.mountPath === '/host', seesFiles);
    assert.equal(made.pod.spec!.volumes?.length === 1, seesFiles);
  });

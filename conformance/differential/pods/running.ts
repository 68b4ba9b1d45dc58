import type { Case } from '../broken.ts';
import { c0, http, second } from './parts.ts';

/** Probes, hooks, security, and all else of a container that runs. */
export const running: readonly Case[] = [
  [
    'probe without a handler',
    {
      [`${c0}.livenessProbe`]: {
        initialDelaySeconds: -1,
        timeoutSeconds: -1,
        periodSeconds: -1,
        successThreshold: -2,
        failureThreshold: -2,
      },
    },
  ],
  [
    'probe with two handlers',
    {
      [`${c0}.readinessProbe`]: {
        exec: { command: ['x'] },
        tcpSocket: { port: 1 },
        grpc: { port: 0 },
      },
    },
  ],
  [
    'liveness successes',
    {
      [`${c0}.livenessProbe`]: { ...http, successThreshold: 2 },
      [`${c0}.startupProbe`]: { ...http, successThreshold: 2 },
    },
  ],
  [
    'probe grace',
    {
      [`${c0}.livenessProbe`]: { ...http, terminationGracePeriodSeconds: 0 },
      [`${c0}.readinessProbe`]: { ...http, terminationGracePeriodSeconds: 5 },
    },
  ],
  [
    'http probe',
    {
      [`${c0}.livenessProbe`]: {
        httpGet: {
          path: '',
          port: 'A_',
          scheme: 'ftp',
          httpHeaders: [{ name: 'a b', value: 'x' }],
        },
      },
    },
  ],
  ['http port', { [`${c0}.livenessProbe`]: { httpGet: { path: 'x', port: 70000 } } }],
  ['grpc probe', { [`${c0}.livenessProbe`]: { grpc: { port: 70000, service: 'x' } } }],
  ['exec probe', { [`${c0}.livenessProbe`]: { exec: {} } }],
  ['tcp probe', { [`${c0}.livenessProbe`]: { tcpSocket: { port: '' } } }],
  [
    'lifecycle',
    { [`${c0}.lifecycle`]: { postStart: {}, preStop: { exec: {}, sleep: { seconds: -1 } } } },
  ],
  ['sleep too long', { [`${c0}.lifecycle`]: { preStop: { sleep: { seconds: 100 } } } }],
  ['sleep 0', { [`${c0}.lifecycle`]: { preStop: { sleep: { seconds: 0 } } } }],
  ['stop signal', { [`${c0}.lifecycle`]: { stopSignal: 'SIGTERM' } }],
  [
    'stop signal unknown',
    { 'spec.os': { name: 'linux' }, [`${c0}.lifecycle`]: { stopSignal: 'SIGX' } },
  ],
  [
    'stop signal of windows',
    { 'spec.os': { name: 'windows' }, [`${c0}.lifecycle`]: { stopSignal: 'SIGINT' } },
  ],
  [
    'security context',
    {
      [`${c0}.securityContext`]: {
        privileged: true,
        allowPrivilegeEscalation: false,
        runAsUser: -1,
        runAsGroup: -1,
        procMount: 'x',
        seccompProfile: { type: 'Localhost' },
        appArmorProfile: { type: 'x' },
        capabilities: { add: ['CAP_SYS_ADMIN'] },
      },
    },
  ],
  ['proc mount', { [`${c0}.securityContext`]: { procMount: 'Unmasked' } }],
  [
    'escalation with SYS_ADMIN',
    {
      [`${c0}.securityContext`]: {
        allowPrivilegeEscalation: false,
        capabilities: { add: ['CAP_SYS_ADMIN'] },
      },
    },
  ],
  [
    'seccomp',
    {
      [`${c0}.securityContext`]: {
        seccompProfile: { type: 'RuntimeDefault', localhostProfile: 'x' },
      },
    },
  ],
  [
    'seccomp path',
    {
      [`${c0}.securityContext`]: {
        seccompProfile: { type: 'Localhost', localhostProfile: '../x' },
      },
    },
  ],
  ['seccomp type', { 'spec.securityContext': { seccompProfile: { type: '' } } }],
  [
    'apparmor',
    {
      'spec.securityContext': { appArmorProfile: { type: 'Localhost' } },
      [`${c0}.securityContext`]: {
        appArmorProfile: { type: 'RuntimeDefault', localhostProfile: 'x' },
      },
    },
  ],
  [
    'apparmor long',
    {
      'spec.securityContext': {
        appArmorProfile: { type: 'Localhost', localhostProfile: 'x'.repeat(5000) },
      },
    },
  ],
  [
    'apparmor spaces',
    { 'spec.securityContext': { appArmorProfile: { type: 'Localhost', localhostProfile: ' x ' } } },
  ],
  [
    'pod security',
    {
      'spec.securityContext': {
        fsGroup: -1,
        runAsUser: -1,
        runAsGroup: -1,
        supplementalGroups: [-1],
        fsGroupChangePolicy: 'x',
        supplementalGroupsPolicy: 'x',
        seLinuxChangePolicy: 'x',
      },
    },
  ],
  [
    'sysctls',
    {
      'spec.securityContext': {
        sysctls: [
          { name: '', value: '1' },
          { name: 'A B', value: '1' },
          { name: 'a.b', value: '1' },
          { name: 'a/b', value: '1' },
          { name: 'kernel.shm_rmid_forced', value: '1' },
        ],
      },
    },
  ],
  [
    'sysctls of the host',
    {
      'spec.hostNetwork': true,
      'spec.hostIPC': true,
      'spec.securityContext': {
        sysctls: [
          { name: 'net.core.somaxconn', value: '1' },
          { name: 'kernel.sem', value: '1' },
        ],
      },
    },
  ],
  [
    'windows options',
    {
      'spec.securityContext': {
        windowsOptions: {
          gmsaCredentialSpecName: 'A_',
          gmsaCredentialSpec: '',
          runAsUserName: 'a\\b\\c',
        },
      },
    },
  ],
  ['windows user', { 'spec.securityContext': { windowsOptions: { runAsUserName: '' } } }],
  [
    'windows user long',
    { 'spec.securityContext': { windowsOptions: { runAsUserName: `a\\${'x'.repeat(105)}` } } },
  ],
  ['host process', { 'spec.securityContext': { windowsOptions: { hostProcess: true } } }],
  [
    'restart rules',
    {
      [`${c0}.restartPolicyRules`]: [
        { action: 'x' },
        { action: 'Restart', exitCodes: { operator: 'x', values: [] } },
      ],
    },
  ],
  ['restart policy of a container', { [`${c0}.restartPolicy`]: 'x' }],
  [
    'restart rules, good',
    {
      [`${c0}.restartPolicy`]: 'Never',
      [`${c0}.restartPolicyRules`]: [
        { action: 'Restart', exitCodes: { operator: 'In', values: [1] } },
      ],
    },
  ],
  [
    'restart all',
    {
      [`${c0}.restartPolicy`]: 'Never',
      [`${c0}.restartPolicyRules`]: [
        { action: 'RestartAllContainers', exitCodes: { operator: 'In', values: [1] } },
      ],
    },
  ],
  ['working directory', { [`${c0}.workingDir`]: 'x', [`${c0}.stdin`]: true, [`${c0}.tty`]: true }],
  [
    'device and mount',
    {
      [`${c0}.volumeDevices`]: [
        { name: 'x', devicePath: '' },
        { name: '', devicePath: '../x' },
      ],
    },
  ],
  [
    'init probe',
    {
      'spec.initContainers': [
        {
          ...second,
          readinessProbe: http,
          livenessProbe: http,
          startupProbe: http,
          lifecycle: { preStop: { exec: { command: ['x'] } } },
        },
      ],
    },
  ],
  [
    'init of a name',
    { 'spec.initContainers': [{ name: 'web', image: 'x' }, second, second, { name: '' }] },
  ],
  ['init restart policy', { 'spec.initContainers': [{ ...second, restartPolicy: 'x' }] }],
  [
    'sidecar',
    {
      'spec.initContainers': [
        { ...second, restartPolicy: 'Always', readinessProbe: http, lifecycle: { preStop: {} } },
      ],
    },
  ],
  [
    'sidecar with rules',
    {
      'spec.initContainers': [
        {
          ...second,
          restartPolicy: 'Always',
          restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'In', values: [1] } }],
        },
      ],
    },
  ],
  [
    'init host ports',
    {
      'spec.initContainers': [
        { ...second, ports: [{ containerPort: 1, hostPort: 1 }] },
        { ...second, name: 'third', ports: [{ containerPort: 1, hostPort: 1 }] },
      ],
    },
  ],
];

import { created, updated, type Case, type Good } from '../broken.ts';
import type { RequestList } from '../request.ts';

const pod: Good = {
  apiVersion: 'v1',
  kind: 'Pod',
  resource: 'pods',
  fields: {
    spec: {
      ...{ automountServiceAccountToken: false, serviceAccountName: 'default' },
      containers: [
        { name: 'web', image: 'web:1', resources: { requests: { cpu: '100m', memory: '1Mi' } } },
      ],
    },
  },
};

const c0 = 'spec.containers.0';
const v0 = 'spec.volumes.0';
const http = { httpGet: { path: '/', port: 80 } };
const second = { name: 'second', image: 'x' };
const withVolume = (source: object, more: Case[1] = {}): Case[1] => ({
  'spec.volumes': [{ name: 'data', ...source }],
  ...more,
});
const projectedSource = (source: object): Case[1] =>
  withVolume({ projected: { sources: [source] } });

const top: readonly Case[] = [
  ['no spec', { spec: undefined }],
  ['no containers', { 'spec.containers': [] }],
  ['no name of a container', { [`${c0}.name`]: '' }],
  ['bad name of a container', { [`${c0}.name`]: 'A_b' }],
  ['long name of a container', { [`${c0}.name`]: 'a'.repeat(64) }],
  ['two of a name', { 'spec.containers.1': { name: 'web', image: 'x' } }],
  ['no image', { [`${c0}.image`]: '' }],
  ['image with spaces', { [`${c0}.image`]: ' web:1 ' }],
  ['pull policy', { [`${c0}.imagePullPolicy`]: 'Sometimes' }],
  ['termination policy', { [`${c0}.terminationMessagePolicy`]: 'x' }],
  ['restart policy', { 'spec.restartPolicy': 'x' }],
  ['DNS policy', { 'spec.dnsPolicy': 'x' }],
  ['DNS None without configuration', { 'spec.dnsPolicy': 'None' }],
  ['DNS None without servers', { 'spec.dnsPolicy': 'None', 'spec.dnsConfig': {} }],
  [
    'too many servers',
    { 'spec.dnsConfig': { nameservers: ['1.1.1.1', '1.1.1.2', '1.1.1.3', '1.1.1.4'] } },
  ],
  ['bad server', { 'spec.dnsConfig': { nameservers: ['x', '010.0.0.1'] } }],
  ['bad search', { 'spec.dnsConfig': { searches: ['a b', '.', 'x.y.', 'under_score'] } }],
  [
    'too many searches',
    { 'spec.dnsConfig': { searches: Array.from({ length: 33 }, (_, i) => `s${i}.a`) } },
  ],
  [
    'long searches',
    { 'spec.dnsConfig': { searches: Array.from({ length: 31 }, () => 'a'.repeat(70)) } },
  ],
  ['empty option', { 'spec.dnsConfig': { options: [{ value: 'x' }] } }],
  ['node selector', { 'spec.nodeSelector': { 'a b': 'c d' } }],
  ['node name', { 'spec.nodeName': 'A B' }],
  ['priority class', { 'spec.priorityClassName': 'A B' }],
  ['unknown priority class', { 'spec.priorityClassName': 'none-such' }],
  ['runtime class', { 'spec.runtimeClassName': 'A B' }],
  ['scheduler name', { 'spec.schedulerName': '' }],
  ['hostname', { 'spec.hostname': 'A.b', 'spec.subdomain': 'x.y' }],
  ['hostname override', { 'spec.hostnameOverride': 'A_b', 'spec.setHostnameAsFQDN': true }],
  ['long override', { 'spec.hostnameOverride': 'a'.repeat(65), 'spec.hostNetwork': true }],
  ['deadline 0', { 'spec.activeDeadlineSeconds': 0 }],
  ['deadline large', { 'spec.activeDeadlineSeconds': 2147483648 }],
  ['grace below zero', { 'spec.terminationGracePeriodSeconds': -1 }],
  ['preemption', { 'spec.preemptionPolicy': 'x' }],
  ['priority by hand', { 'spec.priority': 5 }],
  ['pull secrets', { 'spec.imagePullSecrets': [{ name: '' }, {}] }],
  ['host aliases', { 'spec.hostAliases': [{ ip: 'x', hostnames: ['A B'] }] }],
  ['readiness gate', { 'spec.readinessGates': [{ conditionType: 'a b' }] }],
  ['gate empty', { 'spec.schedulingGates': [{ name: '' }] }],
  ['gates twice', { 'spec.schedulingGates': [{ name: 'a' }, { name: 'a' }] }],
  ['gates and node', { 'spec.schedulingGates': [{ name: 'a' }], 'spec.nodeName': 'n' }],
  [
    'host users',
    {
      'spec.hostUsers': false,
      'spec.hostNetwork': true,
      'spec.hostPID': true,
      'spec.hostIPC': true,
    },
  ],
  ['os', { 'spec.os': { name: 'mac' } }],
  ['os empty', { 'spec.os': {} }],
  [
    'windows with linux fields',
    {
      'spec.os': { name: 'windows' },
      'spec.hostPID': true,
      'spec.hostIPC': true,
      'spec.securityContext': {
        runAsUser: 1,
        fsGroup: 2,
        seccompProfile: { type: 'RuntimeDefault' },
        seLinuxOptions: { level: 's0' },
        sysctls: [{ name: 'a.b', value: '1' }],
        supplementalGroups: [1],
        runAsGroup: 3,
        fsGroupChangePolicy: 'Always',
        appArmorProfile: { type: 'RuntimeDefault' },
      },
      'spec.shareProcessNamespace': true,
      [`${c0}.securityContext`]: {
        privileged: true,
        capabilities: { add: ['X'] },
        readOnlyRootFilesystem: true,
        allowPrivilegeEscalation: true,
        procMount: 'Default',
        runAsUser: 1,
        runAsGroup: 1,
        seccompProfile: { type: 'RuntimeDefault' },
        seLinuxOptions: { level: 's0' },
        appArmorProfile: { type: 'RuntimeDefault' },
      },
    },
  ],
  [
    'linux with windows fields',
    {
      'spec.os': { name: 'linux' },
      'spec.securityContext': { windowsOptions: { runAsUserName: 'x' } },
      [`${c0}.securityContext`]: { windowsOptions: { hostProcess: true } },
    },
  ],
  ['overhead', { 'spec.overhead': { cpu: '-1' } }],
  ['ephemeral containers', { 'spec.ephemeralContainers': [{ name: 'debug', image: 'x' }] }],
  [
    'resource claims',
    {
      'spec.resourceClaims': [
        { name: '' },
        { name: 'A' },
        { name: 'a' },
        { name: 'a', resourceClaimName: 'x', resourceClaimTemplateName: 'y' },
        { name: 'b', resourceClaimName: 'A_' },
        { name: 'c', resourceClaimTemplateName: 'A_' },
      ],
    },
  ],
  [
    'claims of a container',
    { [`${c0}.resources.claims`]: [{ name: '' }, { name: 'x' }, { name: 'x' }] },
  ],
  [
    'claim that no container wants',
    { 'spec.resourceClaims': [{ name: 'a', resourceClaimName: 'x' }] },
  ],
  ['scheduling group', { 'spec.schedulingGroup': { podGroupName: 'x' } }],
  ['service account', { 'spec.serviceAccountName': 'A B' }],
  ['service account that is not there', { 'spec.serviceAccountName': 'nobody' }],
  [
    'old service account field',
    { 'spec.serviceAccountName': undefined, 'spec.serviceAccount': 'default' },
  ],
  ['share process namespace', { 'spec.shareProcessNamespace': true, 'spec.hostPID': true }],
  ['service links', { 'spec.enableServiceLinks': null }],
  [
    'annotations',
    {
      'metadata.annotations': {
        'a b': 'c',
        'kubernetes.io/config.mirror': 'x',
        'container.apparmor.security.beta.kubernetes.io/nope': 'x',
        'scheduler.alpha.kubernetes.io/tolerations': '{',
      },
    },
  ],
  [
    'seccomp annotations',
    {
      'metadata.annotations': {
        'seccomp.security.alpha.kubernetes.io/pod': 'x',
        'container.seccomp.security.alpha.kubernetes.io/web': 'y',
      },
    },
  ],
  [
    'apparmor annotation',
    { 'metadata.annotations': { 'container.apparmor.security.beta.kubernetes.io/web': 'x' } },
  ],
  [
    'apparmor annotation, good',
    {
      'metadata.annotations': {
        'container.apparmor.security.beta.kubernetes.io/web': 'runtime/default',
      },
    },
  ],
  [
    'deletion cost',
    { 'metadata.annotations': { 'controller.kubernetes.io/pod-deletion-cost': '+1' } },
  ],
  ['name not for a hostname', { 'metadata.name': 'a.b.c' }],
  ['status is dropped', { status: { phase: 'Running', hostIP: '1.1.1.1' } }],
];

const containers: readonly Case[] = [
  ['port empty', { [`${c0}.ports`]: [{}] }],
  [
    'port large',
    {
      [`${c0}.ports`]: [
        { containerPort: 70000, hostPort: -1, protocol: 'x', name: 'A_', hostIP: 'x' },
      ],
    },
  ],
  [
    'port names',
    {
      [`${c0}.ports`]: [
        { containerPort: 1, name: 'a' },
        { containerPort: 2, name: 'a' },
      ],
    },
  ],
  [
    'ports twice',
    {
      [`${c0}.ports`]: [
        { containerPort: 1, name: 'a' },
        { containerPort: 1, name: 'b' },
      ],
    },
  ],
  [
    'host ports twice',
    {
      [`${c0}.ports`]: [
        { containerPort: 1, hostPort: 1 },
        { containerPort: 2, hostPort: 1 },
      ],
    },
  ],
  [
    'host network',
    {
      'spec.hostNetwork': true,
      [`${c0}.ports`]: [{ containerPort: 80 }, { containerPort: 80, hostPort: 81 }],
    },
  ],
  [
    'env',
    {
      [`${c0}.env`]: [
        { name: '' },
        { name: 'a=b' },
        { name: 'a', value: 'x', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
        { name: 'b', valueFrom: {} },
      ],
    },
  ],
  [
    'env names',
    {
      [`${c0}.env`]: [
        { name: '1a b', value: 'x' },
        { name: 'a', value: '1' },
        { name: 'a', value: '2' },
        { name: '..', value: 'x' },
      ],
    },
  ],
  [
    'env fields',
    {
      [`${c0}.env`]: [
        { name: 'a', valueFrom: { fieldRef: { fieldPath: '' } } },
        { name: 'b', valueFrom: { fieldRef: { fieldPath: 'spec.nothing' } } },
        { name: 'c', valueFrom: { fieldRef: { fieldPath: "metadata.labels['a b']" } } },
        { name: 'd', valueFrom: { fieldRef: { fieldPath: "metadata.name['a']" } } },
        { name: 'e', valueFrom: { fieldRef: { apiVersion: 'v9', fieldPath: 'metadata.name' } } },
        { name: 'f', valueFrom: { fieldRef: { fieldPath: 'metadata.labels' } } },
      ],
    },
  ],
  [
    'env resources',
    {
      [`${c0}.env`]: [
        { name: 'a', valueFrom: { resourceFieldRef: { resource: '' } } },
        { name: 'b', valueFrom: { resourceFieldRef: { resource: 'limits.gpu' } } },
        { name: 'c', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '2m' } } },
        {
          name: 'd',
          valueFrom: { resourceFieldRef: { containerName: 'A_', resource: 'limits.cpu' } },
        },
        {
          name: 'e',
          valueFrom: { resourceFieldRef: { resource: 'limits.hugepages-2Mi', divisor: '3' } },
        },
      ],
    },
  ],
  [
    'env sources',
    {
      [`${c0}.env`]: [
        { name: 'a', valueFrom: { configMapKeyRef: { name: '', key: '' } } },
        { name: 'b', valueFrom: { secretKeyRef: { name: 'x', key: 'a b' } } },
        { name: 'c', valueFrom: { configMapKeyRef: { name: 'A_', key: '..' } } },
        {
          name: 'd',
          valueFrom: {
            configMapKeyRef: { name: 'a', key: 'b' },
            secretKeyRef: { name: 'a', key: 'b' },
          },
        },
      ],
    },
  ],
  [
    'env from files',
    {
      [`${c0}.env`]: [
        { name: 'a', valueFrom: { fileKeyRef: { volumeName: '', path: '', key: '' } } },
        { name: 'b', valueFrom: { fileKeyRef: { volumeName: 'v', path: '/x/../y', key: 'a b' } } },
      ],
    },
  ],
  [
    'env from',
    {
      [`${c0}.envFrom`]: [
        {},
        { configMapRef: { name: '' } },
        { prefix: 'a=', secretRef: { name: 'A_' } },
        { configMapRef: { name: 'a' }, secretRef: { name: 'b' } },
      ],
    },
  ],
  [
    'resources',
    {
      [`${c0}.resources`]: {
        limits: { cpu: '1m', memory: '-1' },
        requests: { cpu: '2', memory: '3', 'x.y/z': '1', 'a b': '1', other: '1' },
      },
    },
  ],
  [
    'extended resources',
    {
      [`${c0}.resources`]: {
        limits: { 'example.com/gpu': '1500m', 'requests.example.com/x': '1' },
        requests: { 'example.com/gpu': '1' },
      },
    },
  ],
  ['huge pages', { [`${c0}.resources`]: { limits: { 'hugepages-2Mi': '1Mi' } } }],
  ['huge pages, no other', { [`${c0}.resources`]: { limits: { 'hugepages-2Mi': '2Mi' } } }],
  [
    'huge pages, only requested',
    { [`${c0}.resources`]: { requests: { 'hugepages-2Mi': '2Mi', cpu: '1' } } },
  ],
  [
    'fractional memory',
    { [`${c0}.resources`]: { requests: { memory: '100m', 'ephemeral-storage': '1m' } } },
  ],
  [
    'pod resources',
    {
      'spec.resources': {
        requests: { cpu: '1m', 'example.com/x': 1, 'ephemeral-storage': '1' },
        limits: { cpu: '50m' },
      },
    },
  ],
  ['pod resources below', { 'spec.resources': { requests: { cpu: '10m' } } }],
  [
    'pod resources with claims',
    { 'spec.resources': { claims: [{ name: 'x' }], requests: { cpu: '1' } } },
  ],
  [
    'resize policy',
    {
      [`${c0}.resizePolicy`]: [
        { resourceName: 'gpu', restartPolicy: 'x' },
        { resourceName: 'cpu' },
        { resourceName: 'cpu', restartPolicy: 'NotRequired' },
      ],
    },
  ],
  [
    'resize policy of a pod that ends',
    {
      'spec.restartPolicy': 'Never',
      [`${c0}.resizePolicy`]: [{ resourceName: 'cpu', restartPolicy: 'RestartContainer' }],
    },
  ],
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

const mounts: readonly Case[] = [
  [
    'mount of nothing',
    {
      [`${c0}.volumeMounts`]: [
        { name: 'x', mountPath: '/x' },
        { name: '', mountPath: '' },
      ],
    },
  ],
  [
    'mounts at one path',
    withVolume(
      { emptyDir: {} },
      {
        [`${c0}.volumeMounts`]: [
          { name: 'data', mountPath: '/x' },
          { name: 'data', mountPath: '/x', subPath: '../y', subPathExpr: '/z' },
        ],
      },
    ),
  ],
  [
    'mount with a colon',
    withVolume(
      { emptyDir: {} },
      { [`${c0}.volumeMounts`]: [{ name: 'data', mountPath: '/a:b', subPath: '/y' }] },
    ),
  ],
  [
    'mount propagation',
    withVolume(
      { emptyDir: {} },
      {
        [`${c0}.volumeMounts`]: [
          { name: 'data', mountPath: '/a', mountPropagation: 'x' },
          { name: 'data', mountPath: '/b', mountPropagation: 'Bidirectional' },
        ],
      },
    ),
  ],
  [
    'recursive read only',
    withVolume(
      { emptyDir: {} },
      {
        [`${c0}.volumeMounts`]: [
          { name: 'data', mountPath: '/a', recursiveReadOnly: 'x' },
          { name: 'data', mountPath: '/b', recursiveReadOnly: 'Enabled' },
          {
            name: 'data',
            mountPath: '/c',
            readOnly: true,
            recursiveReadOnly: 'Enabled',
            mountPropagation: 'HostToContainer',
          },
        ],
      },
    ),
  ],
  [
    'volume without a name',
    { 'spec.volumes': [{ name: '' }, { name: 'A_' }, { name: 'a' }, { name: 'a' }] },
  ],
  ['volume of two sources', withVolume({ emptyDir: {}, hostPath: { path: '/x' } })],
  ['emptyDir', withVolume({ emptyDir: { sizeLimit: '-1', medium: 'HugePages' } })],
  ['emptyDir medium', withVolume({ emptyDir: { medium: 'x' } })],
  ['hostPath', withVolume({ hostPath: { path: '' } })],
  ['hostPath back', withVolume({ hostPath: { path: '/a/../b', type: 'x' } })],
  ['gitRepo', withVolume({ gitRepo: { repository: '' } })],
  ['gitRepo directory', withVolume({ gitRepo: { repository: 'x', directory: '../x' } })],
  ['gce', withVolume({ gcePersistentDisk: { pdName: '', partition: 300 } })],
  ['aws', withVolume({ awsElasticBlockStore: { volumeID: '', partition: -1 } })],
  [
    'secret',
    withVolume({
      secret: {
        secretName: '',
        defaultMode: 1024,
        items: [
          { key: '', path: '' },
          { key: 'a', path: '../x', mode: -1 },
          { key: 'b', path: '/x' },
        ],
      },
    }),
  ],
  ['nfs', withVolume({ nfs: { server: '', path: 'x' } })],
  ['iscsi', withVolume({ iscsi: { targetPortal: '', iqn: 'x', lun: 300 } })],
  [
    'iscsi names',
    withVolume({
      iscsi: {
        targetPortal: 'x',
        iqn: 'iqn.2001-04.com:x',
        lun: 1,
        chapAuthDiscovery: true,
        initiatorName: 'y',
      },
    }),
  ],
  ['glusterfs', withVolume({ glusterfs: { endpoints: '', path: '' } })],
  ['flocker', withVolume({ flocker: {} })],
  ['rbd', withVolume({ rbd: { monitors: [], image: '' } })],
  ['cinder', withVolume({ cinder: { volumeID: '', secretRef: { name: '' } } })],
  ['cephfs', withVolume({ cephfs: { monitors: [] } })],
  ['claim', withVolume({ persistentVolumeClaim: { claimName: '' } })],
  [
    'configMap',
    withVolume({ configMap: { name: '', defaultMode: -1, items: [{ key: 'a', path: '..' }] } }),
  ],
  ['fc', withVolume({ fc: { targetWWNs: [], lun: 256 } })],
  ['fc both', withVolume({ fc: { targetWWNs: ['x'], wwids: ['y'], lun: 1 } })],
  ['azureFile', withVolume({ azureFile: { secretName: '', shareName: '' } })],
  [
    'azureDisk',
    withVolume({ azureDisk: { diskName: '', diskURI: 'x', cachingMode: 'x', kind: 'y' } }),
  ],
  [
    'azureDisk uri',
    withVolume({ azureDisk: { diskName: 'a', diskURI: 'blob:x', kind: 'Dedicated' } }),
  ],
  ['vsphere', withVolume({ vsphereVolume: { volumePath: '' } })],
  ['photon', withVolume({ photonPersistentDisk: { pdID: '' } })],
  ['quobyte', withVolume({ quobyte: { registry: '', volume: '', tenant: 'x'.repeat(70) } })],
  ['quobyte registry', withVolume({ quobyte: { registry: 'x', volume: 'v' } })],
  ['portworx', withVolume({ portworxVolume: { volumeID: '' } })],
  [
    'scaleIO',
    withVolume({ scaleIO: { gateway: '', system: '', volumeName: '', secretRef: null } }),
  ],
  ['storageos', withVolume({ storageos: { volumeName: '', secretRef: { name: '' } } })],
  ['csi', withVolume({ csi: { driver: '' } })],
  ['csi name', withVolume({ csi: { driver: 'A_', nodePublishSecretRef: { name: '' } } })],
  ['flexVolume', withVolume({ flexVolume: { driver: '', options: { 'kubernetes.io/x': 'y' } } })],
  ['image', withVolume({ image: { reference: '', pullPolicy: 'x' } })],
  ['image with spaces', withVolume({ image: { reference: ' x ' } })],
  [
    'image with sub path',
    withVolume(
      { image: { reference: 'x' } },
      { [`${c0}.volumeMounts`]: [{ name: 'data', mountPath: '/a', subPath: 'x' }] },
    ),
  ],
  ['ephemeral', withVolume({ ephemeral: {} })],
  [
    'ephemeral spec',
    withVolume({
      ephemeral: {
        volumeClaimTemplate: {
          metadata: { name: 'x', labels: { 'a b': 'c' } },
          spec: { accessModes: [], volumeName: 'y' },
        },
      },
    }),
  ],
  [
    'downwardAPI',
    withVolume({
      downwardAPI: {
        defaultMode: 1000,
        items: [
          { path: '', fieldRef: { fieldPath: 'x' } },
          { path: 'a' },
          {
            path: 'b',
            fieldRef: { fieldPath: 'metadata.name' },
            resourceFieldRef: { resource: 'limits.cpu' },
          },
          { path: 'c', resourceFieldRef: { resource: 'limits.cpu' } },
          { path: 'd', fieldRef: { fieldPath: 'status.podIP' } },
        ],
      },
    }),
  ],
  ['projected of nothing', withVolume({ projected: {} })],
  ['projected mode', withVolume({ projected: { defaultMode: 1000, sources: [{}] } })],
  ['projected secret', projectedSource({ secret: { name: '', items: [{ key: '', path: '..' }] } })],
  ['projected two', projectedSource({ secret: { name: 'a' }, configMap: { name: 'b' } })],
  ['projected token', projectedSource({ serviceAccountToken: { path: '', expirationSeconds: 1 } })],
  [
    'projected token long',
    projectedSource({
      serviceAccountToken: { path: 'x', expirationSeconds: 4294967297, audience: 'x' },
    }),
  ],
  ['projected trust', projectedSource({ clusterTrustBundle: { path: '' } })],
  ['projected certificate', projectedSource({ podCertificate: { signerName: 'x', keyType: 'y' } })],
  [
    'projected paths twice',
    withVolume({
      projected: {
        sources: [
          { secret: { name: 'a', items: [{ key: 'a', path: 'x' }] } },
          { configMap: { name: 'a', items: [{ key: 'a', path: 'x' }] } },
        ],
      },
    }),
  ],
  [
    'volumes of 2 claims',
    {
      'spec.volumes': [
        { name: 'a', persistentVolumeClaim: { claimName: 'x' } },
        { name: 'b', persistentVolumeClaim: { claimName: 'x' } },
      ],
    },
  ],
  [
    'gcp warnings',
    {
      [v0]: { name: 'a', gcePersistentDisk: { pdName: 'x' } },
      'spec.volumes.1': { name: 'b', rbd: { monitors: ['x'], image: 'y' } },
    },
  ],
];

const term = (expressions: object): object => ({ nodeSelectorTerms: [expressions] });
const hard = 'requiredDuringSchedulingIgnoredDuringExecution';
const soft = 'preferredDuringSchedulingIgnoredDuringExecution';
const placing: readonly Case[] = [
  [
    'node affinity without terms',
    { 'spec.affinity': { nodeAffinity: { [hard]: { nodeSelectorTerms: [] } } } },
  ],
  [
    'node expression',
    {
      'spec.affinity': {
        nodeAffinity: {
          [hard]: term({
            matchExpressions: [
              { key: 'a b', operator: 'Gt', values: [] },
              { key: 'a', operator: 'In' },
              { key: 'a', operator: 'x' },
              { key: 'a', operator: 'Exists', values: ['x'] },
              { key: 'a', operator: 'In', values: ['a b'] },
              { key: 'a', operator: 'Lt', values: ['x'] },
            ],
          }),
        },
      },
    },
  ],
  [
    'node field',
    {
      'spec.affinity': {
        nodeAffinity: {
          [hard]: term({
            matchFields: [
              { key: 'metadata.uid', operator: 'In', values: ['x'] },
              { key: 'metadata.name', operator: 'Exists' },
              { key: 'metadata.name', operator: 'In', values: ['A B'] },
              { key: 'metadata.name', operator: 'In', values: ['a', 'b'] },
            ],
          }),
        },
      },
    },
  ],
  [
    'node preference',
    {
      'spec.affinity': {
        nodeAffinity: {
          [soft]: [
            { weight: 0, preference: {} },
            { weight: 101, preference: { matchExpressions: [{ key: '', operator: 'Exists' }] } },
          ],
        },
      },
    },
  ],
  [
    'pod affinity',
    {
      'spec.affinity': {
        podAffinity: {
          [hard]: [
            { topologyKey: '' },
            {
              topologyKey: 'a b',
              labelSelector: { matchLabels: { 'a b': 'c' } },
              namespaces: ['A_'],
              namespaceSelector: { matchExpressions: [{ key: 'a', operator: 'x' }] },
            },
          ],
        },
      },
    },
  ],
  [
    'pod anti-affinity',
    {
      'spec.affinity': {
        podAntiAffinity: { [soft]: [{ weight: 0, podAffinityTerm: { topologyKey: '' } }] },
      },
    },
  ],
  [
    'label keys',
    {
      'spec.affinity': {
        podAffinity: {
          [hard]: [
            {
              topologyKey: 'a',
              matchLabelKeys: ['x', 'x', 'a b'],
              mismatchLabelKeys: ['x'],
              labelSelector: { matchLabels: { x: 'y' } },
            },
            { topologyKey: 'a', matchLabelKeys: ['x'] },
          ],
        },
      },
    },
  ],
  [
    'tolerations',
    {
      'spec.tolerations': [
        { key: 'a b' },
        { operator: 'Equal' },
        { key: 'a', operator: 'Exists', value: 'x' },
        { key: 'a', operator: 'x' },
        { key: 'a', effect: 'x' },
        { key: 'a', operator: 'Exists', effect: 'NoSchedule', tolerationSeconds: 5 },
        { key: 'a', value: 'b c' },
      ],
    },
  ],
  [
    'tolerations by number',
    {
      'spec.tolerations': [
        { key: 'a', operator: 'Gt', value: '5' },
        { key: 'a', operator: 'Lt', value: 'x' },
      ],
    },
  ],
  [
    'spreading',
    {
      'spec.topologySpreadConstraints': [
        { maxSkew: 0, topologyKey: '', whenUnsatisfiable: '' },
        {
          maxSkew: 1,
          topologyKey: 'a',
          whenUnsatisfiable: 'x',
          minDomains: 0,
          nodeAffinityPolicy: 'x',
          nodeTaintsPolicy: 'y',
          labelSelector: { matchLabels: { 'a b': 'c' } },
        },
      ],
    },
  ],
  [
    'spreading twice',
    {
      'spec.topologySpreadConstraints': [
        { maxSkew: 1, topologyKey: 'a', whenUnsatisfiable: 'DoNotSchedule' },
        { maxSkew: 1, topologyKey: 'a', whenUnsatisfiable: 'DoNotSchedule' },
        { maxSkew: 1, topologyKey: 'a', whenUnsatisfiable: 'ScheduleAnyway', minDomains: 1 },
      ],
    },
  ],
  [
    'spreading keys',
    {
      'spec.topologySpreadConstraints': [
        {
          maxSkew: 1,
          topologyKey: 'a',
          whenUnsatisfiable: 'DoNotSchedule',
          matchLabelKeys: ['a', 'a b'],
          labelSelector: { matchLabels: { a: 'b' } },
        },
        { maxSkew: 1, topologyKey: 'b', whenUnsatisfiable: 'DoNotSchedule', matchLabelKeys: ['a'] },
      ],
    },
  ],
  [
    'topology key as a warning',
    {
      'spec.nodeSelector': {
        'beta.kubernetes.io/os': 'linux',
        'failure-domain.beta.kubernetes.io/zone': 'x',
      },
      'spec.affinity': {
        nodeAffinity: {
          [hard]: term({
            matchExpressions: [{ key: 'beta.kubernetes.io/arch', operator: 'Exists' }],
          }),
        },
      },
    },
  ],
];

const updates: readonly Case[] = [
  ['nothing', {}],
  ['labels', { 'metadata.labels': { a: 'b' } }],
  ['image', { [`${c0}.image`]: 'web:2' }],
  ['no image', { [`${c0}.image`]: '' }],
  ['a command', { [`${c0}.command`]: ['x'] }],
  ['another container', { 'spec.containers.1': second }],
  ['another init container', { 'spec.initContainers': [second] }],
  ['a deadline', { 'spec.activeDeadlineSeconds': 5 }],
  ['a bad deadline', { 'spec.activeDeadlineSeconds': -5 }],
  ['a toleration', { 'spec.tolerations': [{ key: 'a', operator: 'Exists' }] }],
  ['a gate', { 'spec.schedulingGates': [{ name: 'a' }] }],
  ['a node', { 'spec.nodeName': 'n' }],
  ['a selector', { 'spec.nodeSelector': { a: 'b' } }],
  ['resources', { [`${c0}.resources`]: { requests: { cpu: '200m' } } }],
  ['a priority', { 'spec.priority': 7 }],
  ['grace', { 'spec.terminationGracePeriodSeconds': 1 }],
  ['host network', { 'spec.hostNetwork': true }],
  ['mirror annotation', { 'metadata.annotations': { 'kubernetes.io/config.mirror': 'x' } }],
  [
    'apparmor annotation',
    {
      'metadata.annotations': {
        'container.apparmor.security.beta.kubernetes.io/web': 'runtime/default',
      },
    },
  ],
  ['an ephemeral container', { 'spec.ephemeralContainers': [{ name: 'debug', image: 'x' }] }],
  ['owner', { 'metadata.ownerReferences': [{ apiVersion: 'v1', kind: 'X', name: 'x', uid: 'y' }] }],
  ['generate name', { 'metadata.generateName': 'x-' }],
];

const status: readonly Case[] = [
  ['phase', { status: { phase: 'Running' } }],
  ['a bad phase', { status: { phase: 'Sleeping' } }],
  ['nominated node', { status: { nominatedNodeName: 'A B' } }],
  ['IPs', { status: { podIPs: [{ ip: 'x' }, { ip: '1.1.1.1' }, { ip: '1.1.1.1' }] } }],
  ['host IPs', { status: { hostIPs: [{ ip: '1.1.1.1' }, { ip: '1.1.1.2' }, { ip: 'x' }] } }],
  ['host IP and host IPs', { status: { hostIP: '1.1.1.2', hostIPs: [{ ip: '1.1.1.1' }] } }],
  ['pod IP and pod IPs', { status: { podIP: '1.1.1.2', podIPs: [{ ip: '1.1.1.1' }] } }],
  [
    'conditions',
    {
      status: {
        conditions: [
          { type: 'a b', status: 'x' },
          { type: 'Ready', status: 'True', observedGeneration: -1 },
        ],
      },
    },
  ],
  [
    'conditions twice',
    {
      status: {
        conditions: [
          { type: 'Ready', status: 'True' },
          { type: 'Ready', status: 'False' },
        ],
      },
    },
  ],
  [
    'container states',
    {
      status: {
        containerStatuses: [
          {
            name: 'web',
            ready: true,
            restartCount: 0,
            image: 'x',
            imageID: '',
            state: { running: { startedAt: '2026-11-21T12:00:00Z' }, terminated: { exitCode: 1 } },
          },
        ],
      },
    },
  ],
  [
    'waiting again',
    {
      status: {
        containerStatuses: [
          {
            name: 'web',
            ready: false,
            restartCount: 0,
            image: 'x',
            imageID: '',
            state: { waiting: {} },
          },
        ],
      },
    },
  ],
  ['claims', { status: { resourceClaimStatuses: [{ name: 'x' }] } }],
  [
    'extended claim',
    { status: { extendedResourceClaimStatus: { requestMappings: [], resourceClaimName: '' } } },
  ],
  ['qos', { status: { qosClass: 'Guaranteed' } }],
  ['observed generation', { status: { observedGeneration: -1 } }],
  ['resize', { status: { resize: 'x' } }],
  ['spec is kept', { [`${c0}.image`]: 'other', status: { message: 'm' } }],
];

const resize: readonly Case[] = [
  ['more', { [`${c0}.resources.requests.cpu`]: '200m' }],
  ['a limit', { [`${c0}.resources.limits`]: { cpu: '300m' } }],
  ['guaranteed', { [`${c0}.resources.limits`]: { cpu: '100m', memory: '1Mi' } }],
  ['less memory', { [`${c0}.resources.requests`]: { cpu: '100m' } }],
  ['storage', { [`${c0}.resources.requests.ephemeral-storage`]: '1Gi' }],
  ['below zero', { [`${c0}.resources.requests.cpu`]: '-1' }],
  ['an image', { [`${c0}.image`]: 'web:3' }],
  ['another name', { [`${c0}.name`]: 'other' }],
  ['another container', { 'spec.containers.1': second }],
  [
    'resize policy',
    { [`${c0}.resizePolicy`]: [{ resourceName: 'cpu', restartPolicy: 'RestartContainer' }] },
  ],
  ['pod resources', { 'spec.resources': { requests: { cpu: '1' } } }],
];

const ephemeral: readonly Case[] = [
  ['one', { 'spec.ephemeralContainers': [{ name: 'debug', image: 'x' }] }],
  ['a bad one', { 'spec.ephemeralContainers': [{ name: '', image: '' }] }],
  ['of a name', { 'spec.ephemeralContainers': [{ name: 'web', image: 'x' }] }],
  [
    'twice',
    {
      'spec.ephemeralContainers': [
        { name: 'a', image: 'x' },
        { name: 'a', image: 'x' },
      ],
    },
  ],
  [
    'with all that is not allowed',
    {
      'spec.ephemeralContainers': [
        {
          name: 'a',
          image: ' x',
          ports: [{ containerPort: 1 }],
          livenessProbe: http,
          readinessProbe: http,
          startupProbe: http,
          lifecycle: { preStop: { exec: { command: ['x'] } } },
          resources: { requests: { cpu: '1' } },
          resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'NotRequired' }],
          restartPolicy: 'Always',
          volumeMounts: [{ name: 'x', mountPath: '/a', subPath: 'y' }],
          targetContainerName: 'nobody',
        },
      ],
    },
  ],
  [
    'target',
    { 'spec.ephemeralContainers': [{ name: 'a', image: 'x', targetContainerName: 'web' }] },
  ],
  [
    'and another image',
    { [`${c0}.image`]: 'no', 'spec.ephemeralContainers': [{ name: 'a', image: 'x' }] },
  ],
];

const lists: readonly RequestList[] = [
  created(pod, [...top, ...containers]),
  created({ ...pod, name: 'broken-mounts' }, [...mounts, ...placing]),
  updated(pod, updates),
  updated({ ...pod, name: 'status-of-a-pod' }, status, 'status'),
  updated({ ...pod, name: 'resize-of-a-pod' }, resize, 'resize'),
  updated({ ...pod, name: 'ephemeral-in-a-pod' }, ephemeral, 'ephemeralcontainers'),
];

export default lists;

import { compareQuantities, goQuoted, milliValue, wholeValue } from '@coxswain/api';
import type {
  Container,
  ContainerPort,
  ContainerState,
  ContainerStatus,
  EnvVar,
  Pod,
  Probe,
  ResourceFieldSelector,
  ResourceRequirements,
} from '@coxswain/api/types/core-v1';
import { goText } from '../../printers/go-text.ts';
import { amounts, type Lines, row, section, timeText } from './lines.ts';

/** Containers as a pod or a template has them; statuses are known of a pod alone. */
export interface Group {
  readonly title: string;
  readonly containers: readonly Container[] | undefined;
  readonly statuses?: readonly ContainerStatus[] | undefined;
  /** Whose fields variables may show. */
  readonly pod?: Pod;
}

/** A group of containers; `margin` is a space inside a template. */
export function containerLines({ title, containers, ...of }: Group, margin = ''): Lines {
  const space = margin.repeat(2);
  if (!containers || containers.length === 0) return [`${space}${title}: <none>`];
  return [
    `${space}${title}:`,
    containers.flatMap((container): Lines => {
      const status = of.statuses?.find(({ name }) => name === container.name);
      return [`${margin}${container.name}:`, fieldsOf(container, status, of.pod)];
    }),
  ];
}

function fieldsOf(
  container: Container,
  status: ContainerStatus | undefined,
  pod: Pod | undefined,
): Lines {
  const { securityContext, command, args, resources } = container;
  const seccomp = securityContext?.seccompProfile;
  return [
    status && `Container ID:\t${status.containerID ?? ''}`,
    `Image:\t${container.image ?? ''}`,
    status && `Image ID:\t${status.imageID}`,
    portsText('Port', container.ports, ({ containerPort }) => containerPort),
    portsText('Host Port', container.ports, ({ hostPort = 0 }) => hostPort),
    seccomp && `SeccompProfile:\t${seccomp.type}`,
    seccomp?.type === 'Localhost' && [`LocalhostProfile:\t${seccomp.localhostProfile ?? ''}`],
    ...wordsOf('Command', command),
    ...wordsOf('Args', args),
    ...(status ? statusLines(status) : []),
    ...resourceLines(resources),
    ...(['liveness', 'readiness', 'startup'] as const).map((kind) => {
      const probe = container[`${kind}Probe`];
      return probe && `${kind[0]!.toUpperCase()}${kind.slice(1)}:\t${probeText(probe)}`;
    }),
    ...environmentSources(container),
    ...environment(container, pod),
    ...mounts(container),
  ];
}

function portsText(
  label: string,
  ports: readonly ContainerPort[] | undefined,
  number: (port: ContainerPort) => number,
): string {
  const each = (ports ?? []).map(
    (port) => `${number(port)}/${port.protocol ?? ''}${port.name ? ` (${port.name})` : ''}`,
  );
  return `${label}${each.length > 1 ? 's' : ''}:\t${each.join(', ') || '<none>'}`;
}

const wordsOf = (title: string, words: readonly string[] | undefined): Lines =>
  section(
    `${title}:`,
    words?.flatMap((word) => word.split('\n')),
  );

/** Limits and requests. */
export const resourceLines = (resources: ResourceRequirements | undefined): Lines => [
  ...section('Limits:', amounts(resources?.limits)),
  ...section('Requests:', amounts(resources?.requests)),
];

const statusLines = ({ state, lastState, ready, restartCount }: ContainerStatus): Lines => [
  ...stateLines('State', state),
  ...(lastState?.terminated ? stateLines('Last State', lastState) : []),
  `Ready:\t${ready ? 'True' : 'False'}`,
  `Restart Count:\t${restartCount}`,
];

function stateLines(title: string, state: ContainerState = {}): Lines {
  const { running, waiting, terminated } = state;
  if (running) return [`${title}:\tRunning`, [`Started:\t${timeText(running.startedAt)}`]];
  if (waiting || !terminated) return [`${title}:\tWaiting`, [row('Reason', waiting?.reason)]];
  return [
    `${title}:\tTerminated`,
    [
      row('Reason', terminated.reason),
      row('Message', terminated.message),
      `Exit Code:\t${terminated.exitCode}`,
      (terminated.signal ?? 0) > 0 && `Signal:\t${terminated.signal}`,
      `Started:\t${timeText(terminated.startedAt)}`,
      `Finished:\t${timeText(terminated.finishedAt)}`,
    ],
  ];
}

function probeText(probe: Probe): string {
  const { exec, httpGet, tcpSocket, grpc } = probe;
  const rest = `delay=${probe.initialDelaySeconds ?? 0}s timeout=${probe.timeoutSeconds ?? 0}s period=${probe.periodSeconds ?? 0}s #success=${probe.successThreshold ?? 0} #failure=${probe.failureThreshold ?? 0}`;
  if (exec) return `exec ${goText(exec.command ?? [])} ${rest}`;
  if (httpGet) {
    const { scheme = '', host = '', port, path = '' } = httpGet;
    const name = host.includes(':') ? `[${host}]` : host;
    const slash = path && !path.startsWith('/') ? '/' : '';
    return `http-get ${scheme.toLowerCase()}://${name}:${port}${slash}${escapedPath(path)} ${rest}`;
  }
  if (tcpSocket) return `tcp-socket ${tcpSocket.host ?? ''}:${tcpSocket.port} ${rest}`;
  if (grpc) return `grpc <pod>:${grpc.port} ${grpc.service ?? ''} ${rest}`;
  return `unknown ${rest}`;
}

/** What Go escapes in the path of a URL. */
const escapedPath = (path: string): string =>
  encodeURI(path)
    .replaceAll(/[?#[\]]/g, (mark) => encodeURIComponent(mark))
    .replaceAll("'", '%27');

const environmentSources = ({ envFrom }: Container): Lines =>
  section(
    'Environment Variables from:',
    envFrom?.map(({ configMapRef, secretRef, prefix }) => {
      const ref = configMapRef ?? secretRef;
      const from = configMapRef ? 'ConfigMap' : secretRef ? 'Secret' : '';
      const how = prefix ? `${from} with prefix '${prefix}'` : from;
      return `${ref?.name ?? ''}\t${how}\tOptional: ${ref?.optional ?? false}`;
    }),
  );

const environment = (container: Container, pod: Pod | undefined): Lines =>
  container.env && container.env.length > 0
    ? ['Environment:', container.env.flatMap((variable) => variableLines(variable, container, pod))]
    : ['Environment:\t<none>'];

function variableLines(
  { name, value = '', valueFrom }: EnvVar,
  container: Container,
  pod: Pod | undefined,
): Lines {
  if (!valueFrom)
    return value.split('\n').map((line, at) => `${at === 0 ? `${name}:` : ''}\t${line}`);
  const { fieldRef, resourceFieldRef, secretKeyRef, configMapKeyRef } = valueFrom;
  if (fieldRef)
    return [
      `${name}:\t${pod ? fieldText(pod, fieldRef.fieldPath) : ''} (${fieldRef.apiVersion ?? ''}:${fieldRef.fieldPath})`,
    ];
  if (resourceFieldRef)
    return [
      `${name}:\t${resourceText(resourceFieldRef, container)} (${resourceFieldRef.resource})`,
    ];
  if (secretKeyRef)
    return [
      `${name}:\t<set to the key '${secretKeyRef.key}' in secret '${secretKeyRef.name ?? ''}'>\tOptional: ${secretKeyRef.optional ?? false}`,
    ];
  if (configMapKeyRef)
    return [
      `${name}:\t<set to the key '${configMapKeyRef.key}' of config map '${configMapKeyRef.name ?? ''}'>\tOptional: ${configMapKeyRef.optional ?? false}`,
    ];
  return [];
}

/** The fields of a pod that kubectl knows here; nothing for others. */
const fieldText = ({ metadata }: Pod, path: string): string =>
  path === 'metadata.name'
    ? metadata.name
    : path === 'metadata.namespace'
      ? (metadata.namespace ?? '')
      : '';

const countable = /^(limits|requests)\.(cpu|memory|ephemeral-storage|hugepages-.*)$/;

/** A limit or request of the container in units of the divisor, rounded up. */
function resourceText(
  { resource, divisor = '0' }: ResourceFieldSelector,
  { resources }: Container,
): string {
  const [, kind, name = ''] = countable.exec(resource) ?? [];
  if (!kind) return '';
  const unit = compareQuantities(divisor, '0') === 0 ? '1' : divisor;
  const amount = resources?.[kind as 'limits' | 'requests']?.[name] ?? '0';
  const size = name === 'cpu' ? milliValue : wholeValue;
  const text = String(Math.ceil(size(amount) / size(unit)));
  const isOpen = text === '0' && (resource === 'limits.cpu' || resource === 'limits.memory');
  return isOpen ? 'node allocatable' : text;
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function mounts({ volumeMounts = [], volumeDevices = [] }: Container): Lines {
  const none = volumeMounts.length === 0 ? '\t<none>' : '';
  return [
    `Mounts:${none}`,
    volumeMounts
      .toSorted((a, b) => byText(a.mountPath, b.mountPath))
      .map(
        ({ mountPath, name, readOnly, subPath }) =>
          `${mountPath} from ${name} (${readOnly ? 'ro' : 'rw'}${subPath ? `,path=${goQuoted(subPath)}` : ''})`,
      ),
    volumeDevices.length > 0 && `Devices:${none}`,
    volumeDevices
      .toSorted((a, b) => byText(a.devicePath, b.devicePath))
      .map(({ devicePath, name }) => `${devicePath} from ${name}`),
  ];
}

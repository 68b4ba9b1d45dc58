import type {
  Container,
  ContainerPort,
  ContainerResizePolicy,
  EphemeralContainer,
  PodSpec,
  Volume,
} from '@coxswain/api/types/core-v1';
import { env, envFrom } from './env.ts';
import {
  allInvalid,
  duplicate,
  forbiddenField,
  invalidValue,
  notFoundValue,
  notSupported,
  oneOf,
  required,
  tooLong,
  type Rules,
} from './field.ts';
import { mounts } from './mount.ts';
import { dns1123Label, portName, portNumber } from './name.ts';
import { lifecycle, probes } from './probe.ts';
import { containerResources } from './resources.ts';
import { containerSecurity } from './security.ts';
import { pullPolicies } from './volume.ts';

/** What the rules of a container know of its pod. */
export interface PodOfContainer {
  readonly spec: PodSpec;
  readonly volumes: ReadonlyMap<string, Volume>;
  readonly claims: ReadonlySet<string>;
}

const protocols = ['SCTP', 'TCP', 'UDP'];
const noPorts: readonly ContainerPort[] = [];

function* ports(path: string, given: readonly ContainerPort[]): Rules {
  const names = new Set<string>();
  for (const [index, { name, containerPort, hostPort, protocol }] of given.entries()) {
    const at = `${path}[${index}]`;
    if (name) {
      const wrong = portName(name);
      if (wrong.length) yield* allInvalid(`${at}.name`, name, wrong);
      else if (names.has(name)) yield duplicate(`${at}.name`, name);
      else names.add(name);
    }
    if (containerPort)
      yield* allInvalid(`${at}.containerPort`, containerPort, portNumber(containerPort));
    else yield required(`${at}.containerPort`);
    if (hostPort) yield* allInvalid(`${at}.hostPort`, hostPort, portNumber(hostPort));
    yield* oneOf(`${at}.protocol`, protocol, protocols);
  }
}

/** No two containers may want the same port of the host. */
function* hostPorts(path: string, containers: readonly Container[]): Rules {
  const taken = new Set<string>();
  for (const [index, container] of containers.entries())
    for (const [at, port] of (container.ports ?? noPorts).entries()) {
      if (!port.hostPort) continue;
      const key = `${port.protocol}/${port.hostIP ?? ''}/${port.hostPort}`;
      if (taken.has(key)) yield duplicate(`${path}[${index}].ports[${at}].hostPort`, key);
      taken.add(key);
    }
}

function* resizePolicies(
  path: string,
  given: readonly ContainerResizePolicy[],
  podRestartPolicy: string | undefined,
): Rules {
  const names = new Set<string>();
  for (const [index, { resourceName, restartPolicy }] of given.entries()) {
    if (names.has(resourceName)) yield duplicate(`${path}[${index}]`, resourceName);
    names.add(resourceName);
    yield* oneOf(path, resourceName, ['cpu', 'memory']);
    yield* oneOf(path, restartPolicy, ['NotRequired', 'RestartContainer']);
    if (podRestartPolicy === 'Never' && restartPolicy !== 'NotRequired')
      yield invalidValue(
        path,
        restartPolicy,
        "must be 'NotRequired' when pod `restartPolicy` is 'Never'",
      );
  }
}

/** Rules that hold for containers of all three kinds. */
function* common(path: string, container: Container, pod: PodOfContainer): Rules {
  const { name, image, terminationMessagePolicy } = container;
  if (name) yield* allInvalid(`${path}.name`, name, dns1123Label(name));
  else yield required(`${path}.name`);
  if (!image) yield required(`${path}.image`);
  yield* oneOf(`${path}.terminationMessagePolicy`, terminationMessagePolicy, [
    'File',
    'FallbackToLogsOnError',
  ]);
  if (container.ports) yield* ports(`${path}.ports`, container.ports);
  if (container.env) yield* env(`${path}.env`, container.env);
  if (container.envFrom) yield* envFrom(`${path}.envFrom`, container.envFrom);
  if (container.volumeMounts || container.volumeDevices)
    yield* mounts(path, container, pod.volumes);
  yield* oneOf(`${path}.imagePullPolicy`, container.imagePullPolicy, pullPolicies);
  if (container.resources)
    yield* containerResources(`${path}.resources`, container.resources, pod.claims);
  if (container.resizePolicy)
    yield* resizePolicies(`${path}.resizePolicy`, container.resizePolicy, pod.spec.restartPolicy);
  if (container.securityContext)
    yield* containerSecurity(
      `${path}.securityContext`,
      container.securityContext,
      pod.spec.hostUsers !== false,
    );
}

const restartPolicies = ['Always', 'Never', 'OnFailure'];

const actions = ['Restart', 'RestartAllContainers'];

function* restartRules(path: string, container: Container): Rules {
  const { restartPolicy, restartPolicyRules: rules = [] } = container;
  if (restartPolicy === undefined) {
    if (rules.length)
      yield required(
        `${path}.restartPolicy`,
        'must specify restartPolicy when restart rules are used',
      );
  } else if (!restartPolicies.includes(restartPolicy))
    yield notSupported(`${path}.restartPolicy`, restartPolicy, restartPolicies);
  if (rules.length > 20) yield tooLong(`${path}.restartPolicyRules`, 20);
  for (const [index, { action, exitCodes }] of rules.entries()) {
    const at = `${path}.restartPolicyRules[${index}]`;
    if (!actions.includes(action)) yield notSupported(`${at}.action`, action, actions);
    if (!exitCodes) {
      yield required(`${at}.exitCodes`, 'must be specified');
      continue;
    }
    if (exitCodes.operator !== 'In' && exitCodes.operator !== 'NotIn')
      yield notSupported(`${at}.exitCodes.operator`, exitCodes.operator, ['In', 'NotIn']);
    if ((exitCodes.values?.length ?? 0) > 255) yield tooLong(`${at}.exitCodes.values`, 255);
  }
}

export function* containers(path: string, pod: PodOfContainer): Rules {
  const { terminationGracePeriodSeconds: grace } = pod.spec;
  const given = pod.spec.containers ?? [];
  if (!given.length) {
    yield required(path);
    return;
  }
  const names = new Set<string>();
  for (const [index, container] of given.entries()) {
    const at = `${path}[${index}]`;
    yield* common(at, container, pod);
    if (names.has(container.name)) yield duplicate(`${at}.name`, container.name);
    names.add(container.name);
    if (container.lifecycle) yield* lifecycle(`${at}.lifecycle`, container.lifecycle, grace);
    yield* probes(at, container, grace);
    if (container.restartPolicy !== undefined || container.restartPolicyRules)
      yield* restartRules(at, container);
  }
  yield* hostPorts(path, given);
}

const onlyForSidecars = ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const;

export function* initContainers(path: string, pod: PodOfContainer): Rules {
  const { initContainers: given = [], terminationGracePeriodSeconds: grace } = pod.spec;
  const names = new Set(pod.spec.containers?.map(({ name }) => name));
  for (const [index, container] of given.entries()) {
    const at = `${path}[${index}]`;
    yield* common(at, container, pod);
    const isSidecar = container.restartPolicy === 'Always';
    if (container.restartPolicy !== undefined) yield* restartRules(at, container);
    if (names.has(container.name)) yield duplicate(`${at}.name`, container.name);
    else if (container.name) names.add(container.name);
    yield* hostPorts(path, [container]);
    if (isSidecar) {
      if (container.lifecycle) yield* lifecycle(`${at}.lifecycle`, container.lifecycle, grace);
      yield* probes(at, container, grace);
    } else
      for (const field of onlyForSidecars)
        if (container[field])
          yield forbiddenField(
            `${at}.${field}`,
            'may not be set for init containers without restartPolicy=Always',
          );
  }
}

const notForEphemeral = [
  ...['ports', 'resources', 'resizePolicy', 'restartPolicy', 'restartPolicyRules'],
  ...['livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle'],
] as const;

const isGiven = (value: unknown): boolean =>
  value !== undefined && (typeof value !== 'object' || Object.keys(value as object).length > 0);

export function* ephemeralContainers(
  path: string,
  given: readonly EphemeralContainer[],
  pod: PodOfContainer,
): Rules {
  const { containers: main, initContainers: init } = pod.spec;
  const others = new Set([...(main ?? []), ...(init ?? [])].map(({ name }) => name));
  const names = new Set(others);
  for (const [index, container] of given.entries()) {
    const at = `${path}[${index}]`;
    yield* common(at, container, pod);
    yield* imageSpacing(at, container);
    if (names.has(container.name)) yield duplicate(`${at}.name`, container.name);
    names.add(container.name);
    const target = container.targetContainerName;
    if (target && !others.has(target)) yield notFoundValue(`${at}.targetContainerName`, target);
    for (const field of notForEphemeral)
      if (isGiven(container[field as keyof EphemeralContainer]))
        yield forbiddenField(`${at}.${field}`, 'cannot be set for an Ephemeral Container');
    for (const [mount, { subPath, subPathExpr }] of (container.volumeMounts ?? []).entries()) {
      if (subPath)
        yield forbiddenField(
          `${at}.volumeMounts[${mount}].subPath`,
          'cannot be set for an Ephemeral Container',
        );
      if (subPathExpr)
        yield forbiddenField(
          `${at}.volumeMounts[${mount}].subPathExpr`,
          'cannot be set for an Ephemeral Container',
        );
    }
  }
}

/** A rule for pods alone: templates of old may have had such images. */
export function* imageSpacing(path: string, { image = '' }: Container): Rules {
  if (image.length !== image.trim().length)
    yield invalidValue(`${path}.image`, image, 'must not have leading or trailing whitespace');
}

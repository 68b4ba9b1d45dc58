import type { Lifecycle, LifecycleHandler, Probe, ProbeHandler } from '@coxswain/api/types/core-v1';
import type { IntOrString } from '@coxswain/api/types/intstr';
import {
  allInvalid,
  forbiddenField,
  invalidValue,
  nonNegative,
  notSupported,
  required,
  type Rules,
} from './field.ts';
import { httpHeaderName, portName, portNumber } from './name.ts';

export const portNumberOrName = (path: string, port: IntOrString): Rules =>
  allInvalid(path, port, typeof port === 'number' ? portNumber(port) : portName(port));

type Handler = ProbeHandler & LifecycleHandler;
type Step = (handler: Handler, path: string, graceSeconds: number | undefined) => Rules;

/** The kinds of handler, in upstream's order. */
const handlers: readonly (readonly [name: keyof Handler, rules: Step])[] = [
  [
    'exec',
    function* ({ exec }, path) {
      if (!exec?.command?.length) yield required(`${path}.command`);
    },
  ],
  [
    'httpGet',
    function* ({ httpGet }, path) {
      const { path: url, port, scheme, httpHeaders = [] } = httpGet!;
      if (!url) yield required(`${path}.path`);
      yield* portNumberOrName(`${path}.port`, port);
      if (scheme !== 'HTTP' && scheme !== 'HTTPS')
        yield notSupported(`${path}.scheme`, scheme, ['HTTP', 'HTTPS']);
      for (const { name } of httpHeaders)
        yield* allInvalid(`${path}.httpHeaders`, name, httpHeaderName(name));
    },
  ],
  ['tcpSocket', ({ tcpSocket }, path) => portNumberOrName(`${path}.port`, tcpSocket!.port)],
  ['grpc', ({ grpc }, path) => portNumberOrName(`${path}.port`, grpc!.port)],
  [
    'sleep',
    function* ({ sleep }, path, graceSeconds) {
      const { seconds } = sleep!;
      if (graceSeconds !== undefined && (seconds < 0 || seconds > graceSeconds))
        yield invalidValue(
          path,
          seconds,
          `must be non-negative and less than terminationGracePeriodSeconds (${graceSeconds})`,
        );
    },
  ],
];

function* handler(path: string, given: Handler, graceSeconds: number | undefined): Rules {
  let count = 0;
  for (const [name, rules] of handlers) {
    if (given[name] === undefined) continue;
    count += 1;
    if (count > 1)
      yield forbiddenField(`${path}.${name}`, 'may not specify more than 1 handler type');
    else yield* rules(given, `${path}.${name}`, graceSeconds);
  }
  if (count === 0) yield required(path, 'must specify a handler type');
}

function* probe(path: string, given: Probe, graceSeconds: number | undefined): Rules {
  yield* handler(path, given, graceSeconds);
  yield* nonNegative(`${path}.initialDelaySeconds`, given.initialDelaySeconds);
  yield* nonNegative(`${path}.timeoutSeconds`, given.timeoutSeconds);
  yield* nonNegative(`${path}.periodSeconds`, given.periodSeconds);
  yield* nonNegative(`${path}.successThreshold`, given.successThreshold);
  yield* nonNegative(`${path}.failureThreshold`, given.failureThreshold);
  const grace = given.terminationGracePeriodSeconds;
  if (grace !== undefined && grace <= 0)
    yield invalidValue(`${path}.terminationGracePeriodSeconds`, grace, 'must be greater than 0');
}

interface Probes {
  readonly livenessProbe?: Probe | undefined;
  readonly readinessProbe?: Probe | undefined;
  readonly startupProbe?: Probe | undefined;
}

/** Rules of a container's three probes. */
export function* probes(path: string, given: Probes, graceSeconds: number | undefined): Rules {
  const { livenessProbe, readinessProbe, startupProbe } = given;
  if (livenessProbe) {
    yield* probe(`${path}.livenessProbe`, livenessProbe, graceSeconds);
    yield* oneSuccess(`${path}.livenessProbe`, livenessProbe);
  }
  if (readinessProbe) {
    yield* probe(`${path}.readinessProbe`, readinessProbe, graceSeconds);
    if (readinessProbe.terminationGracePeriodSeconds !== undefined)
      yield invalidValue(
        `${path}.readinessProbe.terminationGracePeriodSeconds`,
        readinessProbe.terminationGracePeriodSeconds,
        'must not be set for readinessProbes',
      );
  }
  if (startupProbe) {
    yield* probe(`${path}.startupProbe`, startupProbe, graceSeconds);
    yield* oneSuccess(`${path}.startupProbe`, startupProbe);
  }
}

function* oneSuccess(path: string, { successThreshold = 0 }: Probe): Rules {
  if (successThreshold !== 1)
    yield invalidValue(`${path}.successThreshold`, successThreshold, 'must be 1');
}

export function* lifecycle(
  path: string,
  { postStart, preStop }: Lifecycle,
  graceSeconds: number | undefined,
): Rules {
  if (postStart) yield* handler(`${path}.postStart`, postStart, graceSeconds);
  if (preStop) yield* handler(`${path}.preStop`, preStop, graceSeconds);
}

import { EndpointSlices, formatTime, Services } from '@coxswain/api';
import type { APIService, APIServiceCondition } from '@coxswain/api/types/apiregistration-v1';
import type { Clock } from '@coxswain/base';
import { Deadline } from '../webhook-client/index.ts';
import { remoteHeaders, remoteOf, type RemoteWays, urlOf } from './remote.ts';

type Verdict = Pick<APIServiceCondition, 'status' | 'reason' | 'message'>;

const attempts = 5;
const timeoutMs = 5000;
const aggregator = { name: 'system:kube-aggregator', groups: ['system:masters'] };

/** Whether an APIService can be asked now, and why not. */
export async function availabilityOf(
  ways: RemoteWays,
  clock: Clock,
  service: APIService,
  signal: AbortSignal,
): Promise<Verdict> {
  if (!service.spec.service)
    return verdict('True', 'Local', 'Local APIServices are always available');
  const missing = missingPart(ways, service);
  if (missing) return missing;
  const checks = Array.from({ length: attempts }, () => check(ways, clock, service, signal));
  try {
    await Promise.any(checks);
    return verdict('True', 'Passed', 'all checks passed');
  } catch (error) {
    const last = (error as AggregateError).errors.at(-1) as Error;
    return verdict('False', 'FailedDiscoveryCheck', last.message);
  }
}

const verdict = (status: string, reason: string, message: string): Verdict => ({
  status,
  reason,
  message,
});

function missingPart({ objects }: RemoteWays, { spec }: APIService): Verdict | undefined {
  const { name = '', namespace = '', port = 443 } = spec.service!;
  const no = (reason: string, message: string): Verdict => verdict('False', reason, message);
  const where = `service/${name} in "${namespace}"`;
  const service = objects.get(Services, name, namespace);
  if (!service) return no('ServiceNotFound', `${where} is not present`);
  if ((service.spec?.type ?? 'ClusterIP') !== 'ClusterIP') return undefined;
  const found = service.spec?.ports?.find((each) => each.port === port);
  if (!found) return no('ServicePortError', `${where} is not listening on port ${port}`);
  const slices = [...objects.all(EndpointSlices, namespace)].filter(
    ({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === name,
  );
  if (slices.length === 0)
    return no('EndpointsNotFound', `cannot find endpointslices for ${where}`);
  const portName = found.name ?? '';
  const isActive = slices.some(
    ({ endpoints, ports }) =>
      endpoints?.some(({ conditions }) => conditions?.ready !== false) === true &&
      ports?.some((each) => (each.name ?? '') === portName && each.port !== undefined) === true,
  );
  if (isActive) return undefined;
  return no(
    'MissingEndpoints',
    `endpointslices for ${where} have no addresses with port name "${portName}"`,
  );
}

async function check(
  ways: RemoteWays,
  clock: Clock,
  service: APIService,
  outer: AbortSignal,
): Promise<void> {
  const { group = '', version = '' } = service.spec;
  const path = group ? `/apis/${group}/${version}` : `/api/${version}`;
  const { place, trust } = remoteOf(ways, service);
  const url = urlOf(place);
  using deadline = new Deadline(clock, timeoutMs, outer);
  const { signal } = deadline;
  let status: number;
  try {
    const answer = await ways.carry({
      ...{ method: 'GET', url: new URL(url), target: path, trust, connectTo: place, signal },
      headers: [['Host', new URL(url).host], ...remoteHeaders(aggregator)],
    });
    for await (const _ of answer.body);
    ({ status } = answer);
  } catch (cause) {
    const why = signal.aborted ? 'context deadline exceeded' : (cause as Error).message;
    throw new Error(`failing or missing response from ${url}${path}: Get "${url}${path}": ${why}`, {
      cause,
    });
  }
  if (status < 200 || status >= 300)
    throw new Error(
      `failing or missing response from ${url}${path}: bad status from ${url}${path}: ${status}`,
    );
}

/** The conditions with what was found; the time moves only with the status. */
export function withAvailable(
  conditions: readonly APIServiceCondition[],
  found: Verdict,
  nowMs: number,
): readonly APIServiceCondition[] {
  const before = conditions.find(({ type }) => type === 'Available');
  const kept = before?.status === found.status ? before.lastTransitionTime : undefined;
  const next: APIServiceCondition = {
    ...{ type: 'Available', ...found },
    lastTransitionTime: kept ?? formatTime(nowMs),
  };
  return before ? conditions.map((each) => (each === before ? next : each)) : [...conditions, next];
}

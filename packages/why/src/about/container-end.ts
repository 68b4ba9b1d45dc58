import type {
  Container,
  ContainerStateTerminated,
  ContainerStatus,
  Pod,
  Probe,
} from '@coxswain/api/types/core-v1';
import {
  type Cause,
  causeOf,
  type Evidence,
  type Facts,
  inNamespace,
  kept,
  refOf,
  statusEvidence,
  stepOf,
} from '../cause.ts';
import { eventEvidence, type Look } from '../look.ts';

/** What the pod says of a container. */
export const specOf = ({ spec }: Pod, name: string): Container | undefined =>
  [...(spec.initContainers ?? []), ...spec.containers].find((each) => each.name === name);

/** What every sentence about a container may name. */
export const factsOf = (
  { name, restartCount, image }: ContainerStatus,
  more: Facts = {},
): Facts => ({
  container: name,
  restarts: restartCount,
  image,
  ...more,
});

/** The newest events of these reasons about a container. */
export const eventsOf = async (
  pod: Pod,
  container: string,
  look: Look,
  ...reasons: readonly string[]
): Promise<readonly Evidence[]> => {
  const events = await look.events(refOf('Pod', pod));
  const own = events.filter(
    ({ reason = '', involvedObject }) =>
      reasons.includes(reason) &&
      (!involvedObject.fieldPath || involvedObject.fieldPath.includes(`{${container}}`)),
  );
  return own.slice(0, 2).map(eventEvidence);
};

/** How a container ended, down to why as far as that can be known. */
export async function howEnded(
  pod: Pod,
  status: ContainerStatus,
  ended: ContainerStateTerminated,
  isBefore: boolean,
  look: Look,
): Promise<Cause> {
  const about = refOf('Pod', pod);
  const { exitCode, reason = '', message = '', finishedAt } = ended;
  const told = [`exit code ${exitCode}`, reason, message.trim()].filter(Boolean).join(', ');
  const timeMs = finishedAt ? Date.parse(finishedAt) : undefined;
  const own: Evidence = {
    ...statusEvidence(`${status.name} ended`, told),
    ...(timeMs !== undefined && { timeMs }),
  };
  const limits = specOf(pod, status.name)?.resources?.limits;
  const logStep = stepOf(
    'read-log',
    {},
    `kubectl logs ${pod.metadata.name}${inNamespace(about)} -c ${status.name}${isBefore ? ' --previous' : ''}`,
  );
  const facts = factsOf(status, { exitCode, limit: limits?.['memory'] ?? '' });
  if (reason === 'OOMKilled')
    return causeOf('out-of-memory', about, {
      facts,
      evidence: [own],
      steps: [stepOf('raise-memory', { limit: limits?.['memory'] ?? '' }), logStep],
    });
  const killed = await probesThatKilled(pod, status.name, look);
  if (killed.length > 0) {
    const { livenessProbe, startupProbe } = specOf(pod, status.name) ?? {};
    const probe = probeText(livenessProbe ?? startupProbe);
    const steps = [stepOf('check-probe', { probe }), logStep];
    return causeOf('killed-by-probe', about, {
      facts: { ...facts, probe },
      evidence: [own, ...killed],
      steps,
    });
  }
  const log = await look.log(pod, status.name, isBefore);
  const evidence = [own, ...log];
  if (exitCode === 0)
    return causeOf('ends-by-itself', about, { facts, evidence, steps: [stepOf('run-for-ever')] });
  const command = (specOf(pod, status.name)?.command ?? []).join(' ');
  const isUnstarted = reason === 'StartError' || reason === 'ContainerCannotRun';
  const special = isUnstarted ? 'cannot-be-run' : exits[exitCode];
  const check = [stepOf('check-command', { command: command || status.image })];
  return causeOf(special ?? 'exits-with-error', about, {
    facts: { ...facts, command },
    evidence,
    // Nothing was written by what never ran.
    steps: isUnstarted ? check : [logStep, ...(special === 'command-not-found' ? check : [])],
  });
}

/** What tells that a probe had the container killed: what its kubelet kept, or else its events. */
async function probesThatKilled(
  pod: Pod,
  container: string,
  look: Look,
): Promise<readonly Evidence[]> {
  const own = look
    .reasons(refOf('Pod', pod))
    .filter(({ facts }) => facts['container'] === container);
  const noted = own.filter(({ verdict }) => verdict === 'killed by a probe');
  if (noted.length > 0) {
    const failing = own.filter(({ verdict }) => /^(liveness|startup) probe fails$/.test(verdict));
    return [...noted, ...failing].map(kept);
  }
  const told = await eventsOf(pod, container, look, 'Killing', 'Unhealthy');
  const isKilled = told.some(({ at, text }) => at === 'Killing' && text.includes(' probe'));
  return isKilled ? told : [];
}

/** What shells and runtimes mean by an exit code. */
const exits: Readonly<
  Record<
    number,
    | 'command-not-found'
    | 'command-not-executable'
    | 'killed-by-signal'
    | 'asked-to-stop'
    | 'crashed'
  >
> = {
  126: 'command-not-executable',
  127: 'command-not-found',
  134: 'crashed',
  137: 'killed-by-signal',
  139: 'crashed',
  143: 'asked-to-stop',
};

/** What a probe asks. */
export const probeText = (probe: Probe | undefined): string => {
  const { httpGet, tcpSocket, exec, grpc } = probe ?? {};
  if (httpGet) return `GET ${httpGet.path ?? '/'} on port ${httpGet.port}`;
  if (tcpSocket) return `a connection to port ${tcpSocket.port}`;
  if (grpc) return `gRPC health on port ${grpc.port}`;
  return exec ? `the command ${(exec.command ?? []).join(' ')}` : '';
};

import type { ContainerStatus, Pod } from '@coxswain/api/types/core-v1';
import {
  type Cause,
  causeOf,
  conditionEvidence,
  conditionOf,
  type Evidence,
  inNamespace,
  kept,
  nameOf,
  refOf,
  statusEvidence,
  stepOf,
} from '../cause.ts';
import { durationText } from '../duration.ts';
import { eventEvidence, type Look } from '../look.ts';
import { eventsOf, factsOf, howEnded, probeText, specOf } from './container-end.ts';
import { accountOf, environmentOf, missing, type Reference, volumesOf } from './references.ts';

/** Why the containers of a pod that has a node do not all serve. `isLost`: nothing is heard of the node. */
export async function explainContainers(
  pod: Pod,
  look: Look,
  isLost: boolean,
): Promise<readonly Cause[]> {
  const init = pod.status?.initContainerStatuses ?? [];
  const all = [...init, ...(pod.status?.containerStatuses ?? [])];
  const causes: Cause[] = [];
  for (const status of all) {
    if (status.state?.waiting && isBehind(pod, status, init)) continue;
    const found = await explainContainer(pod, status, look);
    causes.push(...found);
  }
  if (causes.length > 0) return causes;
  if (isLost) return [];
  if (all.every(({ state }) => !state || state.waiting)) return notStarted(pod, look);
  return gates(pod);
}

/** Whether a container waits for init containers before it, which are spoken of instead. */
const isBehind = (
  pod: Pod,
  { name, state }: ContainerStatus,
  init: readonly ContainerStatus[],
): boolean => {
  const at = init.findIndex((each) => each.name === name);
  const before = at < 0 ? init : init.slice(0, at);
  const waits =
    state!.waiting!.reason === 'PodInitializing' || state!.waiting!.reason === 'ContainerCreating';
  return waits && before.some((each) => !isDone(pod, each));
};

const isDone = ({ spec }: Pod, { name, state, started, ready }: ContainerStatus): boolean => {
  const isSidecar = spec.initContainers?.some(
    (each) => each.name === name && each.restartPolicy === 'Always',
  );
  return isSidecar ? started === true && ready : state?.terminated?.exitCode === 0;
};

async function explainContainer(
  pod: Pod,
  status: ContainerStatus,
  look: Look,
): Promise<readonly Cause[]> {
  const { state, lastState, ready, name } = status;
  const isInit = pod.status?.initContainerStatuses?.some((each) => each.name === name) ?? false;
  if (state?.waiting) return explainWaiting(pod, status, look);
  if (state?.terminated)
    return isInit && state.terminated.exitCode === 0
      ? []
      : [await howEnded(pod, status, state.terminated, false, look)];
  if (state?.running && !ready && !(isInit && status.started))
    return [await notReady(pod, status, look)];
  const since = look.nowMs - Date.parse(state?.running?.startedAt ?? '');
  if (status.restartCount > 0 && lastState?.terminated && since < recentMs) {
    const before = await howEnded(pod, status, lastState.terminated, true, look);
    return [
      causeOf('restarted', refOf('Pod', pod), {
        facts: factsOf(status, { since: durationText(since) }),
        because: [before],
      }),
    ];
  }
  return [];
}

/** A restart within this time is still worth a word when all is well again. */
const recentMs = 600_000;

type Waits = (pod: Pod, status: ContainerStatus, look: Look) => Promise<readonly Cause[]>;

/** By the reason for which the kubelet has a container wait. */
const waits: Readonly<Record<string, Waits>> = {
  ErrImagePull: pullFails,
  ImagePullBackOff: pullFails,
  RegistryUnavailable: pullFails,
  SignatureValidationFailed: pullFails,
  InvalidImageName: (pod, status, look) => imageWrong('image-name-invalid', pod, status, look),
  ErrImageNeverPull: (pod, status, look) => imageWrong('image-never-pulled', pod, status, look),
  CreateContainerConfigError: badConfiguration,
  CreateContainerError: cannotRun,
  RunContainerError: cannotRun,
  PreCreateHookError: cannotRun,
  PreStartHookError: cannotRun,
  PostStartHookError: cannotRun,
  CrashLoopBackOff: crashes,
};

async function explainWaiting(
  pod: Pod,
  status: ContainerStatus,
  look: Look,
): Promise<readonly Cause[]> {
  const explain = waits[status.state!.waiting!.reason ?? ''];
  return explain ? explain(pod, status, look) : [];
}

const waiting = ({ name, state }: ContainerStatus): Evidence => {
  const { reason = '', message = '' } = state!.waiting!;
  return statusEvidence(`${name} waits`, [reason, message].filter(Boolean).join(': '));
};

async function pullFails(pod: Pod, status: ContainerStatus, look: Look): Promise<readonly Cause[]> {
  const evidence = [waiting(status), ...(await eventsOf(pod, status.name, look, 'Failed'))];
  const secrets = (pod.spec.imagePullSecrets ?? []).map(({ name }) => name ?? '').filter(Boolean);
  const steps = [
    stepOf('check-image-name', { image: status.image }),
    secrets.length > 0
      ? stepOf('check-pull-secret', { secrets: secrets.join(', ') })
      : stepOf('add-pull-secret'),
  ];
  return [
    causeOf('image-pull-fails', refOf('Pod', pod), { facts: factsOf(status), evidence, steps }),
  ];
}

async function imageWrong(
  name: 'image-name-invalid' | 'image-never-pulled',
  pod: Pod,
  status: ContainerStatus,
  look: Look,
): Promise<readonly Cause[]> {
  const evidence = [
    waiting(status),
    ...(await eventsOf(pod, status.name, look, 'InspectFailed', 'ErrImageNeverPull', 'Failed')),
  ];
  const steps = [
    stepOf(name === 'image-name-invalid' ? 'check-image-name' : 'import-image', {
      image: status.image,
    }),
  ];
  return [
    causeOf(name, refOf('Pod', pod), {
      facts: factsOf(status),
      evidence: evidence.slice(0, 2),
      steps,
    }),
  ];
}

async function badConfiguration(
  pod: Pod,
  status: ContainerStatus,
  look: Look,
): Promise<readonly Cause[]> {
  const about = refOf('Pod', pod);
  const container = specOf(pod, status.name);
  const because = container
    ? await whatIsMissing(pod, environmentOf(container, `container ${status.name}`), look)
    : [];
  return [
    causeOf('configuration-missing', about, {
      facts: factsOf(status),
      evidence: [waiting(status)],
      because,
    }),
  ];
}

async function whatIsMissing(
  pod: Pod,
  references: readonly Reference[],
  look: Look,
): Promise<readonly Cause[]> {
  const { namespace } = pod.metadata;
  return (await missing(references, namespace, look)).map(
    ({ resource, name, key = '', at, lacks }) => {
      const about = { kind: resource.kind, name, namespace };
      const facts = { kind: resource.kind, name, key, at };
      return lacks === 'key'
        ? causeOf('key-missing', about, {
            facts,
            steps: [
              stepOf(
                'add-key',
                { key, what: nameOf(about) },
                `kubectl edit ${nameOf(about)}${inNamespace(about)}`,
              ),
            ],
          })
        : causeOf('reference-missing', about, {
            facts,
            steps: [
              stepOf(
                'create-it',
                { what: nameOf(about) },
                `kubectl get ${resource.resource}${inNamespace(about)}`,
              ),
            ],
          });
    },
  );
}

async function cannotRun(pod: Pod, status: ContainerStatus, look: Look): Promise<readonly Cause[]> {
  const evidence = [
    waiting(status),
    ...(await eventsOf(pod, status.name, look, 'Failed', 'FailedPostStartHook')),
  ];
  const command = (specOf(pod, status.name)?.command ?? []).join(' ');
  const steps = [stepOf('check-command', { command: command || status.image })];
  return [
    causeOf('cannot-be-run', refOf('Pod', pod), {
      facts: factsOf(status, { command }),
      evidence: evidence.slice(0, 2),
      steps,
    }),
  ];
}

async function crashes(pod: Pod, status: ContainerStatus, look: Look): Promise<readonly Cause[]> {
  const last = status.lastState?.terminated;
  const because = last ? [await howEnded(pod, status, last, true, look)] : [];
  const evidence = [waiting(status)];
  return [causeOf('crash-loop', refOf('Pod', pod), { facts: factsOf(status), evidence, because })];
}

async function notReady(pod: Pod, status: ContainerStatus, look: Look): Promise<Cause> {
  const about = refOf('Pod', pod);
  const { readinessProbe, startupProbe } = specOf(pod, status.name) ?? {};
  const isStarting = startupProbe !== undefined && status.started !== true;
  const probe = isStarting ? startupProbe : readinessProbe;
  const facts = factsOf(status, { probe: probeText(probe) });
  const said = await eventsOf(pod, status.name, look, 'Unhealthy', 'ProbeWarning');
  const verdict = `${isStarting ? 'startup' : 'readiness'} probe fails`;
  const noted = look
    .reasons(about)
    .filter((each) => each.verdict === verdict && each.facts['container'] === status.name);
  const failures = noted.length > 0 ? noted.map(kept) : said.slice(0, 1);
  const evidence = [...conditionEvidence(conditionOf(pod, 'ContainersReady')), ...failures];
  const steps = [
    stepOf('check-probe', { probe: probeText(probe) }),
    stepOf(
      'read-log',
      {},
      `kubectl logs ${pod.metadata.name}${inNamespace(about)} -c ${status.name}`,
    ),
  ];
  if (!probe) return causeOf('just-started', about, { facts, evidence });
  const wait = (probe.initialDelaySeconds ?? 0) * 1000;
  const started = Date.parse(status.state?.running?.startedAt ?? '');
  if (failures.length === 0 && look.nowMs < started + wait + (probe.periodSeconds ?? 10) * 1000)
    return causeOf('not-probed-yet', about, {
      facts: { ...facts, delay: probe.initialDelaySeconds ?? 0 },
      evidence,
    });
  return causeOf(isStarting ? 'startup-probe-fails' : 'readiness-probe-fails', about, {
    facts,
    evidence,
    steps,
  });
}

/** Nothing runs yet, and no container says why: volumes, the account, the sandbox. */
async function notStarted(pod: Pod, look: Look): Promise<readonly Cause[]> {
  const about = refOf('Pod', pod);
  const absent = await whatIsMissing(pod, [...volumesOf(pod), accountOf(pod)], look);
  const events = await look.events(about);
  const failed = events.filter(
    ({ type, reason }) => type === 'Warning' && reason !== 'FailedScheduling',
  );
  const evidence = failed.slice(0, 2).map(eventEvidence);
  const facts = { node: pod.spec.nodeName ?? '' };
  if (absent.length > 0)
    return [causeOf('volumes-not-ready', about, { facts, evidence, because: absent })];
  const mount = failed.find(({ reason }) => /Mount|Attach/.test(reason ?? ''));
  if (mount) return [causeOf('volume-mount-fails', about, { facts, evidence })];
  if (failed.some(({ reason }) => reason === 'FailedCreatePodSandBox'))
    return [causeOf('sandbox-fails', about, { facts, evidence })];
  const startedMs = Date.parse(pod.status?.startTime ?? pod.metadata.creationTimestamp ?? '');
  const since = durationText(look.nowMs - startedMs);
  const isSeen = pod.status?.startTime !== undefined;
  return [
    causeOf(isSeen ? 'being-created' : 'node-has-not-begun', about, {
      facts: { ...facts, since },
      evidence,
    }),
  ];
}

/** Containers are ready, and yet the pod is not: conditions that others must set. */
function gates(pod: Pod): readonly Cause[] {
  const about = refOf('Pod', pod);
  return (pod.spec.readinessGates ?? [])
    .filter(({ conditionType }) => conditionOf(pod, conditionType)?.status !== 'True')
    .map(({ conditionType: type }) =>
      causeOf('readiness-gate-closed', about, {
        facts: { type },
        evidence: conditionEvidence(conditionOf(pod, type)),
        steps: [stepOf('see-that-it-runs', { what: type.split('/')[0]! })],
      }),
    );
}

import type { Pod } from '@coxswain/api/types/core-v1';
import type { ContainerUsage } from '../../runtime.ts';
import { type KubeletAnswer, type KubeletHandler, textAnswer } from '../request.ts';
import type { ServedNode } from '../served-node.ts';
import { startTimeOf } from './summary.ts';

/** One family of Prometheus' text form. */
interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge';
  readonly samples: readonly Sample[];
}

interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
  readonly atMs?: number;
}

const escaped = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

function textOf(families: readonly Family[]): string {
  const lines: string[] = [];
  for (const { name, help, type, samples } of families) {
    if (samples.length === 0) continue;
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
    for (const { labels = {}, value, atMs } of samples) {
      const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escaped(text)}"`);
      const of = pairs.length > 0 ? `{${pairs.join(',')}}` : '';
      lines.push(`${name}${of} ${value}${atMs === undefined ? '' : ` ${atMs}`}`);
    }
  }
  return lines.length > 0 ? `${lines.join('\n')}\n` : '';
}

const answer = (text: string): KubeletAnswer =>
  textAnswer(200, text, 'text/plain; version=0.0.4; charset=utf-8');

const seconds = (nanoseconds: number): number => nanoseconds / 1e9;

interface Measured {
  readonly pod: Pod;
  readonly usage: ContainerUsage;
}

async function measured(node: ServedNode, signal: AbortSignal): Promise<readonly Measured[]> {
  const byUid = new Map(node.pods().map((pod) => [pod.metadata.uid ?? '', pod]));
  return (await node.runtime.usage(signal)).flatMap((usage) => {
    const pod = byUid.get(usage.podUid);
    return pod ? [{ pod, usage }] : [];
  });
}

const podLabels = ({ metadata }: Pod): Readonly<Record<string, string>> => ({
  namespace: metadata.namespace ?? '',
  pod: metadata.name,
});

const perContainer = (
  all: readonly Measured[],
  value: (each: Measured) => number | undefined,
  isTimed = true,
): readonly Sample[] =>
  all.flatMap((each): readonly Sample[] => {
    const found = value(each);
    const labels = { container: each.usage.name, ...podLabels(each.pod) };
    return found === undefined
      ? []
      : [{ labels, value: found, ...(isTimed && { atMs: each.usage.timestampMs }) }];
  });

function perPod(
  all: readonly Measured[],
  value: (usage: ContainerUsage) => number | undefined,
): readonly Sample[] {
  return [...Map.groupBy(all, ({ pod }) => pod)].map(([pod, each]) => ({
    labels: podLabels(pod),
    value: each.reduce((total, { usage }) => total + (value(usage) ?? 0), 0),
    atMs: Math.max(...each.map(({ usage }) => usage.timestampMs)),
  }));
}

const family = (
  name: string,
  type: Family['type'],
  help: string,
  samples: readonly Sample[],
): Family => ({ name, type, help: `[STABLE] ${help}`, samples });

/** `/metrics/resource`: what metrics-server reads. */
export const resourceMetrics: KubeletHandler = async (request, _parts, node) => {
  const [all, machine] = await Promise.all([
    measured(node, request.signal),
    node.machine?.sample(),
  ]);
  const cpu = ({ cpuNanoseconds }: ContainerUsage): number | undefined =>
    cpuNanoseconds === undefined ? undefined : seconds(cpuNanoseconds);
  const memory = ({ workingSetBytes }: ContainerUsage): number | undefined => workingSetBytes;
  const ofNode = (value: number | undefined): readonly Sample[] =>
    machine && value !== undefined ? [{ value, atMs: machine.atMs }] : [];
  const cpuHelp = 'Cumulative cpu time consumed by the';
  const memoryHelp = 'Current working set of the';
  return answer(
    textOf([
      family(
        'container_cpu_usage_seconds_total',
        'counter',
        `${cpuHelp} container in core-seconds`,
        perContainer(all, ({ usage }) => cpu(usage)),
      ),
      family(
        'container_memory_working_set_bytes',
        'gauge',
        `${memoryHelp} container in bytes`,
        perContainer(all, ({ usage }) => memory(usage)),
      ),
      family(
        'container_start_time_seconds',
        'gauge',
        'Start time of the container since unix epoch in seconds',
        perContainer(all, startSeconds, false),
      ),
      family(
        'node_cpu_usage_seconds_total',
        'counter',
        `${cpuHelp} node in core-seconds`,
        ofNode(machine && seconds(machine.cpuNanoseconds)),
      ),
      family(
        'node_memory_working_set_bytes',
        'gauge',
        `${memoryHelp} node in bytes`,
        ofNode(machine?.memoryWorkingSetBytes),
      ),
      family(
        'pod_cpu_usage_seconds_total',
        'counter',
        `${cpuHelp} pod in core-seconds`,
        perPod(all, cpu),
      ),
      family(
        'pod_memory_working_set_bytes',
        'gauge',
        `${memoryHelp} pod in bytes`,
        perPod(all, memory),
      ),
      family(
        'resource_scrape_error',
        'gauge',
        '1 if there was an error while getting container metrics, 0 otherwise',
        [{ value: 0 }],
      ),
    ]),
  );
};

function startSeconds({ pod, usage }: Measured): number | undefined {
  const started = startTimeOf(pod.status, usage.name);
  return started === undefined ? undefined : Date.parse(started) / 1000;
}

/** `/metrics/cadvisor`: the same figures under the names that dashboards know. */
export const cadvisorMetrics: KubeletHandler = async (request, _parts, node) => {
  const all = await measured(node, request.signal);
  const of = (value: (usage: ContainerUsage) => number | undefined): readonly Sample[] =>
    all.flatMap(({ pod, usage }): readonly Sample[] => {
      const found = value(usage);
      const labels = {
        container: usage.name,
        id: usage.containerId,
        ...podLabels(pod),
      };
      return found === undefined ? [] : [{ labels, value: found, atMs: usage.timestampMs }];
    });
  const plain = (
    name: string,
    type: Family['type'],
    help: string,
    value: (usage: ContainerUsage) => number | undefined,
  ): Family => ({ name, type, help, samples: of(value) });
  return answer(
    textOf([
      plain(
        'container_cpu_usage_seconds_total',
        'counter',
        'Cumulative cpu time consumed in seconds.',
        ({ cpuNanoseconds }) =>
          cpuNanoseconds === undefined ? undefined : seconds(cpuNanoseconds),
      ),
      plain(
        'container_fs_usage_bytes',
        'gauge',
        'Number of bytes that are consumed by the container on this filesystem.',
        ({ writableBytes }) => writableBytes,
      ),
      plain('container_memory_rss', 'gauge', 'Size of RSS in bytes.', ({ rssBytes }) => rssBytes),
      plain(
        'container_memory_usage_bytes',
        'gauge',
        'Current memory usage in bytes, including all memory regardless of when it was accessed',
        ({ usageBytes }) => usageBytes,
      ),
      plain(
        'container_memory_working_set_bytes',
        'gauge',
        'Current working set in bytes.',
        ({ workingSetBytes }) => workingSetBytes,
      ),
    ]),
  );
};

/** `/metrics`: what the kubelet counts of itself. */
export const kubeletMetrics: KubeletHandler = async (request, _parts, node) => {
  const [sandboxes, containers] = await Promise.all([
    node.runtime.sandboxes(undefined, request.signal),
    node.runtime.containers(undefined, request.signal),
  ]);
  const byState = [...Map.groupBy(containers, ({ state }) => state)];
  const own: readonly Family[] = [
    {
      name: 'kubelet_node_name',
      help: "[ALPHA] The node's name. The count is always 1.",
      type: 'gauge',
      samples: [{ labels: { node: node.nodeName }, value: 1 }],
    },
    {
      name: 'kubelet_running_containers',
      help: '[ALPHA] Number of containers currently running',
      type: 'gauge',
      samples: byState.map(([state, each]) => ({
        labels: { container_state: state },
        value: each.length,
      })),
    },
    {
      name: 'kubelet_running_pods',
      help: '[ALPHA] Number of pods that have a running pod sandbox',
      type: 'gauge',
      samples: [{ value: sandboxes.filter(({ isReady }) => isReady).length }],
    },
  ];
  return answer(textOf(own) + (node.metrics?.() ?? ''));
};

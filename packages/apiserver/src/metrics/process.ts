import type { World } from '@coxswain/base';
import { version } from '../discovery/version.ts';

/** Figures of the process, read from the system where there is one. */
export interface ProcessFigures {
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  readonly virtualBytes: number;
  readonly virtualBytesMax: number;
  readonly openFiles: number;
  readonly filesMax: number;
}

/** Adds what every component of Kubernetes says of itself: its build, its start, its process. */
export function processMetrics({ metrics, clock }: World, read?: () => ProcessFigures): void {
  metrics
    .gauge({
      ...{ name: 'kubernetes_build_info', stability: 'BETA', help: 'What was built; always 1.' },
      labels: [
        ...['build_date', 'compiler', 'git_commit', 'git_tree_state', 'git_version', 'go_version'],
        ...['major', 'minor', 'platform'],
      ],
    })
    .set(1, ...buildLabels);
  metrics
    .gauge({
      ...{ name: 'version_info', stability: 'ALPHA', help: 'Versions that are spoken; always 1.' },
      labels: ['binary', 'component', 'emulation', 'min_compat'],
    })
    .set(1, ...versionLabels);
  const gauge = (name: string, help: string): { set(value: number): void } =>
    metrics.gauge({ name: `process_${name}`, help, stability: undefined });
  gauge('start_time_seconds', 'When the process started, in seconds since 1970.').set(
    Math.floor(clock.now() / 1000),
  );
  if (!read) return;
  const cpu = metrics.counter({
    ...{ name: 'process_cpu_seconds_total', help: 'Processor time used.', stability: undefined },
  });
  const resident = gauge('resident_memory_bytes', 'Memory held.');
  const virtual = gauge('virtual_memory_bytes', 'Memory addressed.');
  const virtualMax = gauge('virtual_memory_max_bytes', 'Memory that may be addressed.');
  const open = gauge('open_fds', 'Files open.');
  const most = gauge('max_fds', 'Files that may be open.');
  metrics.beforeScrape(() => {
    const now = read();
    cpu.set(now.cpuSeconds);
    resident.set(now.residentBytes);
    virtual.set(now.virtualBytes);
    virtualMax.set(now.virtualBytesMax);
    open.set(now.openFiles);
    most.set(now.filesMax);
  });
}

const versionLabels: readonly string[] = [
  version.gitVersion!.slice(1),
  'kube',
  `${version.emulationMajor}.${version.emulationMinor}`,
  `${version.minCompatibilityMajor}.${version.minCompatibilityMinor}`,
];
const { buildDate, compiler, gitCommit, gitTreeState, gitVersion, goVersion } = version as Readonly<
  Record<string, string>
>;
const buildLabels: readonly string[] = [
  ...[buildDate, compiler, gitCommit, gitTreeState, gitVersion, goVersion],
  ...[version.major, version.minor, version.platform],
].map((value) => value ?? '');

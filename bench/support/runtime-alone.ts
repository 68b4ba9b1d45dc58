/** What the runtime takes for a pod when nobody else is asked: sandbox, container, start, over CRI. */
import { tmpdir } from 'node:os';
import type { CriRuntime } from '@coxswain/kubelet';

type SandboxConfig = Parameters<CriRuntime['runSandbox']>[0];
type ContainerConfig = Parameters<CriRuntime['createContainer']>[1];

const sandboxOf = (name: string): SandboxConfig => ({
  metadata: { name, uid: name, namespace: 'bench', attempt: 0 },
  hostname: name,
  logDirectory: tmpdir(),
  portMappings: [],
  labels: {},
  annotations: {},
  linux: { securityContext: {} },
});

const containerOf = (name: string, image: string): ContainerConfig => ({
  metadata: { name: 'c', attempt: 0 },
  image: { image, userSpecifiedImage: image },
  ...{ command: [], args: [], workingDir: '', envs: [], mounts: [], devices: [], cdiDevices: [] },
  ...{ labels: {}, annotations: {}, logPath: `${name}.log` },
  ...{ stdin: false, stdinOnce: false, tty: false },
  linux: { resources: {}, securityContext: {} },
});

/** Starts all pods at once, then takes them away; milliseconds from the first call to each one's start. */
export async function runtimeAlone(
  runtime: CriRuntime,
  image: string,
  names: readonly string[],
  signal: AbortSignal,
): Promise<number[]> {
  const { id: imageId } = (await runtime.imageStatus(image, signal))!;
  const from = performance.now();
  const started = await Promise.all(
    names.map(async (name) => {
      const config = sandboxOf(name);
      const sandbox = await runtime.runSandbox(config, signal);
      const container = await runtime.createContainer(
        sandbox,
        containerOf(name, imageId),
        config,
        signal,
      );
      await runtime.startContainer(container, signal);
      return { sandbox, tookMs: performance.now() - from };
    }),
  );
  await Promise.all(
    started.map(async ({ sandbox }) => {
      await runtime.stopSandbox(sandbox, signal);
      await runtime.removeSandbox(sandbox, signal);
    }),
  );
  return started.map(({ tookMs }) => tookMs);
}

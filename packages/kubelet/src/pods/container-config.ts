import type { Pod } from '@coxswain/api/types/core-v1';
import type { KubeletContext } from '../context.ts';
import type { MountedVolumes, PodDevices } from '../host.ts';
import type { ContainerConfig } from '../runtime-config.ts';
import type { RuntimeImage } from '../runtime.ts';
import { ContainerConfigError, makeEnvironment } from './environment.ts';
import { expand } from './expansion.ts';
import { podHostname } from './hostname.ts';
import { containerAnnotations, containerLabels } from './labels.ts';
import { latest, type PodRuntime, podIpsOf } from './observed.ts';
import type { Start } from './plan.ts';
import { containerResources } from './resources.ts';
import { containerSecurity, verifyNonRoot } from './security.ts';
import { serviceEnvironment } from './service-environment.ts';
import { isHostNetwork } from './spec.ts';

/** What a container is made from. Throws ContainerConfigError when its spec refers to what is not there or may not be. */
export async function containerConfig(
  pod: Pod,
  { spec, attempt }: Start,
  image: RuntimeImage,
  observed: PodRuntime,
  volumes: MountedVolumes,
  devices: PodDevices,
  context: KubeletContext,
  signal: AbortSignal,
): Promise<ContainerConfig> {
  verifyNonRoot(pod, spec, image);
  const { host, nodeName, hostIps, memoryBytes } = context;
  const podIps = isHostNetwork(pod) ? hostIps : podIpsOf(observed);
  const services = serviceEnvironment(pod, await context.services(signal));
  const facts = { nodeName, hostIps, podIps, allocatable: context.allocatable() };
  const envs = await makeEnvironment(pod, spec, services, context.references, facts);
  const known = new Map(envs.map(({ key, value }) => [key, value]));
  const expanded = (texts: readonly string[] | undefined): string[] =>
    (texts ?? []).map((text) => expand(text, (name) => known.get(name)));
  const { hostname, domain } = podHostname(pod, context.clusterDomain);
  const place = { volumes, environment: envs, podIps, hostname, domain };
  const targetId = spec.targetContainerName && targetOf(spec.targetContainerName, observed);
  return {
    metadata: { name: spec.name, attempt },
    image: { image: image.id, userSpecifiedImage: spec.image ?? '' },
    command: expanded(spec.command),
    args: expanded(spec.args),
    workingDir: spec.workingDir ?? '',
    envs,
    mounts: await host.containerMounts(pod, spec, place),
    devices: [],
    cdiDevices: devices(spec).map((name) => ({ name })),
    labels: containerLabels(pod, spec.name),
    annotations: containerAnnotations(pod, spec, attempt),
    logPath: `${spec.name}/${attempt}.log`,
    stdin: spec.stdin ?? false,
    stdinOnce: spec.stdinOnce ?? false,
    tty: spec.tty ?? false,
    linux: {
      resources: containerResources(pod, spec, memoryBytes),
      securityContext: containerSecurity(pod, spec, image, {
        profileRoot: host.profileRoot,
        groups: [],
        targetId,
      }),
    },
  };
}

function targetOf(name: string, observed: PodRuntime): string {
  const target = latest(observed, name);
  if (target?.state === 'running') return target.id;
  throw new ContainerConfigError(`unable to find target container ${name}`);
}

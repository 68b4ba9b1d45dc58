import type { HTTPGetAction, LifecycleHandler, Pod } from '@coxswain/api/types/core-v1';
import type { KubeletContext } from '../context.ts';
import type { HttpRequest } from '../host.ts';
import type { ContainerSpec } from './spec.ts';

/** A hook said no, could not be asked, or is of no known kind. */
export class HookError extends Error {}

const httpTimeoutMs = 30_000;
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** Runs one lifecycle hook to its end. Throws HookError. */
export async function runHook(
  handler: LifecycleHandler,
  pod: Pod,
  spec: ContainerSpec,
  containerId: string,
  podIp: string,
  { runtime, checks, world }: Pick<KubeletContext, 'runtime' | 'checks' | 'world'>,
  signal: AbortSignal,
): Promise<void> {
  if (handler.exec) {
    const command = handler.exec.command ?? [];
    const { exitCode, stdout, stderr } = await runtime.execSync(containerId, command, 0, signal);
    if (exitCode !== 0)
      throw new HookError(
        `command '${command.join(' ')}' exited with ${exitCode}: ${textOf(stderr)}, message: ${JSON.stringify(textOf(stdout) + textOf(stderr))}`,
      );
    return;
  }
  if (handler.httpGet) {
    const request = httpRequest(handler.httpGet, spec, podIp);
    const { is, output } = await checks.http(request, httpTimeoutMs, signal);
    if (is === 'failure') throw new HookError(output);
    return;
  }
  if (handler.sleep) return world.clock.sleep(handler.sleep.seconds * 1000, signal);
  // tcpSocket passes validation for old objects' sake and fails here, as it does upstream.
  throw new HookError(`invalid handler: ${JSON.stringify(handler)}`);
}

/** The request of an httpGet action; a named port is one of the container's. Throws HookError. */
export function httpRequest(
  { host, path, port, scheme, httpHeaders }: HTTPGetAction,
  spec: ContainerSpec,
  podIp: string,
): HttpRequest {
  return {
    scheme: scheme === 'HTTPS' ? 'https' : 'http',
    host: host || podIp,
    port: portNumber(port, spec),
    path: path?.startsWith('/') ? path : `/${path ?? ''}`,
    headers: httpHeaders ?? [],
  };
}

export function portNumber(port: string | number, spec: ContainerSpec): number {
  if (typeof port === 'number') return port;
  const named = spec.ports?.find(({ name }) => name === port)?.containerPort ?? Number(port);
  if (Number.isInteger(named) && named > 0 && named < 65_536) return named;
  throw new HookError(`couldn't find port: "${port}" in container "${spec.name}"`);
}

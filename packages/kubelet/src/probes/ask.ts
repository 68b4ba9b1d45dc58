import type { Pod, Probe } from '@coxswain/api/types/core-v1';
import type { KubeletContext } from '../context.ts';
import type { CheckResult } from '../host.ts';
import { httpRequest, portNumber } from '../pods/hooks.ts';
import type { ContainerSpec } from '../pods/spec.ts';
import { RuntimeError } from '../runtime.ts';

const outputCharactersMax = 10 * 1024;
const probeAgent = 'kube-probe/1.36';

/** Asks once. A check that could not be made at all rejects. */
export async function askProbe(
  probe: Probe,
  pod: Pod,
  spec: ContainerSpec,
  containerId: string,
  podIp: string,
  { runtime, checks }: Pick<KubeletContext, 'runtime' | 'checks'>,
  signal: AbortSignal,
): Promise<CheckResult> {
  const seconds = probe.timeoutSeconds ?? 1;
  if (probe.exec) return askExec(probe.exec.command ?? [], containerId, seconds, runtime, signal);
  if (probe.httpGet) {
    const request = httpRequest(probe.httpGet, spec, podIp);
    const headers = withDefaults(request.headers);
    return checks.http({ ...request, headers }, seconds * 1000, signal);
  }
  if (probe.tcpSocket) {
    const port = portNumber(probe.tcpSocket.port, spec);
    return checks.tcp(probe.tcpSocket.host || podIp, port, seconds * 1000, signal);
  }
  if (probe.grpc) {
    const { port, service = '' } = probe.grpc;
    return checks.grpc(podIp, port, service, seconds * 1000, signal);
  }
  throw new Error(
    `missing probe handler for ${pod.metadata.namespace}_${pod.metadata.name}:${spec.name}`,
  );
}

/** A header given with an empty value takes the default away. */
function withDefaults(
  given: readonly { readonly name: string; readonly value: string }[],
): readonly { readonly name: string; readonly value: string }[] {
  const has = (wanted: string): boolean => given.some(({ name }) => name.toLowerCase() === wanted);
  return [
    ...(has('user-agent') ? [] : [{ name: 'User-Agent', value: probeAgent }]),
    ...(has('accept') ? [] : [{ name: 'Accept', value: '*/*' }]),
    ...given.filter(({ value }) => value !== ''),
  ];
}

async function askExec(
  command: readonly string[],
  containerId: string,
  seconds: number,
  runtime: KubeletContext['runtime'],
  signal: AbortSignal,
): Promise<CheckResult> {
  try {
    const { exitCode, stdout, stderr } = await runtime.execSync(
      ...([containerId, command, seconds, signal] as const),
    );
    const text = new TextDecoder();
    const output = (text.decode(stdout) + text.decode(stderr)).slice(0, outputCharactersMax);
    return { is: exitCode === 0 ? 'success' : 'failure', output };
  } catch (error) {
    if (!(error instanceof RuntimeError) || !isTimeout(error)) throw error;
    const output = `command timed out: "${command.join(' ')}" timed out after ${seconds}s`;
    return { is: 'failure', output };
  }
}

const isTimeout = ({ code, description }: RuntimeError): boolean =>
  code === 'deadline' || description.includes('context deadline exceeded');

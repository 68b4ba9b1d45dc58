import type { World } from '@coxswain/base';
import type { CheckResult, HttpRequest, NetworkChecks } from '@coxswain/kubelet';
import { simulatedChecks } from '@coxswain/kubelet/simulated';
import { DialError, type VirtualNetwork } from './virtual-network.ts';

const failure = (output: string): CheckResult => ({ is: 'failure', output });

/** Probes over the virtual network, in upstream's words; pods that only seem to run answer every check. */
export function checksIn(network: VirtualNetwork, { clock }: World): NetworkChecks {
  /** What came first: the answer, or the cluster's time. */
  const inTime = <T>(answer: Promise<T>, timeoutMs: number, late: () => T): Promise<T> =>
    new Promise((resolve, reject) => {
      const timer = clock.after(timeoutMs, () => resolve(late()));
      answer.then(resolve, reject).finally(() => timer[Symbol.dispose]());
    });
  const http = async ({ scheme, host, port, path, headers }: HttpRequest): Promise<CheckResult> => {
    const url = `${scheme}://${host}:${port}${path}`;
    try {
      const handler = network.find(host, port, '');
      const named = headers.map(({ name, value }): [string, string] => [name, value]);
      const response = await handler(new Request(url, { headers: named }));
      const isWell = response.status >= 200 && response.status < 400;
      return isWell
        ? { is: 'success', output: await response.text() }
        : failure(`HTTP probe failed with statuscode: ${response.status}`);
    } catch (error) {
      return failure(`Get "${url}": ${(error as Error).message}`);
    }
  };
  const connect = (host: string, port: number): CheckResult => {
    try {
      network.find(host, port, '');
      return { is: 'success', output: '' };
    } catch (error) {
      if (error instanceof DialError) return failure(error.message);
      throw error;
    }
  };
  return {
    http(request, timeoutMs, signal) {
      if (!network.has(request.host)) return simulatedChecks.http(request, timeoutMs, signal);
      const { scheme, host, port, path } = request;
      const late = 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)';
      return inTime(http(request), timeoutMs, () =>
        failure(`Get "${scheme}://${host}:${port}${path}": ${late}`),
      );
    },
    async tcp(host, port, timeoutMs, signal) {
      if (!network.has(host)) return simulatedChecks.tcp(host, port, timeoutMs, signal);
      return connect(host, port);
    },
    /** Functions answer no gRPC: that somebody listens is all that can be asked. */
    async grpc(host, port, service, timeoutMs, signal) {
      if (!network.has(host)) return simulatedChecks.grpc(host, port, service, timeoutMs, signal);
      return connect(host, port);
    },
  };
}

import type { ApiServer, Request, Response } from '@coxswain/apiserver';
import type { Pki } from '@coxswain/apiserver/certificates';
import type { WatchEvent } from '@coxswain/api';
import { kubeconfigText } from '../kubeconfig/kubeconfig.ts';

/** How clients outside of this process reach the cluster. */
export interface Outside extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly kubeconfig: string;
  /** Requests and batches of events that went between them and the server so far. */
  readonly passed: (() => number) | undefined;
}

/** They do not. */
export const noOutside: Outside = {
  ...{ url: '', port: 0, kubeconfig: '', passed: undefined },
  async [Symbol.asyncDispose]() {},
};

const host = '127.0.0.1';

/** Serves HTTPS on a free port of the loopback. */
export async function openOutside(server: ApiServer, pki: Pki): Promise<Outside> {
  const { listen } = await import('@coxswain/apiserver/listen');
  let passed = 0;
  const counted: ApiServer = {
    ...server,
    stations: server.stations,
    async respond(request: Request): Promise<Response> {
      passed++;
      const response = await server.respond(request);
      if (response.as !== 'watch') return response;
      return { ...response, events: countedEvents(response.events, () => passed++) };
    },
  };
  const listener = await listen(counted, {
    ...{ addresses: [{ host, port: 0 }], ...pki.serving },
    clientAuthorities: `${pki.ca.certificate}${pki.frontProxyCa.certificate}`,
  });
  const { port } = listener.addresses[0]!;
  const url = `https://${host}:${port}`;
  const { certificate, key } = pki.admin;
  const access = { name: 'coxswain', server: url, ca: pki.ca.certificate, certificate, key };
  return {
    ...{ url, port, kubeconfig: kubeconfigText(access), passed: () => passed },
    [Symbol.asyncDispose]: () => listener[Symbol.asyncDispose](),
  };
}

/** Bookmarks are for nobody to answer. */
async function* countedEvents<T extends readonly Pick<WatchEvent, 'type'>[]>(
  events: AsyncIterable<T>,
  count: () => void,
): AsyncGenerator<T, void> {
  for await (const batch of events) {
    if (batch.some(({ type }) => type !== 'BOOKMARK')) count();
    yield batch;
  }
}

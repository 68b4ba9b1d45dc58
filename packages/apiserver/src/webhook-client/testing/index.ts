import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { issue } from '../../certificates/issue.ts';

const times = { notBeforeMs: Date.UTC(2020, 0), notAfterMs: Date.UTC(2060, 0) };
/** Signs the certificates of test servers. */
export const hookAuthority: { readonly certificate: string; readonly key: string } = issue({
  commonName: 'hooks',
  use: 'authority',
  ...times,
});
/** As `caBundle`. */
export const hookBundle: string = Buffer.from(hookAuthority.certificate).toString('base64');

export interface Heard {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface HookServer extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  readonly heard: readonly Heard[];
  /** Connections that were made. */
  readonly connections: () => number;
}

/** What a test server answers: an object as JSON, or as it likes. */
export type Answer = (heard: Heard, response: ServerResponse, request: IncomingMessage) => unknown;

/** An HTTPS server of a name, on a port of its own, which answers undefined by itself. */
export async function hookServer(
  answer: Answer,
  names: readonly string[] = ['127.0.0.1'],
): Promise<HookServer> {
  const { certificate, key } = issue(
    { commonName: names[0]!, use: 'server', names, ...times },
    hookAuthority,
  );
  const heard: Heard[] = [];
  let made = 0;
  const server = createServer({ cert: certificate, key }, (request, response) => {
    const chunks: Uint8Array[] = [];
    request.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const one = { method, url, headers, body: Buffer.concat(chunks).toString() };
      heard.push(one);
      const said = answer(one, response, request);
      if (said === undefined) return;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(said));
    });
  });
  server.on('secureConnection', () => made++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    ...{ port, url: `https://127.0.0.1:${port}`, heard },
    connections: () => made,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

import { createServer } from 'node:http';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Answers of a server by the path that is asked for; whatever the query. */
export type Answers = Readonly<Record<string, unknown>>;

/** A server that says the same to everyone, for what no cluster of a test can be brought to say. */
export class FixedServer implements AsyncDisposable {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly #close: () => Promise<void>;

  private constructor(folder: string, kubeconfig: string, close: () => Promise<void>) {
    this.folder = folder;
    this.env = { PATH: process.env['PATH'] ?? '', KUBECONFIG: kubeconfig };
    this.#close = close;
  }

  static async start(answers: Answers): Promise<FixedServer> {
    const server = createServer(({ url = '/' }, response) => {
      const path = new URL(url, 'http://server').pathname;
      const found = answers[path];
      const missing = { kind: 'Status', status: 'Failure', reason: 'NotFound', code: 404 };
      const name = path.split('/').at(-1);
      response.writeHead(found ? 200 : 404, { 'content-type': 'application/json' });
      response.end(JSON.stringify(found ?? { ...missing, message: `nothing called ${name} here` }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const folder = await mkdtemp(join(tmpdir(), 'cox-fixed-'));
    const kubeconfig = join(folder, 'config');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await writeFile(
      kubeconfig,
      JSON.stringify({
        ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'c' },
        clusters: [{ name: 'c', cluster: { server: url } }],
        contexts: [{ name: 'c', context: { cluster: 'c' } }],
      }),
    );
    return new FixedServer(folder, kubeconfig, async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensurePki } from '@coxswain/apiserver/certificates';
import { listen } from '@coxswain/apiserver/listen';
import { systemClock } from '@coxswain/base';
import type { TestCluster } from './test-cluster.ts';

/** Where a served test cluster is reached. */
export interface ServedCluster extends AsyncDisposable {
  readonly url: string;
  readonly ca: string; // PEM
  /** Ends the listener and serves anew on the same port: open connections break. */
  restart(): Promise<void>;
}

/** Serves a test cluster over TLS on a free port of the loopback. Certificates are of real time. */
export async function serve(cluster: TestCluster): Promise<ServedCluster> {
  const dir = mkdtempSync(join(tmpdir(), 'cox-test-'));
  const pki = ensurePki(dir, { names: [], nodes: [] }, systemClock);
  const host = '127.0.0.1';
  const open = (port: number): ReturnType<typeof listen> =>
    listen(cluster.server, {
      addresses: [{ host, port }],
      ...pki.serving,
      clientAuthorities: pki.ca.certificate,
    });
  let listener = await open(0);
  const { port } = listener.addresses[0]!;
  return {
    url: `https://${host}:${port}`,
    ca: pki.ca.certificate,
    async restart() {
      await listener[Symbol.asyncDispose]();
      listener = await open(port);
    },
    async [Symbol.asyncDispose]() {
      await listener[Symbol.asyncDispose]();
      rmSync(dir, { recursive: true });
    },
  };
}

import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Clock } from '@coxswain/base';
import { parseKubeconfig } from '../kubeconfig/index.ts';
import type { HttpTarget } from './index.ts';

/** A token file is read again after so long, as client-go does. */
const tokenRereadMs = 10_000;

/** What `httpClient` needs, from one context of a kubeconfig file. Data win over files of the same name. */
export async function loadKubeconfig(
  path: string,
  { clock, context }: { readonly clock: Clock; readonly context?: string | undefined },
): Promise<HttpTarget & { readonly namespace: string }> {
  const config = parseKubeconfig(await readFile(path, 'utf8'), context);
  const { cluster, user } = config;
  const from = (name: string): string => resolve(dirname(path), name);
  const pem = async (
    data: string | undefined,
    file: string | undefined,
  ): Promise<string | undefined> =>
    data ? Buffer.from(data, 'base64').toString('utf8') : file && readFile(from(file), 'utf8');
  return {
    url: cluster.server.replace(/\/$/, ''),
    ca: await pem(cluster['certificate-authority-data'], cluster['certificate-authority']),
    certificate: await pem(user['client-certificate-data'], user['client-certificate']),
    key: await pem(user['client-key-data'], user['client-key']),
    serverName: cluster['tls-server-name'],
    insecure: cluster['insecure-skip-tls-verify'],
    token: tokenOf(user.token, user.tokenFile && from(user.tokenFile), clock),
    ...(user.as && { impersonate: { user: user.as, groups: user['as-groups'] ?? [] } }),
    namespace: config.context.namespace ?? 'default',
  };
}

/** A tokenFile wins over a token, and is followed when it is written anew. */
function tokenOf(
  token: string | undefined,
  file: string | undefined,
  clock: Clock,
): (() => Promise<string>) | undefined {
  if (!file) return token ? () => Promise.resolve(token) : undefined;
  let kept = '';
  let readAtMs = -Infinity;
  return async () => {
    if (clock.now() - readAtMs >= tokenRereadMs) {
      kept = (await readFile(file, 'utf8')).trim();
      readAtMs = clock.now();
    }
    return kept;
  };
}

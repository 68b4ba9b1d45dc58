import { existsSync, readFileSync } from 'node:fs';
import { type ClientConfig, clientConfig, confirmChosen, usable } from '../config/client-config.ts';
import { type Kubeconfig, kubeconfigPaths, loadKubeconfig } from '../config/kubeconfig.ts';
import { type Discovery, discover, tellUndiscovered } from './discovery.ts';
import { keepDiscovery, keptDiscovery } from './discovery-cache.ts';
import { openRest, type Rest } from './rest.ts';
import type { Session } from './session.ts';
import { traceConfig } from './trace.ts';

const accountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

/** A session over the kubeconfig that flags and environment name, which counts the server's warnings. Disposing it ends its connections. */
export function openSession(
  given: Pick<
    Session,
    'io' | 'env' | 'cwd' | 'world' | 'signal' | 'program' | 'global' | 'preference'
  >,
): Session & Disposable & { readonly warnings: () => number } {
  const { env, global, io } = given;
  let loaded: Kubeconfig | undefined;
  let settled: ClientConfig | undefined;
  let rest: Rest | undefined;
  let discovery: Promise<Discovery> | undefined;
  const kubeconfig = (): Kubeconfig => {
    if (loaded) return loaded;
    loaded = loadKubeconfig(global.kubeconfig, env);
    for (const path of kubeconfigPaths(global.kubeconfig, env))
      if (existsSync(path)) traceConfig(given, path);
    return loaded;
  };
  const config = (): ClientConfig => {
    if (settled) return settled;
    const chosen = clientConfig(kubeconfig(), global);
    const isEmpty = Object.keys(chosen.cluster).length === 0;
    return (settled = usable((isEmpty && inCluster(chosen, env)) || chosen, kubeconfig()));
  };
  const fresh = async (asks: number): Promise<Discovery> => {
    const served = await discover(session).catch((error: unknown) => {
      discovery = undefined;
      tellUndiscovered(session, error, asks);
      throw error;
    });
    keepDiscovery(session, served);
    return served;
  };
  const found = async (which: 'fresh' | undefined, asks: number): Promise<Discovery> => {
    const known = await (discovery ?? keptDiscovery(session));
    return known && !(which === 'fresh' && known.isKept) ? known : fresh(asks);
  };
  const session: Session = {
    ...given,
    ...{ kubeconfig, config },
    warn: (text) => io.err(text),
    namespace() {
      if (global.namespace) return { name: global.namespace, isExplicit: true };
      confirmChosen(kubeconfig(), global);
      return { name: config().context.namespace ?? 'default', isExplicit: false };
    },
    rest: () => (rest ??= openRest(config(), session)),
    discovery: (which, asks = 1) => (discovery = found(which, asks)),
  };
  return {
    ...session,
    warnings: () => rest?.warnings() ?? 0,
    [Symbol.dispose]: () => rest?.[Symbol.dispose](),
  };
}

/** Who and where we are inside a pod: what kubectl falls back to without a kubeconfig. */
function inCluster(config: ClientConfig, env: NodeJS.ProcessEnv): ClientConfig | undefined {
  const [host, port] = [env['KUBERNETES_SERVICE_HOST'], env['KUBERNETES_SERVICE_PORT']];
  if (!host || !port) return undefined;
  let namespace: string;
  try {
    readFileSync(`${accountFolder}/token`);
    namespace = readFileSync(`${accountFolder}/namespace`, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return {
    ...config,
    cluster: {
      server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
      'certificate-authority': `${accountFolder}/ca.crt`,
    },
    user: { tokenFile: `${accountFolder}/token`, ...config.user },
    context: { ...config.context, namespace: config.context.namespace ?? namespace },
  };
}

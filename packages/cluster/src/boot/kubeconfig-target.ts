import type { WebhookTarget } from '@coxswain/apiserver/authz';
import type { World } from '@coxswain/base';
import { loadKubeconfig } from '@coxswain/client/http';

/** The server that a kubeconfig names, as webhooks are called. */
export async function kubeconfigTarget(
  path: string,
  { clock }: Pick<World, 'clock'>,
): Promise<WebhookTarget> {
  const { url, ca, certificate, key, token, serverName, insecure } = await loadKubeconfig(path, {
    clock,
  });
  const trust = { ca, cert: certificate, key, serverName, insecure };
  return { url, trust, bearerToken: token };
}

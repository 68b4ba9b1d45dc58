import type { WebhookTarget } from '@coxswain/apiserver/authz';
import type { World } from '@coxswain/base';
import { loadKubeconfig } from '@coxswain/client/http';

/** The server that a kubeconfig names, as webhooks are called. */
export async function kubeconfigTarget(path: string, { clock }: World): Promise<WebhookTarget> {
  const { url, ca, certificate, key, token } = await loadKubeconfig(path, { clock });
  return { url, trust: { ca, cert: certificate, key }, bearerToken: token };
}

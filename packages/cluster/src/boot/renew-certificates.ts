import type { Pki } from '@coxswain/apiserver/certificates';
import type { Listening } from './api-server.ts';
import type { ClusterContext } from './cluster-context.ts';

/** Certificates live a year and are renewed when a third is left: looking twice a day is plenty. */
const lookEveryMs = 12 * 60 * 60 * 1000;

/** Renews certificates while the cluster runs; the API server shows its new one to new connections. */
export async function renewCertificates(
  renewed: Listening['renewed'],
  ensure: () => Pki,
  { world, signal }: Pick<ClusterContext, 'world' | 'signal'>,
): Promise<void> {
  while (!signal.aborted) {
    await world.clock.sleep(lookEveryMs, signal).catch(() => {});
    if (signal.aborted) return;
    const pki = ensure();
    if (pki.renewed.length === 0) continue;
    world.log.info('certificates renewed', { names: pki.renewed.join(' ') });
    renewed(pki);
  }
}

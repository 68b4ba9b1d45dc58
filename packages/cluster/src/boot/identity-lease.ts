import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { ApiError, formatMicroTime, Leases } from '@coxswain/api';
import type { Lease } from '@coxswain/api/types/coordination-v1';
import type { ApiServer } from '@coxswain/apiserver';
import { uuid } from '@coxswain/base';
import { componentClient } from './components.ts';
import * as identities from './identities.ts';

const namespace = 'kube-system';
const component = 'kube-apiserver';
const label = 'apiserver.kubernetes.io/identity';
const durationSeconds = 3600;
const renewMs = 10_000;
const cleanMs = 3_600_000;

/** What names a server among those of one store: as upstream, by the name of its machine. */
export function serverIdentity(host: string): string {
  const digest = createHash('sha256');
  for (const part of [host, component])
    digest.update(Buffer.of(part.length >> 8, part.length & 0xff)).update(part);
  return `apiserver-${base32(digest.digest().subarray(0, 16))}`;
}

const digits = 'abcdefghijklmnopqrstuvwxyz234567';

/** RFC 4648 in lower case, without padding. */
function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return bits.replaceAll(/.{1,5}/g, (five) => digits[Number.parseInt(five.padEnd(5, '0'), 2)]!);
}

/** Shows by a Lease that this server is there, and removes those of servers that have not shown themselves for an hour. */
export async function keepIdentityLease(server: ApiServer, signal: AbortSignal): Promise<void> {
  const { world } = server.engine;
  const host = hostname().toLowerCase();
  const name = serverIdentity(host);
  const holderIdentity = `${name}_${uuid(world.random)}`;
  const client = componentClient(server, identities.loopback, 'identity');
  const log = world.log.named('apiserver');
  const renew = async (): Promise<void> => {
    const held = server.objects.get<Lease>(Leases, name, namespace);
    const labels = { ...held?.metadata.labels, [label]: component, 'kubernetes.io/hostname': host };
    const lease = {
      metadata: { ...held?.metadata, name, namespace, labels },
      spec: {
        holderIdentity,
        leaseDurationSeconds: durationSeconds,
        renewTime: formatMicroTime(world.clock.now()),
      },
    };
    await (held
      ? client.update(Leases, lease, { signal })
      : client.create(Leases, lease, { signal }));
  };
  const clean = async (): Promise<void> => {
    for (const lease of server.objects.all<Lease>(Leases, namespace))
      if (lease.metadata.labels?.[label] === component && isOver(lease, world.clock.now()))
        await client
          .remove(Leases, lease.metadata.name, { namespace, signal })
          .catch((error: unknown) => {
            if (!(error instanceof ApiError && error.code === 404)) throw error;
          });
  };
  let cleanedMs = 0;
  const round = async (): Promise<void> => {
    await renew();
    if (world.clock.now() - cleanedMs < cleanMs) return;
    await clean();
    cleanedMs = world.clock.now();
  };
  while (!signal.aborted) {
    await world.work.track(round()).catch((error: unknown) => {
      const isLost = error instanceof ApiError && error.code === 409; // looked at again in a moment
      if (!signal.aborted && !isLost) log.error('the identity lease was not renewed', error);
    });
    await world.clock.sleep(renewMs, signal).catch(() => {});
  }
}

function isOver({ spec }: Lease, nowMs: number): boolean {
  const { renewTime, leaseDurationSeconds } = spec ?? {};
  if (!renewTime || leaseDurationSeconds === undefined) return true;
  return Date.parse(renewTime) + leaseDurationSeconds * 1000 < nowMs;
}

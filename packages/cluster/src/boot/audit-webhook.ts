import type { AuditEvent } from '@coxswain/apiserver/audit';
import type { Carrier, World } from '@coxswain/base';
import type { HttpTarget } from '@coxswain/client/http';
import type { Deliver } from './audit-delivery.ts';

/** Tries to hand over one batch, and how the pause grows between them, as upstream's webhooks do. */
const triesMax = 5;
const growth = 1.5;
const timeoutMs = 30_000;

/** Sends events as an EventList, and again after a pause when that fails, until `signal` ends it. */
export function auditWebhook(
  target: HttpTarget,
  backoffMs: number,
  { clock }: World,
  carry: Carrier,
  signal: AbortSignal,
): Deliver {
  const once = async (items: readonly AuditEvent[]): Promise<void> => {
    const url = new URL(target.url);
    const list = { kind: 'EventList', apiVersion: 'audit.k8s.io/v1', metadata: {}, items };
    const token = await target.token?.();
    const answer = await carry({
      ...{ url, method: 'POST', target: `${url.pathname}${url.search}` },
      headers: [
        ['Host', url.host],
        ['Content-Type', 'application/json'],
        ...(token ? [['Authorization', `Bearer ${token}`] as const] : []),
      ],
      trust: { ca: target.ca, cert: target.certificate, key: target.key },
      body: new TextEncoder().encode(JSON.stringify(list)),
      signal: AbortSignal.timeout(timeoutMs),
    });
    for await (const _ of answer.body); // read to its end, so that the connection can be used again
    if (answer.status >= 300) throw new Error(`the audit webhook answered ${answer.status}`);
  };
  return async (items) => {
    let pauseMs = backoffMs;
    for (let attempt = 1; ; attempt++)
      try {
        return await once(items);
      } catch (error) {
        if (attempt >= triesMax || signal.aborted) throw error;
        await clock.sleep(pauseMs, signal);
        pauseMs *= growth;
      }
  };
}

/** Lists as kubectl makes them, and the service level of API calls as clusterloader judges it. */
import type { Clock } from '@coxswain/base';
import type { Client } from '@coxswain/client';
import { openWire, type Server } from '@coxswain/client/http';

const table = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';

export interface Paged {
  readonly firstMs: number;
  /** Until the last byte of the last page, nothing parsed but the token of the next. */
  readonly allMs: number;
  readonly cpuMs: number;
  readonly items: number;
}

/** `kubectl get pods -A`: pages of 500 rows, one after another. */
export async function pagedList(target: Server, clock: Clock, cpu: () => number): Promise<Paged> {
  using wire = openWire(target, clock);
  const cpuFrom = cpu();
  const from = performance.now();
  let firstMs = 0;
  let items = 0;
  let next = '';
  do {
    const { body } = await wire.send({
      method: 'GET',
      target: `/api/v1/pods?limit=500${next && `&continue=${encodeURIComponent(next)}`}`,
      headers: { accept: table },
      signal: AbortSignal.timeout(60_000),
    });
    const chunks: Uint8Array[] = [];
    for await (const chunk of body) chunks.push(chunk);
    firstMs ||= performance.now() - from;
    const text = Buffer.concat(chunks).toString('latin1');
    items += text.split('"cells":').length - 1;
    next = /"continue":"([^"]*)"/.exec(text.slice(0, 1000) + text.slice(-2000))?.[1] ?? '';
  } while (next);
  return { firstMs, allMs: performance.now() - from, cpuMs: cpu() - cpuFrom, items };
}

const line = /^apiserver_request_duration_seconds_bucket\{(.*)\} (\d+)/;
const label = (labels: string, name: string): string =>
  new RegExp(`(?:^|,)${name}="([^"]*)"`).exec(labels)?.[1] ?? '';

/** The 99th percentile of each call, by the server's own histogram, where there were enough to tell. */
export async function sloTable(client: Client): Promise<string> {
  const text = (await client.raw({
    method: 'GET',
    path: '/metrics',
    signal: AbortSignal.timeout(30_000),
  })) as string;
  const calls = new Map<string, { le: number; count: number }[]>();
  for (const one of text.split('\n')) {
    const [, labels = '', count = '0'] = line.exec(one) ?? [];
    if (!labels || /^(WATCH|CONNECT)$/.test(label(labels, 'verb'))) continue;
    const key = ['verb', 'resource', 'subresource', 'scope']
      .map((name) => label(labels, name))
      .join(' ');
    const le = Number(label(labels, 'le').replace('+Inf', 'Infinity'));
    const buckets = calls.get(key) ?? [];
    const known = buckets.find((bucket) => bucket.le === le);
    if (known) known.count += Number(count);
    else buckets.push({ le, count: Number(count) });
    calls.set(key, buckets);
  }
  const rows = [...calls].flatMap(([key, buckets]) => {
    const sorted = buckets.toSorted((a, b) => a.le - b.le);
    const total = sorted.at(-1)?.count ?? 0;
    const p99 = sorted.find(({ count }) => count >= total * 0.99)?.le ?? Infinity;
    const limit = /^LIST .*(cluster|namespace)$/.test(key) ? 30 : 1;
    return total >= 100 ? [{ key, total, p99, limit }] : [];
  });
  const heading = 'API calls, p99 at most (SLO 1 s, lists 30 s), by count:\n';
  const bad = rows.filter(({ p99, limit }) => p99 > limit).length;
  return `${heading}${rows
    .toSorted((a, b) => b.total - a.total)
    .slice(0, 25)
    .map(({ key, total, p99 }) => `  ${key.padEnd(45)} ${String(total).padStart(9)}  <= ${p99} s\n`)
    .join('')}${bad} of ${rows.length} kinds of call miss their SLO\n`;
}

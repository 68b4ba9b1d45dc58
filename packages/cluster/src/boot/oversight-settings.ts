import { readFile } from 'node:fs/promises';
import { parseYaml } from '@coxswain/api';
import { type AuditSettings, policyOf } from '@coxswain/apiserver/audit';
import { tracingSettings } from '@coxswain/apiserver/tracing';
import type { Tracing } from '@coxswain/apiserver/tracing/export';
import type { Clock, World } from '@coxswain/base';
import { outgoing } from '@coxswain/base/wire';
import { loadKubeconfig } from '@coxswain/client/http';
import { Failure } from '../command/verb.ts';
import {
  AuditDelivery,
  type AuditDeliverySettings,
  type AuditMode,
  type Deliver,
} from './audit-delivery.ts';
import { AuditLog } from './audit-log.ts';
import { auditWebhook } from './audit-webhook.ts';
import { type AuditBatchFlag, auditFallbacks, type OversightFlag } from './oversight-flags.ts';
import { durationMs } from './go-duration.ts';

type Flags = Readonly<Partial<Record<OversightFlag, string>>>;

const dayMs = 86_400_000;
const megabyte = 2 ** 20;

/** The audit as the flags want it: nothing without a policy. What it opened ends with `signal`. */
export async function auditSettings(
  flags: Flags,
  world: World,
  signal: AbortSignal,
): Promise<AuditSettings | undefined> {
  const path = flags['audit-policy-file'];
  if (path === undefined) return undefined;
  const policy = await readPolicy(path);
  const ways = [await webhookOf(flags, world, signal), logOf(flags, world.clock, signal)] as const;
  const deliveries = (['webhook', 'log'] as const).flatMap((plugin, at) => {
    const deliver = ways[at];
    return deliver ? [new AuditDelivery(deliveryOf(plugin, flags), world, deliver)] : [];
  });
  signal.addEventListener(
    'abort',
    () => void Promise.all(deliveries.map((each) => each[Symbol.asyncDispose]())),
    { once: true },
  );
  return { policy, sinks: deliveries.map(({ sink }) => sink) };
}

/** What the two ways to keep events have in common, but for what they do without flags. */
function deliveryOf(plugin: 'log' | 'webhook', flags: Flags): AuditDeliverySettings {
  const fallback = auditFallbacks[plugin];
  const take = (name: AuditBatchFlag): string => flags[`audit-${plugin}-${name}`] ?? fallback[name];
  return {
    plugin,
    mode: take('mode') as AuditMode,
    bufferMax: Number(take('batch-buffer-size')),
    batchMax: Number(take('batch-max-size')),
    waitMs: durationMs(take('batch-max-wait')),
    throttle:
      take('batch-throttle-enable') === 'true'
        ? { qps: Number(take('batch-throttle-qps')), burst: Number(take('batch-throttle-burst')) }
        : undefined,
    eventBytesMax:
      take('truncate-enabled') === 'true' ? Number(take('truncate-max-event-size')) : undefined,
  };
}

async function readPolicy(path: string): Promise<AuditSettings['policy']> {
  const text = await readFile(path, 'utf8').catch((cause: Error) => {
    throw new Failure(
      `loading audit policy file: failed to read file path "${path}": ${cause.message}`,
      { cause },
    );
  });
  try {
    return policyOf(parseYaml(text).value);
  } catch (cause) {
    throw new Failure(`loading audit policy file: ${(cause as Error).message}: from file ${path}`, {
      cause,
    });
  }
}

function logOf(flags: Flags, clock: Clock, signal: AbortSignal): Deliver | undefined {
  const path = flags['audit-log-path'];
  if (path === undefined) return undefined;
  const number = (name: OversightFlag, fallback: number): number => Number(flags[name] ?? fallback);
  const settings = {
    path,
    format: flags['audit-log-format'] === 'legacy' ? 'legacy' : 'json',
    maxBytes: number('audit-log-maxsize', 100) * megabyte,
    maxBackups: number('audit-log-maxbackup', 100),
    maxAgeMs: number('audit-log-maxage', 366) * dayMs,
    compress: flags['audit-log-compress'] === 'true',
  } as const;
  try {
    const log = new AuditLog(settings, clock);
    // Behind those that still hand over what waits.
    signal.addEventListener('abort', () => void setImmediate(() => log[Symbol.dispose]()), {
      once: true,
    });
    return (events) => events.forEach((event) => log.write(event));
  } catch (cause) {
    throw new Failure(`cannot write the audit log ${path}: ${(cause as Error).message}`, { cause });
  }
}

async function webhookOf(
  flags: Flags,
  world: World,
  signal: AbortSignal,
): Promise<Deliver | undefined> {
  const path = flags['audit-webhook-config-file'];
  if (path === undefined) return undefined;
  const target = await loadKubeconfig(path, { clock: world.clock }).catch((cause: Error) => {
    throw new Failure(`initializing audit webhook: ${cause.message}`, { cause });
  });
  const backoffMs = durationMs(flags['audit-webhook-initial-backoff'] ?? '10s');
  return auditWebhook(target, backoffMs, world, outgoing(), signal);
}

/** Traces as the file wants them; nothing without one. */
export async function openTracingOf(flags: Flags, world: World): Promise<Tracing | undefined> {
  const path = flags['tracing-config-file'];
  if (path === undefined) return undefined;
  const settings = await readFile(path, 'utf8')
    .then((text) => tracingSettings(parseYaml(text).value))
    .catch((cause: Error) => {
      throw new Failure(`failed to read tracing config: ${cause.message}`, { cause });
    });
  // Brings a protocol of its own: loaded only where it is wanted.
  const { openTracing } = await import('@coxswain/apiserver/tracing/export');
  return openTracing(settings, world);
}

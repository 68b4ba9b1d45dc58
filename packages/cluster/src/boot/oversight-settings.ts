import { readFile } from 'node:fs/promises';
import { parseYaml } from '@coxswain/api';
import { type AuditSettings, policyOf } from '@coxswain/apiserver/audit';
import type { Clock, World } from '@coxswain/base';
import { outgoing } from '@coxswain/base/wire';
import { loadKubeconfig } from '@coxswain/client/http';
import { Failure } from '../command/verb.ts';
import { AuditLog } from './audit-log.ts';
import { AuditWebhook } from './audit-webhook.ts';
import type { OversightFlag } from './oversight-flags.ts';
import { durationMs } from './server-flags.ts';

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
  const log = logOf(flags, world.clock);
  const webhook = await webhookOf(flags, world);
  signal.addEventListener(
    'abort',
    () => {
      log?.[Symbol.dispose]();
      void webhook?.[Symbol.asyncDispose]();
    },
    { once: true },
  );
  return { policy, sinks: [log?.sink, webhook?.sink].filter((sink) => sink !== undefined) };
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

function logOf(flags: Flags, clock: Clock): AuditLog | undefined {
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
    return new AuditLog(settings, clock);
  } catch (cause) {
    throw new Failure(`cannot write the audit log ${path}: ${(cause as Error).message}`, { cause });
  }
}

async function webhookOf(flags: Flags, world: World): Promise<AuditWebhook | undefined> {
  const path = flags['audit-webhook-config-file'];
  if (path === undefined) return undefined;
  const target = await loadKubeconfig(path, { clock: world.clock }).catch((cause: Error) => {
    throw new Failure(`initializing audit webhook: ${cause.message}`, { cause });
  });
  const settings = {
    target,
    mode: flags['audit-webhook-mode'] ?? 'batch',
    bufferMax: Number(flags['audit-webhook-batch-buffer-size'] ?? 10_000),
    batchMax: Number(flags['audit-webhook-batch-max-size'] ?? 400),
    waitMs: durationMs(flags['audit-webhook-batch-max-wait'] ?? '30s'),
    backoffMs: durationMs(flags['audit-webhook-initial-backoff'] ?? '10s'),
  };
  return new AuditWebhook(settings, world, outgoing());
}

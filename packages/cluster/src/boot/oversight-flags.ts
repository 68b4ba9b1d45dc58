import type { Flag } from '../command/flags.ts';
import { isDuration } from './go-duration.ts';
import { isBoolean, isCount, isNumber, isOneOf, own } from './own-flag.ts';

/** What both ways to keep audit events have a flag for, behind `audit-log-` and `audit-webhook-`. */
export type AuditBatchFlag =
  | 'batch-buffer-size'
  | 'batch-max-size'
  | 'batch-max-wait'
  | 'batch-throttle-burst'
  | 'batch-throttle-enable'
  | 'batch-throttle-qps'
  | 'mode'
  | 'truncate-enabled'
  | 'truncate-max-batch-size'
  | 'truncate-max-event-size'
  | 'version';

const truncation = {
  'truncate-enabled': 'false',
  'truncate-max-batch-size': '10485760',
  'truncate-max-event-size': '102400',
  version: 'audit.k8s.io/v1',
};

/** What they are without flags. */
export const auditFallbacks: Readonly<
  Record<'log' | 'webhook', Readonly<Record<AuditBatchFlag, string>>>
> = {
  log: {
    'batch-buffer-size': '10000',
    'batch-max-size': '1',
    'batch-max-wait': '0s',
    'batch-throttle-burst': '0',
    'batch-throttle-enable': 'false',
    'batch-throttle-qps': '0',
    mode: 'blocking',
    ...truncation,
  },
  webhook: {
    'batch-buffer-size': '10000',
    'batch-max-size': '400',
    'batch-max-wait': '30s',
    'batch-throttle-burst': '15',
    'batch-throttle-enable': 'true',
    'batch-throttle-qps': '10',
    mode: 'batch',
    ...truncation,
  },
};

export type OversightFlag =
  | `audit-${'log' | 'webhook'}-${AuditBatchFlag}`
  | 'audit-log-compress'
  | 'audit-log-format'
  | 'audit-log-maxage'
  | 'audit-log-maxbackup'
  | 'audit-log-maxsize'
  | 'audit-log-path'
  | 'audit-policy-file'
  | 'audit-webhook-config-file'
  | 'audit-webhook-initial-backoff'
  | 'enable-priority-and-fairness'
  | 'encryption-provider-config'
  | 'encryption-provider-config-automatic-reload'
  | 'tracing-config-file';

const modes = isOneOf('batch', 'blocking', 'blocking-strict');

/** The flags of one way to keep audit events. */
function auditFlags<P extends 'log' | 'webhook'>(
  plugin: P,
): Readonly<Record<`audit-${P}-${AuditBatchFlag}`, Flag<string>>> {
  const all: Readonly<
    Record<AuditBatchFlag, readonly [string, string, ((given: string) => void)?]>
  > = {
    'batch-buffer-size': ['N', 'Audit events that wait at most', isCount],
    'batch-max-size': ['N', 'Audit events handed over at once', isCount],
    'batch-max-wait': ['DURATION', 'How long audit events gather', isDuration],
    'batch-throttle-burst': ['N', 'Batches handed over at once after a rest', isCount],
    'batch-throttle-enable': ['BOOL', 'Bound the number of batches a second', isBoolean],
    'batch-throttle-qps': ['N', 'Batches handed over in a second', isNumber],
    mode: ['MODE', `Whether requests wait for the audit ${plugin}`, modes],
    'truncate-enabled': [
      'BOOL',
      'Leave out of large audit events what makes them large',
      isBoolean,
    ],
    'truncate-max-batch-size': ['BYTES', 'Most bytes of a batch of audit events', isCount],
    'truncate-max-event-size': ['BYTES', 'Most bytes of an audit event', isCount],
    version: ['VERSION', 'Form of audit events', isOneOf('audit.k8s.io/v1')],
  };
  const fallbacks = auditFallbacks[plugin];
  return Object.fromEntries(
    Object.entries(all).map(([name, [value, help, check]]) => [
      `audit-${plugin}-${name}`,
      own(value, help, fallbacks[name as AuditBatchFlag], check),
    ]),
  ) as Readonly<Record<`audit-${P}-${AuditBatchFlag}`, Flag<string>>>;
}

/** kube-apiserver's flags of what watches over requests. */
export const oversightFlags: Readonly<Record<OversightFlag, Flag<string>>> = {
  ...auditFlags('log'),
  ...auditFlags('webhook'),
  'audit-log-compress': own('BOOL', 'Compress older audit logs', 'false', isBoolean),
  'audit-log-format': own('FORMAT', 'json or legacy', 'json', isOneOf('json', 'legacy')),
  'audit-log-maxage': own('DAYS', 'How long older audit logs are kept', '366', isCount),
  'audit-log-maxbackup': own('N', 'How many older audit logs are kept', '100', isCount),
  'audit-log-maxsize': own('MB', 'Size at which an audit log is put aside', '100', isCount),
  'audit-log-path': own('FILE', 'Where audit events are written; - is the standard output', 'none'),
  'audit-policy-file': own('FILE', 'What the audit records of which requests', 'none'),
  'audit-webhook-config-file': own('FILE', 'kubeconfig of where audit events go', 'none'),
  'audit-webhook-initial-backoff': own('DURATION', 'Pause before a second try', '10s'),
  'encryption-provider-config': own(
    'FILE',
    'How objects are encrypted where they are kept',
    'none',
  ),
  'encryption-provider-config-automatic-reload': own(
    'BOOL',
    'Follow changes of --encryption-provider-config',
    'false',
    isBoolean,
  ),
  'tracing-config-file': own('FILE', 'TracingConfiguration: where spans of requests go', 'none'),
  'enable-priority-and-fairness': own(
    'BOOL',
    'Queue requests by flow schemas and priority levels',
    'true',
    isBoolean,
  ),
};

/** Those that name a file. */
export const oversightFiles: readonly OversightFlag[] = [
  'audit-log-path',
  'audit-policy-file',
  'audit-webhook-config-file',
  'encryption-provider-config',
  'tracing-config-file',
];

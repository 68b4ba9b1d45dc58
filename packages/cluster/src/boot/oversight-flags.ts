import type { Flag } from '../command/flags.ts';
import { isBoolean, isCount, isOneOf, own } from './own-flag.ts';

export type OversightFlag =
  | 'audit-log-compress'
  | 'audit-log-format'
  | 'audit-log-maxage'
  | 'audit-log-maxbackup'
  | 'audit-log-maxsize'
  | 'audit-log-path'
  | 'audit-policy-file'
  | 'audit-webhook-batch-buffer-size'
  | 'audit-webhook-batch-max-size'
  | 'audit-webhook-batch-max-wait'
  | 'audit-webhook-config-file'
  | 'audit-webhook-initial-backoff'
  | 'audit-webhook-mode'
  | 'enable-priority-and-fairness'
  | 'encryption-provider-config'
  | 'encryption-provider-config-automatic-reload';

const modes = isOneOf('batch', 'blocking', 'blocking-strict');

/** kube-apiserver's flags of what watches over requests. */
export const oversightFlags: Readonly<Record<OversightFlag, Flag<string>>> = {
  'audit-log-compress': own('BOOL', 'Compress older audit logs', 'false', isBoolean),
  'audit-log-format': own('FORMAT', 'json or legacy', 'json', isOneOf('json', 'legacy')),
  'audit-log-maxage': own('DAYS', 'How long older audit logs are kept', '366', isCount),
  'audit-log-maxbackup': own('N', 'How many older audit logs are kept', '100', isCount),
  'audit-log-maxsize': own('MB', 'Size at which an audit log is put aside', '100', isCount),
  'audit-log-path': own('FILE', 'Where audit events are written; - is the standard output', 'none'),
  'audit-policy-file': own('FILE', 'What the audit records of which requests', 'none'),
  'audit-webhook-batch-buffer-size': own('N', 'Audit events that wait at most', '10000', isCount),
  'audit-webhook-batch-max-size': own('N', 'Audit events sent at once', '400', isCount),
  'audit-webhook-batch-max-wait': own('DURATION', 'How long audit events gather', '30s'),
  'audit-webhook-config-file': own('FILE', 'kubeconfig of where audit events go', 'none'),
  'audit-webhook-initial-backoff': own('DURATION', 'Pause before a second try', '10s'),
  'audit-webhook-mode': own('MODE', 'Whether requests wait for the audit webhook', 'batch', modes),
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
];

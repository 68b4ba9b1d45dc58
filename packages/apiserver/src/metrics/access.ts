import type { UserInfo } from '@coxswain/api';
import { exponentialBuckets, type World } from '@coxswain/base';

const buckets = exponentialBuckets(0.001, 2, 15);

/** Told how it went to find out who calls, and whether they may. */
export interface AccessFigures {
  /** `user`: who it is; undefined where nobody knows; `error` where what they showed is wrong. */
  authenticated(user: UserInfo | 'error' | undefined, sinceMs: number): void;
  authorized(result: 'allowed' | 'denied' | 'no-opinion' | 'error', sinceMs: number): void;
  readonly now: () => number;
}

/** Callers who are counted by their names; there would be too many others. */
const counted = new Set([
  ...['admin', 'client', 'kube_proxy', 'kubelet', 'system:serviceaccount:kube-system:default'],
]);

const nameOf = ({ name }: UserInfo): string =>
  counted.has(name) ? name : name.includes('@') ? 'email_id' : 'other';

/** Counts authentication and authorisation in the metrics of `world`. */
export function accessFigures({ metrics, clock }: World): AccessFigures {
  const count = (name: string, label: string, help: string) =>
    metrics.counter({ name, labels: [label], help, stability: 'ALPHA' });
  const time = (name: string, help: string) =>
    metrics.histogram({ name, labels: ['result'], help, buckets, stability: 'ALPHA' });
  const users = count('authenticated_user_requests', 'username', 'Requests by who sent them.');
  const attempts = count('authentication_attempts', 'result', 'Attempts to find out who calls.');
  const found = time('authentication_duration_seconds', 'Time to find out who calls.');
  const asked = count('authorization_attempts_total', 'result', 'Questions whether someone may.');
  const decided = time('authorization_duration_seconds', 'Time to decide whether someone may.');
  const secondsSince = (ms: number): number => (clock.now() - ms) / 1000;
  return {
    now: () => clock.now(),
    authenticated(user, sinceMs) {
      const result = user === 'error' ? user : user ? 'success' : 'failure';
      if (typeof user === 'object') users.add(1, nameOf(user));
      attempts.add(1, result);
      found.observe(secondsSince(sinceMs), result);
    },
    authorized(result, sinceMs) {
      asked.add(1, result);
      decided.observe(secondsSince(sinceMs), result);
    },
  };
}

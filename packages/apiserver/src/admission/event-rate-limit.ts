import { ApiError, Events, type FieldError, fieldErrorText } from '@coxswain/api';
import type { Event } from '@coxswain/api/types/core-v1';
import type { Clock } from '@coxswain/base';
import { invalidValue, notSupported } from '../kinds/rules/field.ts';
import type { Admission, AdmissionPlugin } from './plugin.ts';
import { aggregateText, isWrite } from './refuse.ts';

interface Limit {
  readonly type: string;
  readonly qps: number;
  readonly burst: number;
  readonly cacheSize?: number;
}

/** Upstream's number of buckets for one limit when the configuration names none. */
const bucketsMax = 4096;

/** By what events are counted together. */
const keys: Readonly<Record<string, (admission: Admission) => string>> = {
  Namespace: ({ namespace }) => namespace,
  Server: () => '',
  SourceAndObject({ object }) {
    const { source, involvedObject: about } = object as Event;
    return [source?.component, source?.host, about.kind, about.namespace, about.name, about.uid]
      .concat(about.apiVersion)
      .join('');
  },
  User: ({ user }) => user.name,
};

/** Reads the limits; throws with upstream's words on what is wrong. */
export function eventLimits(file: unknown): readonly Limit[] {
  const {
    apiVersion,
    kind,
    limits = [],
  } = (file ?? { limits: [] }) as {
    readonly apiVersion?: string;
    readonly kind?: string;
    readonly limits?: readonly Limit[];
  };
  if (
    file !== undefined &&
    (apiVersion !== 'eventratelimit.admission.k8s.io/v1alpha1' || kind !== 'Configuration')
  )
    throw new Error(`no kind "${kind}" is registered for version "${apiVersion}"`);
  const errors = limits.flatMap(limitErrors);
  if (limits.length === 0) errors.push(invalidValue('limits', null, 'must not be empty'));
  if (errors.length > 0) throw new Error(aggregateText(errors.map(fieldErrorText)));
  return limits;
}

function limitErrors({ type, qps, burst, cacheSize = 0 }: Limit, at: number): FieldError[] {
  const path = `limits[${at}]`;
  return [
    ...(keys[type] ? [] : [notSupported(`${path}.type`, type, Object.keys(keys))]),
    ...(burst > 0 ? [] : [invalidValue(`${path}.burst`, burst, 'must be positive')]),
    ...(qps > 0 ? [] : [invalidValue(`${path}.qps`, qps, 'must be positive')]),
    ...(cacheSize >= 0 || type === 'Server'
      ? []
      : [invalidValue(`${path}.cacheSize`, cacheSize, 'must not be negative')]),
  ];
}

/** Keeps events from flooding the store. */
export function eventRateLimit(limits: readonly Limit[], clock: Clock): AdmissionPlugin {
  const enforcers = limits.map((limit) => ({ limit, take: buckets(limit, clock) }));
  return {
    name: 'EventRateLimit',
    handles: (admission) => isWrite(admission, Events, ['CREATE', 'UPDATE']) && !admission.dryRun,
    validate(admission) {
      const reached = enforcers.flatMap(({ limit: { type }, take }) => {
        const key = keys[type]!(admission);
        return take(key) ? [] : [`limit reached on type ${type} for key ${key}`];
      });
      if (reached.length > 0)
        throw new ApiError(429, 'TooManyRequests', `Too many requests: ${aggregateText(reached)}`);
    },
  };
}

/** One bucket of tokens for each key; the one that was not asked for the longest time makes room. */
function buckets({ qps, burst, cacheSize }: Limit, clock: Clock): (key: string) => boolean {
  const max = cacheSize || bucketsMax;
  const all = new Map<string, { readonly tokens: number; readonly atMs: number }>();
  return (key) => {
    const nowMs = clock.now();
    const last = all.get(key) ?? { tokens: burst, atMs: nowMs };
    const tokens = Math.min(burst, last.tokens + ((nowMs - last.atMs) / 1000) * qps);
    const isFree = tokens >= 1;
    all.delete(key);
    all.set(key, { tokens: isFree ? tokens - 1 : tokens, atMs: nowMs });
    if (all.size > max) all.delete(all.keys().next().value!);
    return isFree;
  };
}

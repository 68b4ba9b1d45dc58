import { Pods } from '@coxswain/api';
import type { Pod } from '@coxswain/api/types/core-v1';
import type { Clock } from '@coxswain/base';
import {
  TtlCache,
  type WebhookClient,
  type WebhookTarget,
  withRetries,
} from '../webhook-client/index.ts';
import type { Admission, AdmissionPlugin } from './plugin.ts';
import { isWrite, refuse } from './refuse.ts';

/** What `--admission-control-config-file` says of the plugin, with the server that its kubeconfig names. */
export interface ImagePolicySettings {
  readonly target: WebhookTarget;
  readonly allowTtlMs: number;
  readonly denyTtlMs: number;
  readonly backoffMs: number;
  readonly defaultAllow: boolean;
}

interface ImageReview {
  readonly kind?: string;
  readonly apiVersion?: string;
  readonly status?: {
    readonly allowed?: boolean;
    readonly reason?: string;
    readonly auditAnnotations?: Readonly<Record<string, string>>;
  };
}

const answersMax = 1024;
const timeoutMs = 30_000;
const apiVersion = 'imagepolicy.k8s.io/v1alpha1';
const annotationPart = '.image-policy.k8s.io/';
const auditPrefix = `imagepolicywebhook${annotationPart}`;
const never = new AbortController().signal;

const minuteMs = 60_000;
/** In the units of the file: what it may say, and what holds when it says 0 or nothing; -1 turns it off. */
const durations = {
  retryBackoff: { unitMs: 1, leastMs: 0, mostMs: 5 * minuteMs, usualMs: 500, least: '1ns' },
  allowTTL: {
    unitMs: 1000,
    leastMs: 1000,
    mostMs: 30 * minuteMs,
    usualMs: 5 * minuteMs,
    least: '1s',
  },
  denyTTL: { unitMs: 1000, leastMs: 1000, mostMs: 30 * minuteMs, usualMs: 30_000, least: '1s' },
} as const;

/** Reads the plugin's part of the file; throws with upstream's words on what is wrong. */
export function imagePolicySettings(file: unknown): ImagePolicySettings {
  if (file === undefined) throw new Error('no config specified');
  const { imagePolicy = {} } = file as { readonly imagePolicy?: Record<string, unknown> };
  const duration = (name: keyof typeof durations): number => {
    const { unitMs, leastMs, mostMs, usualMs, least } = durations[name];
    const given = (imagePolicy[name] ?? 0) as number;
    if (given === -1) return 0;
    if (given === 0) return usualMs;
    const ms = given * unitMs;
    if (ms < leastMs || ms > mostMs)
      throw new Error(
        `valid value is between ${least} and ${goDuration(mostMs)}, got ${goDuration(ms)}`,
      );
    return ms;
  };
  return {
    backoffMs: duration('retryBackoff'),
    allowTtlMs: duration('allowTTL'),
    denyTtlMs: duration('denyTTL'),
    defaultAllow: imagePolicy['defaultAllow'] === true,
    target: (imagePolicy['target'] ?? {}) as WebhookTarget,
  };
}

/** As Go prints a duration. */
function goDuration(ms: number): string {
  if (ms < 0) return `-${goDuration(-ms)}`;
  if (ms < 1000) return `${ms}ms`;
  const [hours, minutes, seconds] = [ms / 3_600_000, (ms / minuteMs) % 60, (ms / 1000) % 60];
  const parts = [`${Math.floor(hours)}h`, `${Math.floor(minutes)}m`, `${seconds}s`];
  return parts.slice(hours >= 1 ? 0 : minutes >= 1 ? 1 : 2).join('');
}

/** Asks a server outside whether the images of a pod may run; its answers are kept for a while. */
export function imagePolicyWebhook(
  { target, allowTtlMs, denyTtlMs, backoffMs, defaultAllow }: ImagePolicySettings,
  client: WebhookClient,
  clock: Clock,
): AdmissionPlugin {
  const known = new TtlCache<NonNullable<ImageReview['status']>>(clock, answersMax);
  const ask = async (spec: object): Promise<NonNullable<ImageReview['status']>> => {
    const review = { kind: 'ImageReview', apiVersion, metadata: {}, spec };
    const answer = (await withRetries(
      clock,
      never,
      () =>
        client.post(
          target,
          { ...review, status: { allowed: false } },
          { timeoutMs, signal: never },
        ),
      backoffMs,
    )) as ImageReview;
    if (answer.kind !== review.kind || answer.apiVersion !== apiVersion)
      throw new Error(
        `no kind "${answer.kind ?? ''}" is registered for version "${answer.apiVersion ?? ''}"`,
      );
    return answer.status ?? {};
  };
  return {
    name: 'ImagePolicyWebhook',
    handles: (admission) =>
      ['', 'ephemeralcontainers'].some((part) =>
        isWrite(admission, Pods, ['CREATE', 'UPDATE'], part),
      ),
    async validate(admission) {
      const spec = specOf(admission);
      const key = JSON.stringify(spec);
      let status = known.get(key);
      if (!status)
        try {
          status = await ask(spec);
          known.set(key, status, status.allowed === true ? allowTtlMs : denyTtlMs);
        } catch (error) {
          if (!defaultAllow) throw refuse(admission, (error as Error).message);
          return admission.annotate(`${auditPrefix}failed-open`, 'true');
        }
      for (const [name, value] of Object.entries(status.auditAnnotations ?? {}))
        admission.annotate(`${auditPrefix}${name}`, value);
      if (status.allowed === true) return;
      throw refuse(
        admission,
        status.reason
          ? `image policy webhook backend denied one or more images: ${status.reason}`
          : 'one or more images rejected by webhook backend',
      );
    },
  };
}

function specOf({ object, subresource, namespace }: Admission): object {
  const { spec, metadata } = object as Pod;
  const { containers, initContainers = [], ephemeralContainers = [] } = spec;
  const asked = subresource === '' ? [...containers, ...initContainers] : ephemeralContainers;
  const told = Object.entries(metadata.annotations ?? {})
    .filter(([name]) => name.includes(annotationPart))
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return {
    ...(asked.length > 0 && {
      containers: asked.map(({ image }) => ({ ...(image && { image }) })),
    }),
    ...(told.length > 0 && { annotations: Object.fromEntries(told) }),
    ...(namespace && { namespace }),
  };
}

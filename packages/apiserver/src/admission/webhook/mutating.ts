import { ApiError, applyJsonPatch, internalError, type KubeObject } from '@coxswain/api';
import type { AdmissionResponse } from '@coxswain/api/types/admission-v1';
import type { MutatingWebhook } from '@coxswain/api/types/admissionregistration-v1';
import { isSame } from '../../rest/equal.ts';
import type { AdmissionParts } from '../index.ts';
import type { Admission, AdmissionPlugin } from '../plugin.ts';
import { callHook, CallFailure, checkTime, failureOf } from './call-hook.ts';
import { meetsConditions } from './conditions.ts';
import { type Hook, mutatingHooks } from './hooks.ts';
import { invocationOf, seenAs } from './match.ts';
import type { Seen } from './review.ts';
import { isExempt } from './rules.ts';

type MutatingHook = Hook<MutatingWebhook>;

const pluginName = 'MutatingAdmissionWebhook';
const mutation = 'mutation.webhook.admission.k8s.io/';
const patched = 'patch.webhook.admission.k8s.io/';

/** What is remembered between the rounds over one write. */
interface Kept {
  /** Webhooks that were asked and want to be asked again when something has changed after them. */
  readonly asked: Set<string>;
  /** Those that are to be asked in the second round. */
  readonly again: Set<string>;
  /** What the last round has made. */
  output: KubeObject | undefined;
}

/** Lets the webhooks of MutatingWebhookConfigurations change what is written, one after the other. */
export function mutatingWebhooks(parts: AdmissionParts): AdmissionPlugin {
  const hooks = mutatingHooks(parts.objects);
  return {
    name: pluginName,
    handles: (admission) => hooks.all.length > 0 && !isExempt(admission),
    async mutate(admission, signal) {
      const { rounds, object } = admission;
      const kept = keptOf(admission);
      const isAgain = rounds?.round === 1;
      if (isAgain && !isSame(kept.output, object)) askAgain(kept);
      let current = object;
      for (const [index, hook] of hooks.all.entries()) {
        const now = { ...admission, object: current };
        const invocation = invocationOf(parts, hook, now);
        if (!invocation || (isAgain && !kept.again.has(hook.id))) continue;
        const seen = seenAs(parts.versions, now, invocation.resource);
        if (!(await meetsConditions(parts.authorizers, hook, seen, signal))) continue;
        const next = await changedBy(parts, hook, seen, index, signal);
        if (current && next && !isSame(current, next)) {
          askAgain(kept);
          if (rounds) rounds.again = true;
        }
        current = next;
        if (hook.webhook.reinvocationPolicy === 'IfNeeded') kept.asked.add(hook.id);
      }
      kept.output = current;
      return current as KubeObject;
    },
  };
}

function keptOf({ rounds }: Admission): Kept {
  const found = rounds?.kept.get(pluginName) as Kept | undefined;
  if (found) return found;
  const fresh: Kept = { asked: new Set(), again: new Set(), output: undefined };
  rounds?.kept.set(pluginName, fresh);
  return fresh;
}

function askAgain({ asked, again }: Kept): void {
  for (const id of asked) again.add(id);
  asked.clear();
}

/** The object as one webhook leaves it, in the version of the request. */
async function changedBy(
  parts: AdmissionParts,
  hook: MutatingHook,
  seen: Seen,
  index: number,
  signal: AbortSignal,
): Promise<KubeObject | undefined> {
  const { versions, webhooks } = parts;
  const { admission, resource, object } = seen;
  const key = `round_${admission.rounds?.round ?? 0}_index_${index}`;
  let next = object;
  try {
    const response = await callHook(webhooks, hook, seen, true, signal);
    next = await withPatch(parts, seen, hook, response, key);
  } catch (error) {
    noteMutation(admission, hook, key, false);
    if (!(error instanceof CallFailure)) throw error;
    const failure = failureOf(hook, error);
    if (failure) throw failure;
    admission.annotate(`failed-open.${mutation}${key}`, hook.webhook.name);
    checkTime(signal);
    return admission.object;
  }
  const isChanged = object !== undefined && !isSame(object, next);
  noteMutation(admission, hook, key, isChanged);
  if (!isChanged || !next) return admission.object;
  return versions.convert(next, resource, admission.resource);
}

function noteMutation(
  admission: Admission,
  { configuration, webhook }: MutatingHook,
  key: string,
  mutated: boolean,
): void {
  const value = { configuration, webhook: webhook.name, mutated };
  admission.annotate(`${mutation}${key}`, JSON.stringify(value));
}

/** The object with the patch of the answer. */
async function withPatch(
  { versions }: AdmissionParts,
  { admission, resource, object }: Seen,
  { configuration, webhook }: MutatingHook,
  { patch = '', patchType }: AdmissionResponse,
  key: string,
): Promise<KubeObject | undefined> {
  if (!patch) return object;
  const operations = decodedPatch(webhook.name, patch);
  if (operations.length === 0) return object;
  if (!object)
    throw internalError(
      `admission webhook "${webhook.name}" attempted to modify the object, which is not supported for this operation`,
    );
  if (patchType !== 'JSONPatch')
    throw new CallFailure(webhook.name, `unsupported patch type "${patchType ?? ''}"`, undefined);
  try {
    const changed = applyJsonPatch(object as unknown as Record<string, unknown>, operations);
    const next = versions.canonical(changed as KubeObject, resource, admission.context);
    const value = { configuration, webhook: webhook.name, patch: operations, patchType };
    admission.annotate(`${patched}${key}`, JSON.stringify(value));
    return next;
  } catch (error) {
    // What upstream hides from who patches by himself it tells here.
    throw internalError(error instanceof ApiError ? (error.cause ?? error) : error);
  }
}

function decodedPatch(webhook: string, patch: string): readonly unknown[] {
  try {
    const text = new TextDecoder().decode(Uint8Array.fromBase64(patch));
    const operations: unknown = JSON.parse(text);
    if (operations === null) return [];
    if (Array.isArray(operations)) return operations;
    throw new Error('json: cannot unmarshal object into Go value of type jsonpatch.Patch');
  } catch (cause) {
    const why = `received undecodable patch in webhook response: ${(cause as Error).message}`;
    throw new CallFailure(webhook, why, cause);
  }
}

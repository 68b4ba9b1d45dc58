import type { KubeObject } from '@coxswain/api';
import type { Admission, MutationRounds } from '../admission/plugin.ts';
import { writeFigures } from '../metrics/writes.ts';
import type { Call } from './engine.ts';

export interface Admitted {
  readonly operation: Admission['operation'];
  readonly name?: string;
  readonly dryRun: boolean;
  readonly object: KubeObject | undefined;
  readonly before: KubeObject | undefined;
  readonly options: unknown;
}

function admissionOf(call: Call, what: Admitted, rounds?: MutationRounds): Admission {
  const { request, served, namespace, context } = call;
  return {
    operation: what.operation,
    verb: request.info.verb,
    resource: served.resource,
    subresource: request.info.subresource,
    namespace,
    name: what.name ?? call.name,
    user: context.user,
    dryRun: what.dryRun,
    object: what.object,
    before: what.before,
    options: what.options,
    context,
    rounds,
    warn: (text) => request.warn(text),
    annotate: (key, value) => request.annotate(key, value),
  };
}

/** Lets the admission plugins change what is to be written, in their order; once more when one asks for it. */
export function mutate(call: Call, what: Admitted): Promise<KubeObject | undefined> {
  return writeFigures(call.engine.world).admitted('admit', what.operation, async () => {
    const first: MutationRounds = { round: 0, again: false, kept: new Map() };
    const object = await mutateOnce(call, what, first);
    if (!first.again) return object;
    return mutateOnce(call, { ...what, object }, { ...first, round: 1 });
  });
}

async function mutateOnce(
  call: Call,
  what: Admitted,
  rounds: MutationRounds,
): Promise<KubeObject | undefined> {
  let { object } = what;
  let admission = admissionOf(call, what, rounds);
  for (const plugin of call.engine.admission) {
    if (!plugin.mutate || !plugin.handles(admission)) continue;
    const answer = plugin.mutate(admission, call.request.signal);
    const next = answer instanceof Promise ? await answer : answer;
    if (!object || next === object) continue;
    object = next;
    admission = admissionOf(call, { ...what, object }, rounds);
  }
  return object;
}

/** Lets the admission plugins refuse what is to be written. */
export function admit(call: Call, what: Admitted): Promise<void> {
  return writeFigures(call.engine.world).admitted('validate', what.operation, async () => {
    const admission = admissionOf(call, what);
    for (const plugin of call.engine.admission) {
      if (!plugin.validate || !plugin.handles(admission)) continue;
      const answer = plugin.validate(admission, call.request.signal);
      if (answer instanceof Promise) await answer;
    }
  });
}

import type { KubeObject } from '@coxswain/api';
import type { Admission, MutationRounds } from '../admission/plugin.ts';
import { type Answer, writeFigures } from '../metrics/writes.ts';
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
export function mutate(call: Call, what: Admitted): Answer<KubeObject | undefined> {
  const first: MutationRounds = { round: 0, again: false, kept: new Map() };
  const again = (object: KubeObject | undefined): Answer<KubeObject | undefined> =>
    first.again ? mutateOnce(call, { ...what, object }, { ...first, round: 1 }) : object;
  return writeFigures(call.engine.world).admitted('admit', what.operation, () => {
    const answer = mutateOnce(call, what, first);
    return answer instanceof Promise ? answer.then(again) : again(answer);
  });
}

/** Waits only for a plugin that does. */
function mutateOnce(
  call: Call,
  what: Admitted,
  rounds: MutationRounds,
  from = 0,
): Answer<KubeObject | undefined> {
  let { object } = what;
  let admission = admissionOf(call, what, rounds);
  const plugins = call.engine.admission;
  for (let at = from; at < plugins.length; at++) {
    const plugin = plugins[at]!;
    if (!plugin.mutate || !plugin.handles(admission)) continue;
    const next = plugin.mutate(admission, call.request.signal);
    if (next instanceof Promise)
      return next.then((changed) =>
        mutateOnce(call, { ...what, object: object && changed }, rounds, at + 1),
      );
    if (!object || next === object) continue;
    object = next;
    admission = admissionOf(call, { ...what, object }, rounds);
  }
  return object;
}

/** Lets the admission plugins refuse what is to be written. */
export function admit(call: Call, what: Admitted): Answer<void> {
  return writeFigures(call.engine.world).admitted('validate', what.operation, () =>
    admitFrom(call, admissionOf(call, what), 0),
  );
}

function admitFrom(call: Call, admission: Admission, from: number): Answer<void> {
  const plugins = call.engine.admission;
  for (let at = from; at < plugins.length; at++) {
    const plugin = plugins[at]!;
    if (!plugin.validate || !plugin.handles(admission)) continue;
    const answer = plugin.validate(admission, call.request.signal);
    if (answer instanceof Promise) return answer.then(() => admitFrom(call, admission, at + 1));
  }
}

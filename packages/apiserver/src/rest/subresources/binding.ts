import { conflict, type FieldError, formatTime, invalid, type KubeObject } from '@coxswain/api';
import type { Binding, Pod, PodCondition } from '@coxswain/api/types/core-v1';
import { admit, mutate } from '../admit.ts';
import { decodeBody } from '../decode.ts';
import type { Call, Subresource } from '../engine.ts';
import type { Facet } from '../facet.ts';
import { modify } from '../modify.ts';
import { optionsObject, writeOptions } from '../options.ts';
import { checkAccept, success } from '../respond.ts';

/** Gives a pod to a node: once, and only a pod that may be scheduled. */
export const binding: Subresource = { create: (call) => bind(call) };

/** POST of a Binding, to `pods/{name}/binding` or to `bindings`, where the object names the pod. */
export async function bind(call: Call): ReturnType<NonNullable<Subresource['create']>> {
  checkAccept(call);
  const options = writeOptions(call.request, 'CreateOptions');
  const asked = await decodeBody(call, { apiVersion: 'v1', kind: 'Binding' }, options);
  const admission = {
    operation: 'CREATE',
    dryRun: options.dryRun,
    before: undefined,
    options: optionsObject('CreateOptions', options),
  } as const;
  const wanted = (await mutate(call, { ...admission, object: asked })) as Binding;
  await admit(call, { ...admission, object: wanted });
  validate(wanted);
  const pods = call.engine.catalog.get('', 'v1', 'pods')!;
  const target: Call = { ...call, served: pods, name: call.name || wanted.metadata.name };
  await modify(target, options, {
    facet: assignment,
    next: (before) => assigned(target, before as Pod, wanted),
    ownsFields: true,
  });
  return success(201);
}

function validate({ target, metadata: { name } }: Binding): void {
  const errors: FieldError[] = [];
  if (target.kind && target.kind !== 'Node')
    errors.push({
      type: 'FieldValueNotSupported',
      field: 'target.kind',
      value: target.kind,
      detail: 'supported values: "Node", "<empty>"',
    });
  if (!target.name) errors.push({ type: 'FieldValueRequired', field: 'target.name', detail: '' });
  if (errors.length > 0)
    throw invalid({ group: '', resource: 'bindings', kind: 'Binding', name }, errors);
}

/** No strategy has a say: the server itself writes. */
const assignment: Facet = {
  subresource: 'binding',
  prepare: (next) => next,
  validate: () => undefined,
  isWhole: false,
};

function assigned(call: Call, pod: Pod, { metadata, target }: Binding): KubeObject {
  const { name } = pod.metadata;
  const refuse = (why: string): Error =>
    conflict({ group: '', resource: 'pods/binding', name }, why);
  for (const [field, said] of [
    ['UID', 'uid'],
    ['ResourceVersion', 'resourceVersion'],
  ] as const) {
    const wanted = metadata[said];
    if (wanted && wanted !== pod.metadata[said])
      throw conflict(
        { group: '', resource: 'pods', name },
        `Precondition failed: ${field} in precondition: ${wanted}, ${field} in object meta: ${pod.metadata[said]}`,
      );
  }
  if (pod.metadata.deletionTimestamp)
    throw refuse(`pod ${name} is being deleted, cannot be assigned to a host`);
  if (pod.spec?.nodeName)
    throw refuse(`pod ${name} is already assigned to node ${JSON.stringify(pod.spec.nodeName)}`);
  if (pod.spec?.schedulingGates?.length)
    throw refuse(`pod ${name} has non-empty .spec.schedulingGates`);
  const { nominatedNodeName: _, ...status } = pod.status ?? {};
  const result: Pod = {
    ...pod,
    metadata: {
      ...pod.metadata,
      ...(metadata.annotations && {
        annotations: { ...pod.metadata.annotations, ...metadata.annotations },
      }),
      ...(metadata.labels && { labels: { ...pod.metadata.labels, ...metadata.labels } }),
    },
    spec: { ...pod.spec!, nodeName: target.name! },
    status: { ...status, conditions: scheduled(call, pod) },
  };
  return result;
}

function scheduled({ context }: Call, pod: Pod): readonly PodCondition[] {
  const others = pod.status?.conditions ?? [];
  const at = others.findIndex(({ type }) => type === 'PodScheduled');
  const condition: PodCondition = {
    type: 'PodScheduled',
    status: 'True',
    lastProbeTime: null as never,
    lastTransitionTime: formatTime(context.nowMs),
  };
  return at < 0 ? [...others, condition] : others.with(at, condition);
}

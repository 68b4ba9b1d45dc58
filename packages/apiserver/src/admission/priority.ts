import { Pods, PriorityClasses } from '@coxswain/api';
import type { Pod } from '@coxswain/api/types/core-v1';
import type { PriorityClass } from '@coxswain/api/types/scheduling-v1';
import type { Objects } from '../authz/objects.ts';
import type { Admission, AdmissionPlugin } from './plugin.ts';
import { isWrite, refuse } from './refuse.ts';

/** Gives new pods the priority of their class, and keeps one default class at most. */
export function priority(objects: Objects): AdmissionPlugin {
  return {
    name: 'Priority',
    handles: (admission) =>
      isWrite(admission, Pods, ['CREATE', 'UPDATE']) ||
      isWrite(admission, PriorityClasses, ['CREATE', 'UPDATE']),
    mutate(admission) {
      if (admission.resource.resource !== Pods.resource) return admission.object!;
      return admission.operation === 'CREATE'
        ? withPriority(admission, objects)
        : keepPriority(admission);
    },
    validate(admission) {
      if (admission.resource.resource === PriorityClasses.resource) onlyDefault(admission, objects);
    },
  };
}

function withPriority(admission: Admission, objects: Objects): Pod {
  const pod = admission.object as Pod;
  const name = pod.spec.priorityClassName;
  const found = name ? objects.get(PriorityClasses, name) : defaultClass(objects);
  if (name && !found) throw refuse(admission, `no PriorityClass with name ${name} was found`);
  const value = found?.value ?? 0;
  if (pod.spec.priority !== undefined && pod.spec.priority !== value)
    throw refuse(
      admission,
      `the integer value of priority (${pod.spec.priority}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`,
    );
  const policy = found?.preemptionPolicy ?? 'PreemptLowerPriority';
  const asked = pod.spec.preemptionPolicy;
  if (asked && asked !== policy)
    throw refuse(
      admission,
      `the string value of PreemptionPolicy (${asked}) must not be provided in pod spec; priority admission controller computed ${policy} from the given PriorityClass name`,
    );
  const className = name || found?.metadata.name;
  return {
    ...pod,
    spec: {
      ...pod.spec,
      priority: value,
      ...(className && { priorityClassName: className }),
      preemptionPolicy: policy,
    },
  };
}

/** A pod written back by a client that does not know the fields keeps them. */
function keepPriority({ object, before }: Admission): Pod {
  const pod = object as Pod;
  const old = before as Pod;
  const { priority, preemptionPolicy } = pod.spec;
  const lostPriority = priority === undefined && old.spec.priority !== undefined;
  const lostPolicy = preemptionPolicy === undefined && old.spec.preemptionPolicy !== undefined;
  if (!lostPriority && !lostPolicy) return pod;
  return {
    ...pod,
    spec: {
      ...pod.spec,
      ...(lostPriority && { priority: old.spec.priority }),
      ...(lostPolicy && { preemptionPolicy: old.spec.preemptionPolicy }),
    },
  };
}

function onlyDefault(admission: Admission, objects: Objects): void {
  const own = admission.object as PriorityClass;
  if (!own.globalDefault) return;
  const other = defaultClass(objects);
  if (!other || (admission.operation === 'UPDATE' && other.metadata.name === own.metadata.name))
    return;
  throw refuse(
    admission,
    `PriorityClass ${other.metadata.name} is already marked as default. Only one default can exist`,
  );
}

/** Of several defaults, made at the same moment, the one of the lowest value counts. */
function defaultClass(objects: Objects): PriorityClass | undefined {
  let lowest: PriorityClass | undefined;
  for (const one of objects.all(PriorityClasses))
    if (one.globalDefault && (!lowest || (lowest.value ?? 0) > (one.value ?? 0))) lowest = one;
  return lowest;
}

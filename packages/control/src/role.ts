import { Events, type Resource } from '@coxswain/api';
import type { PolicyRule } from '@coxswain/api/types/rbac-v1';
import type { Controller } from './controller.ts';
import type { Loop } from './loop.ts';
import { isLoop, type Unit } from './unit.ts';

/** The rules that let a unit do what it declares, and nothing more. */
export function roleOf(unit: Unit): readonly PolicyRule[] {
  return [...(isLoop(unit) ? loopRules(unit) : controllerRules(unit)), recordsEvents];
}

const recordsEvents: PolicyRule = {
  apiGroups: ['', 'events.k8s.io'],
  resources: [Events.resource],
  verbs: ['create', 'patch', 'update'],
};

const reads = (resource: Resource): PolicyRule => ({
  apiGroups: [resource.group],
  resources: [resource.resource],
  verbs: ['get', 'list', 'watch'],
});

const loopRules = (loop: Loop): readonly PolicyRule[] => [...loop.reads.map(reads), ...loop.rules];

function controllerRules({ reconciles, watches, writes }: Controller): readonly PolicyRule[] {
  const read = new Map(
    [reconciles, ...watches.map(({ resource }) => resource)].map((resource) => [
      `${resource.resource}.${resource.group}`,
      resource,
    ]),
  );
  return [
    ...[...read.values()].map(reads),
    ...writes.map(({ resource, subresource, verbs }) => ({
      apiGroups: [resource.group],
      resources: [subresource ? `${resource.resource}/${subresource}` : resource.resource],
      verbs,
    })),
  ];
}

import { ApiError, Nodes, Pods } from '@coxswain/api';
import { compareQuantities, milliValue, wholeValue } from '@coxswain/api/quantity';
import { podAmounts } from '@coxswain/api/quota';
import type { Node, Pod } from '@coxswain/api/types/core-v1';
import type { Objects } from '../authz/objects.ts';
import { equal } from '../kinds/rules/equal.ts';
import type { Admission, AdmissionPlugin } from './plugin.ts';
import { isWrite, refuse } from './refuse.ts';

/** A new spec for a pod that has a node. */
const isMoved = ({ object, before }: Admission): boolean =>
  Boolean((object as Pod).spec.nodeName) &&
  object?.metadata.generation !== before?.metadata.generation;

function nodeOf(admission: Admission, objects: Objects): Node {
  const { nodeName } = (admission.object as Pod).spec;
  const node = objects.get(Nodes, nodeName!);
  if (!node) throw refuse(admission, `node "${nodeName}" not found`);
  return node;
}

/** Features that an update needs of the pod's node, in the order of their names. */
const needed: readonly (readonly [
  feature: string,
  isNeeded: (now: Pod, before: Pod) => boolean,
])[] = [
  [
    'InPlacePodLevelResourcesVerticalScaling',
    (now, before) => !equal(now.spec.resources, before.spec.resources),
  ],
  [
    'InPlacePodVerticalScalingInitContainers',
    (now, before) =>
      (before.spec.initContainers ?? []).some(
        ({ restartPolicy, resources }, at) =>
          restartPolicy !== 'Always' && !equal(resources, now.spec.initContainers?.[at]?.resources),
      ),
  ],
];

/** Pods are changed only into what their node has said that it can do. */
export const nodeDeclaredFeatureValidator = (objects: Objects): AdmissionPlugin => ({
  name: 'NodeDeclaredFeatureValidator',
  handles: (admission) =>
    admission.context.enabled('NodeDeclaredFeatures') &&
    (isWrite(admission, Pods, ['UPDATE']) || isWrite(admission, Pods, ['UPDATE'], 'resize')),
  validate(admission) {
    if (!isMoved(admission)) return;
    const [now, before] = [admission.object as Pod, admission.before as Pod];
    const features = needed.filter(([, isNeeded]) => isNeeded(now, before)).map(([name]) => name);
    if (features.length === 0) return;
    const { metadata, status } = nodeOf(admission, objects);
    const missing = features.filter((each) => !status?.declaredFeatures?.includes(each));
    if (missing.length > 0)
      throw refuse(
        admission,
        `pod update requires features ${missing.join(', ')} which are not available on node "${metadata.name}"`,
      );
  },
});

/** A pod grows only to what its node could hold if it were alone there. */
export const podResizeValidator = (objects: Objects): AdmissionPlugin => ({
  name: 'PodResizeValidator',
  handles: (admission) =>
    isWrite(admission, Pods, ['UPDATE'], 'resize') &&
    admission.context.enabled('InPlacePodVerticalScaling'),
  validate(admission) {
    if (!isMoved(admission)) return;
    const { metadata, status } = nodeOf(admission, objects);
    const system = metadata.labels?.['kubernetes.io/os'] ?? 'linux';
    if (system !== 'linux')
      throw because(
        refuse(
          admission,
          `pod resize is only supported on linux nodes, node "${metadata.name}" is "${system}"`,
        ),
        'UnsupportedPlatform',
      );
    const asked = podAmounts(admission.object as Pod, 'requests', 'wanted');
    const units = { cpu: milliValue, memory: wholeValue } as const;
    const over = (['cpu', 'memory'] as const).flatMap((name) => {
      const [request, there] = [asked[name] ?? '0', status?.allocatable?.[name] ?? '0'];
      if (compareQuantities(request, there) <= 0) return [];
      return [`${name}, requested: ${units[name](request)}, allocatable: ${units[name](there)}`];
    });
    if (over.length > 0)
      throw because(
        refuse(admission, `node didn't have enough allocatable resources: ${over.join('; ')}`),
        'NodeCapacity',
      );
  },
});

const because = ({ code, reason, message, details }: ApiError, cause: string): ApiError =>
  new ApiError(code, reason, message, { ...details, causes: [{ reason: cause }] });

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type KubeObject, PersistentVolumeClaims, PersistentVolumes, Pods } from '@coxswain/api';
import type { Controller } from '@coxswain/control';
import { pod } from '../testing/objects.ts';
import { observedBy } from '../testing/observed.ts';
import {
  attributesClassProtectionController,
  claimProtectionController,
  volumeProtectionController,
} from './volume-protection.ts';

const claimFinalizer = 'kubernetes.io/pvc-protection';
const volumeFinalizer = 'kubernetes.io/pv-protection';
const classFinalizer = 'kubernetes.io/vac-protection';
const going = { deletionTimestamp: '2026-01-01T00:00:00Z' };
const claim = (metadata: object): KubeObject =>
  ({ metadata: { name: 'data', namespace: 'default', ...metadata }, spec: {} }) as KubeObject;
const user = (spec: object = {}): KubeObject =>
  pod('web', {
    spec: {
      containers: [],
      nodeName: 'n',
      volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }],
      ...spec,
    },
  });

/** The finalizers that are written; undefined when nothing is. */
function written(
  controller: Controller<any>,
  object: KubeObject,
  ...objects: readonly (readonly [any, readonly KubeObject[]])[]
): readonly string[] | undefined {
  const { namespace, name } = object.metadata;
  const observed = observedBy(controller, { objects });
  const { actions } = controller.plan(object, observed, namespace ? `${namespace}/${name}` : name);
  const [action] = actions;
  return action && 'object' in action ? (action.object.metadata.finalizers ?? []) : undefined;
}

for (const [name, object, pods, want] of [
  ['is given its finalizer', claim({}), [], [claimFinalizer]],
  ['lives with it', claim({ finalizers: [claimFinalizer] }), [], undefined],
  ['goes when nobody uses it', claim({ finalizers: ['x', claimFinalizer], ...going }), [], ['x']],
  [
    'stays for a pod on a node',
    claim({ finalizers: [claimFinalizer], ...going }),
    [user()],
    undefined,
  ],
  [
    'goes for a pod without one',
    claim({ finalizers: [claimFinalizer], ...going }),
    [user({ nodeName: '' })],
    [],
  ],
  [
    'goes for a pod that has a claim of that name for itself',
    claim({ finalizers: [claimFinalizer], name: 'web-v', ...going }),
    [user({ volumes: [{ name: 'v', ephemeral: {} }] })],
    [],
  ],
] as const)
  test(`a claim ${name}`, () =>
    assert.deepEqual(written(claimProtectionController, object, [Pods, pods]), want));

for (const [phase, want] of [
  ['Bound', undefined],
  ['Released', []],
] as const)
  test(`a volume that is ${phase}`, () => {
    const metadata = { name: 'disk', finalizers: [volumeFinalizer], ...going };
    const object = { metadata, status: { phase } } as KubeObject;
    assert.deepEqual(written(volumeProtectionController, object), want);
  });

test('a class of attributes goes when no claim and no volume names it', () => {
  const object = {
    metadata: { name: 'fast', finalizers: [classFinalizer], ...going },
  } as KubeObject;
  const named = { ...claim({}), spec: { volumeAttributesClassName: 'fast' } } as KubeObject;
  const none = [PersistentVolumes, []] as const;
  const with_ = (claims: readonly KubeObject[]) =>
    written(attributesClassProtectionController, object, none, [PersistentVolumeClaims, claims]);
  assert.equal(with_([named]), undefined);
  assert.deepEqual(with_([]), []);
});

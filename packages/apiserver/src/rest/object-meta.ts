import { badRequest, formatTime, type KubeObject } from '@coxswain/api';
import type { ObjectMeta } from '@coxswain/api/types/meta';
import { randomSuffix, uuid } from '@coxswain/base';
import type { Call } from './engine.ts';

/** Longest name that generateName makes: its suffix of five is cut to fit. */
const nameMax = 63;
const suffixLength = 5;

/** The object of a create with the metadata that only the server sets. */
export function stampNew(call: Call, object: KubeObject): KubeObject {
  const { world } = call.engine;
  const {
    resourceVersion: _r,
    deletionTimestamp: _d,
    deletionGracePeriodSeconds: _g,
    selfLink: _s,
    ...kept
  } = object.metadata;
  const metadata: ObjectMeta = {
    ...kept,
    uid: uuid(world.random),
    creationTimestamp: formatTime(world.clock.now()),
  };
  return { ...object, metadata: inNamespace(call, metadata) };
}

/** A name made of generateName, when there is none. */
export function withGeneratedName({ engine, served }: Call, object: KubeObject): KubeObject {
  const { generateName, name } = object.metadata;
  if (!generateName || name) return object;
  if (served.kind.keepsGenerateName) return withMeta(object, { name: generateName });
  const base = generateName.slice(0, nameMax - suffixLength);
  const made = [base, randomSuffix(engine.world.random, suffixLength)].join(''); // in one piece
  return { ...object, metadata: { ...object.metadata, name: made } };
}

/** The namespace of the request, which that of the object must match. */
export function inNamespace(call: Call, metadata: ObjectMeta): ObjectMeta {
  const expected = call.served.resource.namespaced ? call.namespace : '';
  const given = metadata.namespace ?? '';
  if (given === expected) return metadata;
  if (given === '') return { ...metadata, namespace: expected };
  if (expected === '') {
    // Upstream drops a namespace on what has none, in a request that names none.
    const { namespace: _, ...rest } = metadata;
    return rest;
  }
  throw badRequest(
    'the namespace of the provided object does not match the namespace sent on the request',
  );
}

/** The same object with other metadata. */
export const withMeta = (object: KubeObject, change: Partial<ObjectMeta>): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, ...change },
});

import { decodeProtobuf, encodeProtobuf, isEnvelope, type KubeObject, typeOf } from '@coxswain/api';
import type { ValueForm } from '@coxswain/storage/etcd';
import { parseStored, storedBytes } from '../watch-cache/index.ts';

/** Groups whose built-in kinds upstream keeps as JSON. */
const jsonGroups = /^(apiextensions|apiregistration)\.k8s\.io\//;

const ours = new TextEncoder().encode('{"kind":');
const startsAsOurs = (bytes: Uint8Array): boolean => ours.every((byte, i) => bytes[i] === byte);

/** Objects as upstream keeps them in etcd: built-in kinds as protobuf in its envelope, the others as JSON. */
export const etcdForm: ValueForm = {
  encode(value) {
    const object = parseStored(value);
    const { apiVersion, kind } = object;
    if (jsonGroups.test(apiVersion!) || !typeOf(apiVersion!, kind!)) return value;
    const { resourceVersion: _, ...metadata } = object.metadata;
    return encodeProtobuf({ ...object, metadata });
  },
  decode(stored) {
    if (isEnvelope(stored)) return storedBytes(decodeProtobuf(stored) as KubeObject);
    return startsAsOurs(stored) ? stored : storedBytes(parseStored(stored));
  },
};

import type { Resource } from '@coxswain/api';
import { sha256 } from '@noble/hashes/sha2.js';

const hashes = new Map<string, string>();
const encoder = new TextEncoder();

/** What upstream gives as the hash of the version in which `resource` is stored. */
export function storageVersionHash(resource: Resource): string {
  const name = nameOf(resource);
  let hash = hashes.get(name);
  if (hash === undefined) {
    hash = sha256(encoder.encode(name)).subarray(0, 8).toBase64();
    hashes.set(name, hash);
  }
  return hash;
}

/** Kinds that upstream stores in an earlier version than it prefers. */
const storedEarlier: Readonly<Record<string, string>> = {
  'admissionregistration.k8s.io/MutatingAdmissionPolicy': 'v1beta1',
  'admissionregistration.k8s.io/MutatingAdmissionPolicyBinding': 'v1beta1',
  'apiextensions.k8s.io/CustomResourceDefinition': 'v1beta1',
};

const nameOf = ({ group, version, kind }: Resource): string =>
  `${group}/${storedEarlier[`${group}/${kind}`] ?? version}/${kind}`;

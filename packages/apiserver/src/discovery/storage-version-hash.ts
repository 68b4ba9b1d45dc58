import type { Resource } from '@coxswain/api';

const hashes = new Map<string, string>();
/** Hashes under way: many versions are asked for at once when a cluster starts. */
const learning = new Map<string, Promise<void>>();

/** Learns the hashes of `resources`; afterwards `storageVersionHash` knows them. */
export async function learnStorageVersionHashes(resources: Iterable<Resource>): Promise<void> {
  for (const resource of resources) {
    const name = nameOf(resource);
    if (!learning.has(name)) learning.set(name, learn(name));
  }
  await Promise.all(learning.values());
}

async function learn(name: string): Promise<void> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(name));
  hashes.set(name, new Uint8Array(digest, 0, 8).toBase64());
}

/** What upstream gives as the hash of the version in which `resource` is stored. */
export const storageVersionHash = (resource: Resource): string =>
  hashes.get(nameOf(resource)) ?? '';

/** Kinds that upstream stores in an earlier version than it prefers. */
const storedEarlier: Readonly<Record<string, string>> = {
  'admissionregistration.k8s.io/MutatingAdmissionPolicy': 'v1beta1',
  'admissionregistration.k8s.io/MutatingAdmissionPolicyBinding': 'v1beta1',
  'apiextensions.k8s.io/CustomResourceDefinition': 'v1beta1',
};

const nameOf = ({ group, version, kind }: Resource): string =>
  `${group}/${storedEarlier[`${group}/${kind}`] ?? version}/${kind}`;

import { ApiError, type KubeObject, type UserInfo } from '@coxswain/api';
import { seededRandom } from '@coxswain/base';
import { MemoryObjects } from '../../authz/testing/memory-objects.ts';
import type { Admission, AdmissionPlugin } from '../plugin.ts';

const signal = new AbortController().signal;
export const someone: UserInfo = { name: 'ann', groups: ['system:authenticated'] };

/** A CREATE of what is given, for tests; name and namespace are the object's own. */
export function admissionOf(
  objects: MemoryObjects,
  of: Partial<Admission> & Pick<Admission, 'resource'>,
  gates: readonly string[] = [],
): Admission {
  const user = of.user ?? someone;
  const { name = '', namespace = '' } = (of.object ?? of.before)?.metadata ?? {};
  return {
    ...{ operation: 'CREATE', subresource: '', namespace, name, user, dryRun: false },
    ...{ object: undefined, before: undefined, options: {}, warn: () => {}, annotate: () => {} },
    context: {
      nowMs: Date.UTC(2026, 0, 1),
      random: seededRandom(1),
      user,
      enabled: (gate) => gates.includes(gate),
      lookup: (resource, one, space) => objects.get(resource, one, space),
    },
    ...of,
  };
}

/** What a plugin makes of a request: the object, or the code and words of its refusal. */
export async function pass(
  plugin: AdmissionPlugin,
  admission: Admission,
): Promise<KubeObject | string> {
  if (!plugin.handles(admission)) return admission.object ?? 'not handled';
  try {
    const object = plugin.mutate ? await plugin.mutate(admission, signal) : admission.object;
    await plugin.validate?.({ ...admission, object }, signal);
    return object ?? 'admitted';
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return `${error.code} ${error.message}`;
  }
}

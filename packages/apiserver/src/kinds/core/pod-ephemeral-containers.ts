import type { Pod } from '@coxswain/api/types/core-v1';
import type { Status } from '../kind.ts';
import { difference } from '../rules/difference.ts';
import { equal } from '../rules/equal.ts';
import { forbiddenField } from '../rules/field.ts';
import { keptMeta } from '../rules/split.ts';
import { fixedAnnotations, isMirror, wholePod } from './pod-rules.ts';

/** Adds containers for looking into a running pod; those there stay as they are. */
export const ephemeralContainersPart: Status<Pod> = {
  prepareForUpdate: (next, before) => ({
    ...before,
    metadata: keptMeta(next.metadata, before.metadata),
    spec: { ...before.spec, ephemeralContainers: next.spec.ephemeralContainers },
  }),
  *validateUpdate(next, before) {
    if (isMirror(before)) {
      yield forbiddenField('', 'static pods do not support ephemeral containers');
      return;
    }
    yield* wholePod(next);
    yield* fixedAnnotations(next, before);
    for (const old of before.spec.ephemeralContainers ?? []) {
      const now = next.spec.ephemeralContainers?.find(({ name }) => name === old.name);
      const named = `existing ephemeral containers "${old.name}" may not be`;
      if (!now) yield forbiddenField('spec.ephemeralContainers', `${named} removed\n`);
      else if (!equal(old, now))
        yield forbiddenField(
          'spec.ephemeralContainers',
          `${named} changed\n${difference('core.EphemeralContainer', old, now)}`,
        );
    }
  },
};

import { RuntimeClasses } from '@coxswain/api';
import type { RuntimeClass } from '@coxswain/api/types/node-v1';
import type { Kind } from '../kind.ts';
import { ageColumn, nameColumn, textColumn } from '../rules/columns.ts';
import { allInvalid } from '../rules/field.ts';
import { immutable } from '../rules/meta.ts';
import { dns1123Label } from '../rules/name.ts';
import { resourceDefaults } from '../rules/pod-defaults.ts';

/** Names a container runtime. */
export const runtimeClassKind: Kind<RuntimeClass> = {
  resource: RuntimeClasses,
  allowCreateOnUpdate: true,
  generation: false,
  defaults: ({ overhead }) => resourceDefaults(overhead?.podFixed),
  *validate({ handler }) {
    yield* allInvalid('handler', handler, dns1123Label(handler));
  },
  *validateUpdate(next, before) {
    yield* immutable('handler', next.handler, before.handler);
  },
  columns: [
    nameColumn,
    textColumn('Handler', 'What the node calls the runtime.', ({ handler }) => handler),
    ageColumn,
  ],
};

import { RuntimeClasses } from '@coxswain/api';
import type { RuntimeClass } from '@coxswain/api/types/node-v1';
import type { Kind } from '../kind.ts';
import { ageColumn, nameColumn, textColumn } from '../rules/columns.ts';
import { allInvalid, duplicate, required, type Rules } from '../rules/field.ts';
import { labels } from '../rules/labels.ts';
import { immutable } from '../rules/meta.ts';
import { dns1123Label } from '../rules/name.ts';
import { oldNodeLabels } from '../rules/node-label-warnings.ts';
import { resourceDefaults } from '../rules/pod-defaults.ts';
import { containerResources } from '../rules/resources.ts';
import { tolerations } from '../rules/scheduling.ts';

function* rules({ handler, overhead, scheduling = {} }: RuntimeClass): Rules {
  if (handler) yield* allInvalid('handler', handler, dns1123Label(handler));
  else yield required('handler');
  // What a pod costs beyond its containers is written like their limits.
  if (overhead?.podFixed)
    yield* containerResources('overhead', { limits: overhead.podFixed }, new Set());
  if (scheduling.nodeSelector) yield* labels('scheduling.nodeSelector', scheduling.nodeSelector);
  const wanted = scheduling.tolerations ?? [];
  yield* tolerations('scheduling.tolerations', wanted);
  const seen = new Set<string>();
  for (const [index, one] of wanted.entries()) {
    const { key = '', operator = '', value = '', effect = '' } = one;
    const id = JSON.stringify([key, operator, value, effect]);
    if (seen.has(id))
      yield duplicate(`scheduling.tolerations[${index}]`, {
        // by the names that upstream has inside
        ...{ Key: key, Operator: operator, Value: value, Effect: effect },
        TolerationSeconds: one.tolerationSeconds ?? null,
      });
    seen.add(id);
  }
}

/** Names a container runtime. */
export const runtimeClassKind: Kind<RuntimeClass> = {
  resource: RuntimeClasses,
  allowCreateOnUpdate: true,
  allowUnconditionalUpdate: false,
  generation: false,
  defaults: ({ overhead }) => resourceDefaults(overhead?.podFixed),
  validate: rules,
  *validateUpdate(next, before) {
    yield* rules(next);
    yield* immutable('handler', next.handler, before.handler);
  },
  *warnings({ scheduling }) {
    for (const key in scheduling?.nodeSelector)
      if (oldNodeLabels[key]) yield `scheduling.nodeSelector: ${oldNodeLabels[key]}`;
  },
  columns: [
    nameColumn,
    textColumn('Handler', 'What the node calls the runtime.', ({ handler }) => handler),
    ageColumn,
  ],
};

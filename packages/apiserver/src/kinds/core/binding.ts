import { Bindings } from '@coxswain/api';
import type { Binding } from '@coxswain/api/types/core-v1';
import type { Kind } from '../kind.ts';
import { notSupported, required, type Rules } from '../rules/field.ts';

/** Rules of where a pod is bound to. */
export function* bindingRules({ target }: Binding): Rules {
  const { kind = '', name } = target ?? {};
  if (kind && kind !== 'Node') yield notSupported('target.kind', kind, ['Node', '<empty>']);
  if (!name) yield required('target.name');
}

/** Puts a pod on a node: the old way, by a collection of its own. */
export const bindingKind: Kind<Binding> = {
  resource: Bindings,
  verbs: ['create'],
  unstored: true,
  generation: false,
  validate: bindingRules,
};

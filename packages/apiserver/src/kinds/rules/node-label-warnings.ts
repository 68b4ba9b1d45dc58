import type { NodeSelectorTerm } from '@coxswain/api/types/core-v1';
import type { LabelSelector } from '@coxswain/api/types/meta';

import { labelValue } from './name.ts';

/** Labels of nodes that are on their way out, and what upstream says of each. */
export const oldNodeLabels: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region':
    'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone':
    'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type':
    'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
  'app.kubernetes.io/created-by': 'deprecated since v1.9',
  'scheduler.alpha.kubernetes.io/preferAvoidPods':
    'deprecated since v1.22; use Taints and Tolerations instead',
  'node-role.kubernetes.io/master': 'use "node-role.kubernetes.io/control-plane" instead',
};

/** What a selector of nodes is warned of. */
export function* nodeSelectorWarnings(
  path: string,
  { matchExpressions = [], matchLabels = {} }: LabelSelector = {},
): Generator<string> {
  for (const [index, { key }] of matchExpressions.entries())
    if (oldNodeLabels[key])
      yield `${path}.matchExpressions[${index}].key: ${key} is ${oldNodeLabels[key]}`;
  for (const key in matchLabels)
    if (oldNodeLabels[key]) yield `${path}.matchLabels.${key}: ${oldNodeLabels[key]}`;
}

/** The same of one term; values are looked at where the term is only a wish. */
export function* nodeTermWarnings(
  path: string,
  term: NodeSelectorTerm,
  checksValues: boolean,
): Generator<string> {
  for (const [index, { key, values = [] }] of (term.matchExpressions ?? []).entries()) {
    const at = `${path}.matchExpressions[${index}]`;
    if (oldNodeLabels[key]) yield `${at}.key: ${key} is ${oldNodeLabels[key]}`;
    for (const [place, value] of checksValues ? values.entries() : [])
      for (const why of labelValue(value))
        yield `${at}.values[${place}]: ${value} is invalid, ${why}`;
  }
}

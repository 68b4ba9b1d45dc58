import { meets, type Operator } from '@coxswain/api/labels';
import type { Node, NodeSelectorRequirement, NodeSelectorTerm } from '@coxswain/api/types/core-v1';

const operators: Readonly<Record<string, Operator>> = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: '!',
  Gt: 'gt',
  Lt: 'lt',
};

/** Whether a term holds on `node`: all its expressions and fields do. An empty term holds nowhere. */
export function matchesTerm(
  { matchExpressions, matchFields }: NodeSelectorTerm,
  node: Node,
): boolean {
  if (!matchExpressions?.length && !matchFields?.length) return false;
  const fields = { 'metadata.name': node.metadata.name };
  return (
    (matchExpressions ?? []).every((requirement) => holds(requirement, node.metadata.labels)) &&
    (matchFields ?? []).every((requirement) => holds(requirement, fields))
  );
}

function holds(
  { key, operator, values }: NodeSelectorRequirement,
  labels: Readonly<Record<string, string>> | undefined,
): boolean {
  const known = operators[operator];
  return known !== undefined && meets({ key, operator: known, values: values ?? [] }, labels);
}

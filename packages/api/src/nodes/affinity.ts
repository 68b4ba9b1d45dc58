import { meets, type Operator } from '../labels/index.ts';
import type {
  Node,
  NodeSelectorRequirement,
  NodeSelectorTerm,
  PodSpec,
} from '../generated/core-v1.ts';

const operators: Readonly<Record<string, Operator>> = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: '!',
  Gt: 'gt',
  Lt: 'lt',
};

/** Whether the pod's nodeSelector and required node affinity allow the node. */
export function fitsRequired(spec: PodSpec | undefined, node: Node): boolean {
  const selector = spec?.nodeSelector;
  const { labels } = node.metadata;
  for (const key in selector) if (labels?.[key] !== selector[key]) return false;
  const required = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return !required || required.nodeSelectorTerms.some((term) => matchesTerm(term, node));
}

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

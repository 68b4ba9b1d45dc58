import type { FieldError } from '@coxswain/api';
import { type CelType, estimateCost, limits, type Program, type SizeHint } from '@coxswain/cel';
import type { Schema } from '../../crd/schema/schema.ts';
import { forbiddenField, type Rules } from '../rules/field.ts';

/** What the rules in CEL of one schema are estimated at, all together, and which weigh the most. */
export interface RuleCosts {
  total: number;
  heaviest: readonly { readonly field: string; readonly cost: number }[];
  /** The schema was stored so: no single rule is refused. */
  readonly isUnchanged: boolean;
}

const heaviestShown = 4;

/** How often a value within `schema` may be there, when the schema's own may be `count` times; undefined when nothing bounds it. */
export function countWithin(schema: Schema, count: number | undefined): number | undefined {
  const isMap = schema.type === 'object' && schema.additionalProperties !== undefined;
  const most = isMap ? schema.maxProperties : schema.type === 'array' ? schema.maxItems : 1;
  return most === undefined || count === undefined ? undefined : count * Math.max(0, most);
}

/** Sizes by the bounds of a schema. */
const sizeIn =
  (self: CelType): SizeHint =>
  (path) => {
    let type: CelType | undefined = self;
    for (const step of path?.slice(1) ?? []) {
      const [first, second]: readonly CelType[] = type?.parameters ?? [];
      if (step === '@items') type = first;
      else if (step === '@values') type = second;
      else if (step === '@keys') type = second && first;
      else type = type?.fields?.get(step)?.type;
    }
    return path?.length && type ? { min: 0, max: type.maxElements ?? 0 } : undefined;
  };

/** What one rule may cost in all of an object: at most as often as values of its size fit into a request. */
function mostOf(program: Program, type: CelType, count: number | undefined): number {
  const times = count ?? Math.floor(limits.requestBytes / ((type.minSize ?? 0) + 1));
  return estimateCost(program, sizeIn(type)).max * times;
}

export const ruleCost = (
  costs: RuleCosts,
  field: string,
  program: Program,
  type: CelType,
  count: number | undefined,
): Rules => judged(costs, field, 'rule', mostOf(program, type, count));

export const messageCost = (
  costs: RuleCosts,
  field: string,
  program: Program,
  type: CelType,
): Rules => judged(costs, field, 'messageExpression', mostOf(program, type, 1));

function* judged(costs: RuleCosts, field: string, what: string, cost: number): Rules {
  if (!costs.isUnchanged && cost > limits.staticRule)
    yield forbiddenField(field, excess(`estimated ${what} cost`, cost, limits.staticRule));
  costs.total += cost;
  if (cost < limits.staticTotal / 100) return;
  costs.heaviest = [...costs.heaviest, { field, cost }]
    .toSorted((a, b) => b.cost - a.cost)
    .slice(0, heaviestShown);
}

/** What is wrong with all rules of a schema together. */
export function totalErrors({ total, heaviest }: RuleCosts, path: string): readonly FieldError[] {
  if (total <= limits.staticTotal) return [];
  const all = 'x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema';
  return [
    ...heaviest.map(({ field }) =>
      forbiddenField(
        field,
        'contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema',
      ),
    ),
    forbiddenField(path, excess(all, total, limits.staticTotal)),
  ];
}

function excess(what: string, cost: number, most: number): string {
  const times = cost / most;
  const factor = times > 100 ? 'more than 100' : times.toFixed(times < 1.5 ? 6 : 1);
  return `${what} exceeds budget by factor of ${factor}x (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)`;
}

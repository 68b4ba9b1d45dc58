import type { FieldError } from '@coxswain/api';
import { compiledOf, valueErrors } from '../../crd/expressions.ts';
import { isSame } from '../../rest/equal.ts';
import { child, type Schema } from '../../crd/schema/schema.ts';
import { invalidValue, type Rules } from '../rules/field.ts';
import { messageCost, type RuleCosts, ruleCost } from './rule-costs.ts';

/** Where a schema stands, as far as its expressions have to do with it. */
interface Place {
  readonly isRoot: boolean;
  readonly unmatched: string | undefined;
  readonly count: number | undefined;
}

/** The rules in CEL of one schema: they can be read, and what they look at can be told. */
export function* expressionRules(
  schema: Schema,
  path: string,
  { isRoot, unmatched, count }: Place,
  costs: RuleCosts,
): Rules {
  const compiled = compiledOf(schema, isRoot);
  const at = child(path, 'x-kubernetes-validations');
  if (!compiled) {
    yield {
      type: 'InternalError',
      field: at,
      detail:
        'internal error: failed to construct type information for x-kubernetes-validations rules: unable to convert structural schema to CEL declarations',
    };
    return;
  }
  const { type, rules } = compiled;
  for (const [i, { rule, program, wrong, usesOld, message, messageWrong }] of rules.entries()) {
    const own = `${at}[${i}]`;
    if (program) yield* ruleCost(costs, `${own}.rule`, program, type, count);
    if (wrong) yield invalidValue(`${own}.rule`, goRule(rule), wrong);
    if (messageWrong) yield invalidValue(`${own}.messageExpression`, goRule(rule), messageWrong);
    if (message) yield* messageCost(costs, `${own}.messageExpression`, message, type);
    if (usesOld && unmatched !== undefined)
      yield invalidValue(
        `${own}.rule`,
        rule.rule,
        `oldSelf cannot be used on the uncorrelatable portion of the schema within ${unmatched}`,
      );
    if (!usesOld && rule.optionalOldSelf !== undefined)
      yield invalidValue(
        `${own}.optionalOldSelf`,
        rule.optionalOldSelf,
        'may not be set if oldSelf is not used in rule',
      );
  }
}

/** As Go prints upstream's internal form of a rule. */
const goRule = (rule: object): object => {
  const {
    rule: text,
    message,
    messageExpression,
    reason,
    fieldPath,
    optionalOldSelf,
  } = rule as Record<string, unknown>;
  return {
    Rule: text,
    Message: message ?? '',
    MessageExpression: messageExpression ?? '',
    Reason: reason ?? null,
    FieldPath: fieldPath ?? '',
    OptionalOldSelf: optionalOldSelf ?? null,
  };
};

/** A default keeps the rules, as a value that was there and as one that is new. */
export function defaultBreaks(schema: Schema, value: unknown, path: string): readonly FieldError[] {
  const kept = valueErrors(schema, value, value, path);
  const fresh = kept.length > 0 ? [] : valueErrors(schema, value, undefined, path);
  return [...kept, ...fresh.filter((each) => !kept.some((other) => isSame(each, other)))];
}

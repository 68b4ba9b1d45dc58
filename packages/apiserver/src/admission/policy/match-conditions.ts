import type { MatchCondition } from '@coxswain/api/types/admissionregistration-v1';
import { celTypes, compile, type Environment, limits } from '@coxswain/cel';
import { aggregateText } from '../refuse.ts';
import { admissionEnvironment } from './environment.ts';
import { Evaluation, type Expression, type Given, OutOfBudget } from './evaluate.ts';

/** An error is for the failure policy to judge. */
export type Matched =
  | { readonly matches: boolean; readonly error?: undefined }
  | { readonly error: string; readonly matches?: undefined };

/** Conditions of a webhook or policy, compiled once. */
export type Conditions = readonly Expression[];

/** Compiles `matchConditions`; by default for webhooks, which have no parameters. */
export const compileConditions = (
  conditions: readonly MatchCondition[] = [],
  env: Environment = admissionEnvironment({ params: false, authorizer: true }),
): Conditions =>
  conditions.map(({ expression }) => ({
    text: expression,
    compiled: compile(expression, env, { returns: [celTypes.bool] }),
  }));

/** Whether all conditions hold. One that is false settles it, whatever failed before. */
export async function matchConditions(conditions: Conditions, given: Given): Promise<Matched> {
  if (!conditions.length) return { matches: true };
  const evaluation = new Evaluation(given, limits.matchConditionsBudget);
  const results = [];
  try {
    for (const condition of conditions) results.push(await evaluation.run(condition));
  } catch (cause) {
    if (!(cause instanceof OutOfBudget)) throw cause;
    return { error: cause.message };
  }
  if (results.some(({ value }) => value === false)) return { matches: false };
  const errors = results.flatMap(({ error }) => (error === undefined ? [] : [error]));
  return errors.length ? { error: aggregateText(errors) } : { matches: true };
}

import type {
  ValidatingAdmissionPolicy,
  Validation,
} from '@coxswain/api/types/admissionregistration-v1';
import { limits, typeName } from '@coxswain/cel';
import type { CompiledValidating } from './compile.ts';
import { type Evaluated, Evaluation, type Given, OutOfBudget } from './evaluate.ts';
import { matchConditions } from './match-conditions.ts';

/** Something that a policy does not allow. */
export interface Failure {
  readonly index: number;
  readonly message: string;
  readonly reason?: string | undefined;
}

export interface Validated {
  readonly failures: readonly Failure[];
  readonly annotations: readonly (readonly [key: string, value: string])[];
  /** Annotations that could not be had: they refuse the request. */
  readonly broken: readonly string[];
}

const nothing: Validated = { failures: [], annotations: [], broken: [] };

/** What one policy says to one request with one parameter. What fails in it is a failure unless its policy is to ignore that. */
export async function validate(
  { spec }: ValidatingAdmissionPolicy,
  compiled: CompiledValidating,
  given: Given,
): Promise<Validated> {
  const ignores = spec.failurePolicy === 'Ignore';
  const failed = (message: string): Validated =>
    ignores ? nothing : { ...nothing, failures: [{ index: 0, message }] };
  const matched = await matchConditions(compiled.conditions, given);
  if (matched.error !== undefined) return failed(matched.error);
  if (!matched.matches) return nothing;
  try {
    const failures = await failuresOf(spec.validations ?? [], compiled, given, ignores);
    return { failures, ...(await annotationsOf(compiled, given, ignores)) };
  } catch (cause) {
    if (cause instanceof OutOfBudget) return failed(cause.message);
    throw cause;
  }
}

async function failuresOf(
  validations: readonly Validation[],
  { validations: expressions }: CompiledValidating,
  given: Given,
  ignores: boolean,
): Promise<readonly Failure[]> {
  const evaluation = new Evaluation(given);
  const results: Evaluated[] = [];
  for (const { expression } of expressions) results.push(await evaluation.run(expression));
  const failures: Failure[] = [];
  const messages = new Evaluation(given, evaluation.remaining);
  for (const [index, result] of results.entries()) {
    if (result.error !== undefined) {
      if (!ignores) failures.push({ index, message: result.error });
      continue;
    }
    if (result.value === true) continue;
    const { message: expression } = expressions[index]!;
    const validation = validations[index]!;
    try {
      const said = expression && (await messages.run(expression));
      failures.push({ index, message: messageOf(validation, said), reason: validation.reason });
    } catch (cause) {
      if (!(cause instanceof OutOfBudget)) throw cause;
      if (!ignores) failures.push({ index, message: `failed messageExpression: ${cause.message}` });
    }
  }
  return failures;
}

/** The words of a messageExpression when they are fit to be said, else the message, else the expression. */
function messageOf({ message, expression }: Validation, said: Evaluated | undefined): string {
  const words = typeof said?.value === 'string' ? said.value.trim() : '';
  const fits =
    !words.includes('\n') && new TextEncoder().encode(words).length <= limits.messageBytes;
  return (fits && words) || message?.trim() || `failed expression: ${expression.trim()}`;
}

async function annotationsOf(
  { annotations: expressions }: CompiledValidating,
  given: Given,
  ignores: boolean,
): Promise<Pick<Validated, 'annotations' | 'broken'>> {
  const evaluation = new Evaluation(given);
  const annotations: (readonly [string, string])[] = [];
  const broken: string[] = [];
  for (const [key, expression] of expressions) {
    const { value, error } = await evaluation.run(expression);
    if (error !== undefined) {
      if (!ignores) broken.push(error);
    } else if (typeof value === 'string') {
      if (value.trim()) annotations.push([key, value.trim()]);
    } else if (value !== null)
      broken.push(
        `valueExpression '${expression.text}' resulted in unsupported return type: ${typeName(value!)}. Return type must be either string or null.`,
      );
  }
  return { annotations, broken };
}

import { pattern } from '../library/pattern.ts';
import { parseDuration, parseTimestamp } from '../values/time.ts';
import { CelError } from '../values/value.ts';
import type { Expr } from './ast.ts';
import type { Checked } from './check.ts';
import { someNode } from './walk.ts';
import type { CompileIssue } from './source.ts';

/** Functions whose literal argument is read when the expression is compiled, and what a wrong one is called. */
const readers: Readonly<Record<string, readonly [what: string, read: (text: string) => unknown]>> =
  {
    duration: ['duration', parseDuration],
    timestamp: ['timestamp', parseTimestamp],
    matches: ['matches', pattern],
  };

/** Durations, instants and patterns that are written out and cannot be read. */
export function checkLiterals({ expr }: Checked): readonly CompileIssue[] {
  const issues: CompileIssue[] = [];
  someNode(expr, (node) => {
    const issue = wrongLiteral(node);
    if (issue) issues.push(issue);
    return false;
  });
  return issues;
}

function wrongLiteral(node: Expr): CompileIssue | undefined {
  if (node.kind !== 'call' || !Object.hasOwn(readers, node.name)) return undefined;
  const arg = node.args.at(-1);
  if (arg?.kind !== 'literal' || typeof arg.value !== 'string') return undefined;
  const [what, read] = readers[node.name]!;
  try {
    read(arg.value);
    return undefined;
  } catch (cause) {
    if (!(cause instanceof CelError)) throw cause;
    return { at: arg.at, message: `invalid ${what} argument` };
  }
}

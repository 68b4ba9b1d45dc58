import { internalForm } from './internal-form.ts';
import { opcodesOf, type Opcode } from './opcodes.ts';

/** Lines around a change that are shown with it. */
const context = 3;

const escaped: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
};

/** As Go prints it: with its marks of HTML escaped. */
const prettyLines = (value: unknown): readonly string[] =>
  JSON.stringify(value, null, 1)
    .replaceAll(/[<>&]/g, (mark) => escaped[mark]!)
    .split('\n')
    .map((line) => `${line}\n`);

/** What changed from `before` to `after`, both of upstream's own `type`, as a unified diff of their JSON. */
export function difference(type: string, before: unknown, after: unknown): string {
  const a = prettyLines(internalForm(type, before));
  const b = prettyLines(internalForm(type, after));
  return grouped(opcodesOf(a, b))
    .map((group) => hunk(group, a, b))
    .join('');
}

function hunk(group: readonly Opcode[], a: readonly string[], b: readonly string[]): string {
  const first = group[0]!;
  const last = group.at(-1)!;
  const lines = [`@@ -${range(first.a1, last.a2)} +${range(first.b1, last.b2)} @@\n`];
  for (const { same, a1, a2, b1, b2 } of group)
    if (same) lines.push(...a.slice(a1, a2).map((line) => ` ${line}`));
    else
      lines.push(
        ...a.slice(a1, a2).map((line) => `-${line}`),
        ...b.slice(b1, b2).map((line) => `+${line}`),
      );
  return lines.join('');
}

/** A place and a length as unified diffs write them: lines are counted from 1, an empty range stands behind its line. */
function range(from: number, to: number): string {
  const length = to - from;
  if (length === 1) return String(from + 1);
  return `${length === 0 ? from : from + 1},${length}`;
}

/** Changes with what is around them; those that are near each other share a group. */
function grouped(codes: readonly Opcode[]): readonly (readonly Opcode[])[] {
  if (!codes.some(({ same }) => !same)) return [];
  const groups: Opcode[][] = [];
  let group: Opcode[] = [];
  for (const [index, code] of codes.entries()) {
    const { same, a1, a2, b1, b2 } = code;
    if (!same) {
      group.push(code);
      continue;
    }
    const isFirst = index === 0;
    const isLast = index === codes.length - 1;
    if (isFirst) group = [tail(code)];
    else if (isLast) group.push(head(code));
    else if (a2 - a1 > 2 * context) {
      groups.push([...group, head(code)]);
      group = [tail(code)];
    } else group.push({ same, a1, a2, b1, b2 });
  }
  groups.push(group);
  return groups;
}

const head = ({ a1, a2, b1, b2 }: Opcode): Opcode => ({
  ...{ same: true, a1, b1 },
  a2: Math.min(a2, a1 + context),
  b2: Math.min(b2, b1 + context),
});

const tail = ({ a1, a2, b1, b2 }: Opcode): Opcode => ({
  ...{ same: true, a2, b2 },
  a1: Math.max(a1, a2 - context),
  b1: Math.max(b1, b2 - context),
});

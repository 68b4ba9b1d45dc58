/** The part of jq that Stages use: paths, `[]`, `["key"]`, `select(PATH == VALUE)`, one after another by pipes. */

type Step = (value: unknown) => readonly unknown[];

/** Reads an expression once; the function gives every value that it finds, absent ones left out. Throws for what is not understood. */
export function jqPath(expression: string): (value: unknown) => readonly unknown[] {
  const steps = expression.split('|').map((part) => stage(part.trim(), expression));
  return (value) =>
    steps
      .reduce<readonly unknown[]>((values, step) => values.flatMap(step), [value])
      .filter((each) => each !== undefined && each !== null);
}

function stage(text: string, whole: string): Step {
  const [, path, wanted] = /^select\(\s*(.+?)\s*==\s*(.+?)\s*\)$/.exec(text) ?? [];
  if (path === undefined) return pathOf(text, whole);
  const find = pathOf(path, whole);
  const value = JSON.parse(wanted!) as unknown;
  return (each) => (find(each).includes(value) ? [each] : []);
}

const part = /\.?\[\s*(?:"((?:[^"\\]|\\.)*)"|(\d+))?\s*\]|\.([A-Za-z_][\w-]*)|\.(?=$|\[)/y;

function pathOf(text: string, whole: string): Step {
  const steps: Step[] = [];
  part.lastIndex = 0;
  while (part.lastIndex < text.length) {
    const found = part.exec(text);
    if (!found) throw new Error(`cannot read the expression ${JSON.stringify(whole)}`);
    const [all, quoted, index, name] = found;
    const key = name ?? quoted ?? index;
    if (key !== undefined)
      steps.push((value) => [(value as Record<string, unknown> | undefined)?.[key]]);
    else if (all.includes('['))
      steps.push((value) =>
        typeof value === 'object' && value !== null ? Object.values(value) : [],
      );
  }
  return (value) =>
    steps.reduce<readonly unknown[]>(
      (values, step) => values.filter((each) => each !== undefined && each !== null).flatMap(step),
      [value],
    );
}

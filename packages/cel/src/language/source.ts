/** What is wrong with a text, and where, in code points. */
export interface CompileIssue {
  readonly at: number;
  readonly message: string;
}

const snippetMax = 16_384;

function placeOf(text: string, at: number): { line: number; column: number; snippet: string } {
  const lines = text.split('\n');
  let left = at;
  for (const [index, line] of lines.entries()) {
    const length = Array.from(line).length;
    if (left <= length || index === lines.length - 1)
      return { line: index + 1, column: left, snippet: line };
    left -= length + 1;
  }
  return { line: 1, column: at, snippet: text };
}

const isWide = (char: string | undefined): boolean =>
  char !== undefined && char.codePointAt(0)! > 127;

function writeIssue(text: string, { at, message }: CompileIssue): string {
  const { line, column, snippet } = placeOf(text, at);
  const head = `ERROR: <input>:${line}:${text === '' ? 0 : column + 1}: ${message}`;
  if (snippet.length > snippetMax || text === '') return head;
  const shown = Array.from(snippet.replaceAll('\t', ' '));
  const dots = shown.slice(0, column).map((char) => (isWide(char) ? '\uFF0E' : '.'));
  return `${head}\n | ${shown.join('')}\n | ${dots.join('')}${isWide(shown[column]) ? '\uFF3E' : '^'}`;
}

/** All issues as clients are shown them: in order of place, each with its line and a caret. */
export const writeIssues = (text: string, issues: readonly CompileIssue[]): string =>
  issues
    .toSorted((a, b) => a.at - b.at)
    .map((issue) => writeIssue(text, issue))
    .join('\n');

/**
 * Runs a program in a node's network namespace and gives its output; `input` goes to its standard input.
 * Throws when it fails. Whoever puts a node together knows how to get there.
 */
export type RunInNode = (
  program: string,
  args: readonly string[],
  input?: string,
) => Promise<string>;

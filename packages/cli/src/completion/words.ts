/** A word, and what it means. */
export type Offer = readonly [word: string, help?: string];

/** What a shell may put in the place of a word, and what else it should do, as cobra's scripts read it. */
export interface Completions {
  readonly words: readonly Offer[];
  readonly directive: number;
  /** For people who look why there is nothing. */
  readonly notes?: readonly string[];
}

/** The shell completes names of files where there are no words. */
export const files = 0;
/** No space behind the word. */
export const noSpace = 2;
/** No names of files. */
export const noFiles = 4;
/** The words are endings of names of files. */
export const fileEndings = 8;

/** A line for each word. */
export const offerLines = (words: readonly Offer[], withHelp: boolean): string =>
  words.map(([word, help]) => `${word}${withHelp && help ? `\t${help}` : ''}\n`).join('');

/** The lines that `__complete` prints. */
export const completionText = ({ words, directive }: Completions, withHelp: boolean): string =>
  `${offerLines(words, withHelp)}:${directive}\n`;

const meanings: readonly (readonly [bit: number, name: string])[] = [
  [noSpace, 'NoSpace'],
  [noFiles, 'NoFileComp'],
  [fileEndings, 'FilterFileExt'],
];

/** What it says beside them, for people who look. */
export function directiveText({ directive, notes = [] }: Completions): string {
  const names = meanings.filter(([bit]) => directive & bit).map(([, name]) => name);
  const told = (names.length > 0 ? names : ['Default']).map((x) => `ShellCompDirective${x}`);
  const debug = notes.map((note) => `[Debug] ${note}\n`).join('');
  return `${debug}Completion ended with directive: ${told.join(', ')}\n`;
}

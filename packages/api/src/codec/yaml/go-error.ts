import type { YAMLError } from 'yaml';

/** Where an error is told to be: go-yaml leaves the first line out. */
const at = (line: number): string => (line > 0 ? `line ${line}: ` : '');
const lineOf = (text: string, index: number): number => text.slice(0, index).split('\n').length;
/** The scanner's errors stand at their line, the parser's at the one before. */
const scanner = (line: number): string => at(line > 1 ? line : 0);

/** What go-yaml says of the mistakes that people make most; of others what was found, with its line. */
export function goError({ code, message, pos: [from] }: YAMLError, text: string): string {
  const line = lineOf(text, from);
  const opened = Math.max(text.lastIndexOf('[', from - 1), text.lastIndexOf('{', from - 1));
  switch (code) {
    case 'BLOCK_AS_IMPLICIT_KEY': {
      const colon = from + Math.max(text.slice(from).search(/:(?:\s|$)/), 0);
      return `${scanner(lineOf(text, colon))}mapping values are not allowed in this context`;
    }
    case 'TAB_AS_INDENT':
    case 'BAD_SCALAR_START':
      return `${scanner(line)}found character that cannot start any token`;
    case 'BAD_INDENT':
      if (opened >= 0 && message.startsWith('Flow'))
        return `${at(lineOf(text, opened) - 1 || Math.max(line - 1, 1))}did not find expected ',' or '${text[opened] === '[' ? ']' : '}'}'`;
      break;
    case 'MISSING_CHAR':
      if (message.startsWith('Missing closing')) return `${at(line)}found unexpected end of stream`;
      if (message.startsWith('Implicit map keys'))
        return `${at(lineOf(text, text.length))}could not find expected ':'`;
      break;
    default:
  }
  return `line ${line}: ${message.split(' at line ')[0]}`;
}

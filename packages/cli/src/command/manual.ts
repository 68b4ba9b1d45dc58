import type { Command } from './command.ts';
import { flagRows } from './help.ts';

/** What there is to know of a command, before it is a page of one form or the other. */
export interface Page {
  /** The command with those it stands below: `cox config view`. */
  readonly name: string;
  readonly summary: string;
  readonly usage: string;
  readonly details: string;
  readonly examples: string;
  readonly flags: readonly (readonly [spelling: string, help: string])[];
}

/** The page of a command and of all below it. */
export async function pageOf(command: Command, parent: string): Promise<readonly Page[]> {
  const name = `${parent} ${command.name}`;
  const below = (command.commands ?? []).filter(({ isHidden }) => !isHidden);
  const pages = await Promise.all(below.map(async ({ load }) => pageOf(await load(), name)));
  const { summary, usage, details = '', examples = '', flags } = command;
  const own: Page = {
    ...{ name, summary, details, examples },
    usage: `${parent} ${usage}`,
    flags: flagRows(flags),
  };
  return [own, ...pages.flat()];
}

/** The forms of a manual: a page in Markdown, and a page for man. */
export const manual: {
  readonly markdown: (page: Page) => string;
  readonly man: (page: Page) => string;
} = {
  markdown: ({ name, summary, usage, details, examples, flags }) =>
    [
      `## ${name}`,
      `${summary}.`,
      fenced(usage),
      details.trim() && plainLines(details),
      flags.length > 0 && flags.map(([spelling, help]) => `- \`${spelling}\`: ${help}`).join('\n'),
      examples.trim() && fenced(examples),
    ]
      .filter(Boolean)
      .join('\n\n') + '\n',
  man: ({ name, summary, usage, details, examples, flags }) =>
    [
      `.TH "${name.replaceAll(' ', '-').toUpperCase()}" 1 "" "Coxswain" "Coxswain"`,
      `.SH NAME\n${escaped(name.replaceAll(' ', '-'))} \\- ${escaped(summary)}`,
      `.SH SYNOPSIS\n.ad l\n.B ${escaped(usage)}`,
      details.trim() && `.SH DESCRIPTION\n${escaped(plainLines(details))}`,
      flags.length > 0 &&
        `.SH OPTIONS\n${flags.map(([spelling, help]) => `.TP\n.B ${escaped(spelling)}\n${escaped(help)}`).join('\n')}`,
      examples.trim() && `.SH EXAMPLES\n.nf\n${escaped(examples.replace(/\n+$/, ''))}\n.fi`,
    ]
      .filter(Boolean)
      .join('\n') + '\n',
};

const fenced = (text: string): string => `\`\`\`console\n${text.replace(/\n+$/, '')}\n\`\`\``;

const plainLines = (text: string): string =>
  text
    .trim()
    .split('\n')
    .map((line) => line.trim())
    .join('\n');

/** Backslashes, dashes, and dots and quotes at the beginning of a line have a meaning of their own to troff. */
const escaped = (text: string): string =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll(/^([.'])/gm, '\\&$1');

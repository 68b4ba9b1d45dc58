import type { Command, CommandEntry } from './command.ts';
import type { Flags } from './flags.ts';

/** The commands that there are under a program's name. */
export const commandsOf = (
  program: string,
  commands: readonly CommandEntry[],
): readonly CommandEntry[] => commands.filter(({ isOurs }) => !isOurs || program !== 'kubectl');

/** What the program prints without a command. */
export function overview(program: string, commands: readonly CommandEntry[]): string {
  const shown = commands.filter(({ isHidden }) => !isHidden);
  const width = Math.max(...shown.map(({ name }) => name.length));
  const rows = shown.map(({ name, summary }) => `  ${name.padEnd(width)}   ${summary}\n`);
  return `${program} works with Kubernetes clusters.\n\nCommands:\n${rows.join('')}\nUsage:\n  ${program} [flags] [options]\n\nUse "${program} <command> --help" for more information about a given command.\nUse "${program} options" for a list of global command-line options (applies to all commands).\n`;
}

/** The flags that every command has. */
export const globalHelp = (flags: Flags): string =>
  `The following options can be passed to any command:\n\n${options(flags)}\n`;

/** What `--help` prints of a command. */
export function commandHelp(command: Command, full: string): string {
  const parent = full.split(' ').slice(0, -1).join(' ');
  const parts = [
    `${command.summary}.${command.details ? `\n\n ${command.details}` : ''}`,
    command.aliases && `Aliases:\n${[command.name, ...command.aliases].join(', ')}`,
    command.examples && `Examples:\n${command.examples}`,
    command.commands && `Available Commands:\n${below(command.commands)}`,
    Object.keys(command.flags).length > 0 && `Options:\n${options(command.flags)}`,
    `Usage:\n  ${parent} ${command.usage}${command.usage.includes('[options]') ? '' : ' [options]'}`,
    command.commands &&
      `Use "${full} <command> --help" for more information about a given command.`,
    `Use "${full.split(' ')[0]} options" for a list of global command-line options (applies to all commands).`,
  ];
  return `${parts.filter((part) => typeof part === 'string').join('\n\n')}\n`;
}

const below = (commands: readonly CommandEntry[]): string =>
  commands.map(({ name, summary }) => `  ${name.padEnd(20)} ${summary}`).join('\n');

/** Flags with their defaults, in kubectl's layout. */
const options = (flags: Flags): string =>
  Object.entries(flags)
    .filter(([, { isHidden }]) => !isHidden)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([name, { short, type, value, help }]) =>
        `    ${short ? `-${short}, ` : ''}--${name}=${defaultText(type, value)}:\n\t${help}`,
    )
    .join('\n\n');

const defaultText = (type: string, value: unknown): string => {
  if (type === 'string') return `'${String(value)}'`;
  if (Array.isArray(value)) return `[${value.join(',')}]`;
  return String(value);
};

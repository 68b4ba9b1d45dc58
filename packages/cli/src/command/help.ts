import type { Command, CommandEntry } from './command.ts';
import { type Flags, goDuration } from './flags.ts';

/** The commands that there are under a program's name. */
export const commandsOf = (
  program: string,
  commands: readonly CommandEntry[],
): readonly CommandEntry[] => commands.filter(({ isOurs }) => !isOurs || program !== 'kubectl');

/** A heading of the overview, with names and summaries below it. */
export type Section = readonly [
  heading: string,
  rows: readonly { readonly name: string; readonly summary: string }[],
];

/** kubectl's groups of commands; what is in none of them stands below the last heading. */
const groups: readonly (readonly [heading: string, names: string])[] = [
  ['Basic Commands (Beginner)', 'create expose run set'],
  ['Basic Commands (Intermediate)', 'explain get edit delete'],
  ['Deploy Commands', 'rollout scale autoscale'],
  ['Cluster Management Commands', 'certificate cluster-info top cordon uncordon drain taint'],
  [
    'Troubleshooting and Debugging Commands',
    'describe logs attach exec port-forward proxy cp auth debug events',
  ],
  ['Advanced Commands', 'diff apply patch replace wait kustomize convert'],
  ['Settings Commands', 'label annotate completion'],
];

/** What the program prints without a command; `first` are sections of verbs that are not among the commands. */
export function overview(
  program: string,
  commands: readonly CommandEntry[],
  first: readonly Section[] = [],
): string {
  const shown = commands.filter(
    ({ isHidden, name }) => !isHidden && !/^(help|options)$/.test(name),
  );
  const grouped = groups.flatMap(([, names]) => names.split(' '));
  const sections: readonly Section[] = [
    ...first,
    ...groups.map(([heading, names]): Section => {
      const members = names.split(' ').map((name) => shown.find((each) => each.name === name));
      return [heading, members.filter((each) => each !== undefined)];
    }),
    ['Other Commands', shown.filter(({ name }) => !grouped.includes(name))],
  ];
  const width = Math.max(...sections.flatMap(([, rows]) => rows.map(({ name }) => name.length)));
  const told = sections.map(
    ([heading, rows]) =>
      `${heading}:\n${rows.map(({ name, summary }) => `  ${name.padEnd(width)}   ${summary}\n`).join('')}`,
  );
  return `${program} works with Kubernetes clusters.\n\n${told.join('\n')}\nUsage:\n  ${program} [flags] [options]\n\nUse "${program} <command> --help" for more information about a given command.\nUse "${program} options" for a list of global command-line options (applies to all commands).\n`;
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
    `${command.commands ? `Use "${full} <command> --help" for more information about a given command.\n` : ''}Use "${full.split(' ')[0]} options" for a list of global command-line options (applies to all commands).`,
  ];
  return `${parts.filter((part) => typeof part === 'string').join('\n\n')}\n`;
}

const below = (commands: readonly CommandEntry[]): string =>
  commands
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, summary }) => `  ${name.padEnd(20)} ${summary}`)
    .join('\n');

/** Flags with their defaults, in kubectl's layout. */
const options = (flags: Flags): string =>
  flagRows(flags)
    .map(([spelling, help]) => `    ${spelling}:\n\t${help}`)
    .join('\n\n');

/** Each flag as help spells it, with what it is for. */
export const flagRows = (flags: Flags): readonly (readonly [spelling: string, help: string])[] =>
  Object.entries(flags)
    .filter(([, { isHidden }]) => !isHidden)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { short, type, value, help }]) => [
      `${short ? `-${short}, ` : ''}--${name}=${defaultText(type, value)}`,
      help,
    ]);

const defaultText = (type: string, value: unknown): string => {
  if (type === 'string') return `'${String(value)}'`;
  if (type === 'duration') return typeof value === 'number' ? goDuration(value) : String(value);
  if (Array.isArray(value)) return `[${value.join(',')}]`;
  if (typeof value === 'object') return type === 'stringToString' ? '[]' : '';
  return String(value);
};

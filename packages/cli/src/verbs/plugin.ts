import { basename } from 'node:path';
import { type Command, command, type CommandEntry, entryOf } from '../command/command.ts';
import { fileWords } from '../command/file-faults.ts';
import { bool } from '../command/flags.ts';
import { isExecutable, pluginFiles } from '../command/plugins.ts';
import type { Session } from '../session/session.ts';

const list: Command = command({
  name: 'list',
  usage: 'list [flags]',
  summary: 'List the plugins on the PATH',
  details:
    'A plugin is a program whose name begins with kubectl-. For cox those that begin with cox- are, too.',
  examples: '  plugin list --name-only',
  flags: { 'name-only': bool(false, 'Show names without their folders') },
  complete: ({ flags }) => ({ isName: flags['name-only'] }),
  run: listPlugins,
});

/** `kubectl plugin`. */
export const plugin: Command = command({
  name: 'plugin',
  usage: 'plugin [flags]',
  summary: 'Programs beside this one that are commands of it',
  flags: {},
  commands: [entryOf(list)],
});

async function listPlugins({ isName }: { isName: boolean }, session: Session): Promise<void> {
  const { io, program, env } = session;
  const { commands } = await import('./index.ts');
  const plugins: string[] = [];
  for (const found of pluginFiles(program, env))
    if (typeof found === 'string') plugins.push(found);
    else
      io.err(
        `Unable to read directory ${JSON.stringify(found.folder)} from your PATH: ${openText(found)}. Skipping...\n`,
      );
  if (plugins.length > 0) io.out('The following compatible plugins are available:\n\n');
  const seen = new Map<string, string>();
  let warnings = 0;
  for (const path of plugins) {
    io.out(`${isName ? basename(path) : path}\n`);
    for (const warning of await warningsOf(path, seen, commands, program)) {
      io.err(`  - ${warning}\n`);
      warnings++;
    }
  }
  const errors = [
    ...(plugins.length === 0 ? ['error: unable to find any kubectl plugins in your PATH'] : []),
    ...(warnings === 1 ? ['error: one plugin warning was found'] : []),
    ...(warnings > 1 ? [`error: ${warnings} plugin warnings were found`] : []),
  ];
  if (errors.length > 0) throw new Error(`${errors.join('\n')}\n`);
}

const openText = ({ folder, error }: { folder: string; error: Error }): string =>
  `open ${folder}: ${fileWords(error)}`;

async function warningsOf(
  path: string,
  seen: Map<string, string>,
  commands: readonly CommandEntry[],
  program: string,
): Promise<readonly string[]> {
  const name = basename(path);
  const shadow = seen.get(name);
  seen.set(name, shadow ?? path);
  const taken = await commandOf(name.split('-').slice(1), commands);
  return [
    ...(isExecutable(path)
      ? []
      : [`warning: ${path} identified as a kubectl plugin, but it is not executable`]),
    ...(shadow ? [`warning: ${path} is overshadowed by a similarly named plugin: ${shadow}`] : []),
    ...(taken.length > 0
      ? [
          `warning: ${name} overwrites existing command: ${JSON.stringify([program, ...taken].join(' '))}`,
        ]
      : []),
  ];
}

/** The command that these words would run: as many of them as name commands. */
async function commandOf(
  [word, ...more]: readonly string[],
  among: readonly CommandEntry[],
): Promise<readonly string[]> {
  const entry = among.find(({ name, aliases }) => name === word || aliases?.includes(word ?? ''));
  if (!entry) return [];
  return [entry.name, ...(await commandOf(more, (await entry.load()).commands ?? []))];
}

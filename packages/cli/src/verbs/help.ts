import { type Command, command } from '../command/command.ts';
import { findCommand } from '../command/find-command.ts';
import { commandHelp, commandsOf, overview } from '../command/help.ts';

/** `kubectl help`. */
export const help: Command = command({
  name: 'help',
  usage: 'help [command]',
  summary: 'Say what a command does',
  examples: '  help config set-context',
  flags: {},
  complete: ({ args }) => args,
  run: async (words, { io, program }) => {
    const commands = commandsOf(program, (await import('./index.ts')).commands);
    const { path, entry, unknown } = await findCommand(words, commands);
    if (unknown !== undefined)
      io.err(`Unknown help topic [${words.map((word) => `\`${word}\``).join(' ')}]\n`);
    io.out(entry ? commandHelp(entry, [program, ...path].join(' ')) : overview(program, commands));
  },
});

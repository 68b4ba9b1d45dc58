import { type Command, command } from '../command/command.ts';
import { globalHelp } from '../command/help.ts';
import { globalFlags } from '../config/overrides.ts';

/** `kubectl options`. */
export const options: Command = command({
  name: 'options',
  usage: 'options',
  summary: 'List the flags that every command has',
  flags: {},
  run: async (_, { io }) => io.out(globalHelp(globalFlags)),
});

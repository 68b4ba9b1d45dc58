import { type Command, command, entryOf } from '../../command/command.ts';
import { set } from './set.ts';
import { view } from './view.ts';

/** `kubectl kuberc`. */
export const kuberc: Command = command({
  name: 'kuberc',
  usage: 'kuberc SUBCOMMAND',
  summary: 'Show and change what you prefer: aliases, defaults of flags, credential plugins',
  examples: `  kuberc view
  kuberc set --section defaults --command get --option output=wide
  kuberc set --section aliases --name getn --command get --prependarg nodes`,
  flags: {},
  commands: [set, view].map(entryOf),
});

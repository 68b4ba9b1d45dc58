import { type Command, command } from '../../command/command.ts';

/** `kubectl kuberc`. */
export const kuberc: Command = command({
  name: 'kuberc',
  usage: 'kuberc SUBCOMMAND',
  summary: 'Show and change what you prefer: aliases, defaults of flags, credential plugins',
  examples: `  kuberc view
  kuberc set --section defaults --command get --option output=wide
  kuberc set --section aliases --name getn --command get --prependarg nodes`,
  flags: {},
  commands: [
    {
      name: 'set',
      summary: 'Set preferences',
      load: async () => (await import('./set.ts')).set,
    },
    {
      name: 'view',
      summary: 'Show the preferences',
      load: async () => (await import('./view.ts')).view,
    },
  ],
});

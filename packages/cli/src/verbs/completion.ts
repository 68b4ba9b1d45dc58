import { type Command, command } from '../command/command.ts';
import { UsageError } from '../command/failure.ts';
import { completionScript, type Shell } from '../completion/scripts.ts';

const shells: readonly string[] = ['bash', 'zsh', 'fish', 'powershell'];

/** `kubectl completion`. */
export const completion: Command = command({
  name: 'completion',
  usage: 'completion SHELL',
  summary: 'Print the script that completes words in a shell: bash, zsh, fish or powershell',
  details:
    'Names of objects, types, namespaces, contexts and flags are completed, live from the cluster.',
  examples: `  source <(kubectl completion bash)
  kubectl completion fish | source`,
  flags: {},
  complete({ args }) {
    if (args.length === 0) throw new UsageError('Shell not specified.');
    if (args.length > 1) throw new UsageError('Too many arguments. Expected only the shell type.');
    if (!shells.includes(args[0]!))
      throw new UsageError(`Unsupported shell type ${JSON.stringify(args[0])}.`);
    return args[0] as Shell;
  },
  run: async (shell, { io, program }) => io.out(completionScript(shell, program)),
});

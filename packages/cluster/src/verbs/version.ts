import { UsageError } from '../command/flags.ts';
import { verb, type Verb } from '../command/verb.ts';
import { coxswainVersion, kubernetesVersion } from '../version.ts';

export const version: Verb = verb({
  name: 'version',
  usage: 'version [--client] [-o json|yaml]',
  summary: 'Print the versions of Coxswain and of the Kubernetes API it serves',
  flags: {},
  complete(_, args) {
    if (args.length > 0) throw new UsageError(`unexpected argument "${args[0]}"`);
  },
  async run(_, { terminal }) {
    terminal.out(
      `Coxswain ${coxswainVersion}, Kubernetes ${kubernetesVersion}, Node ${process.version}\n`,
    );
  },
});

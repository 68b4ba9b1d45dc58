import { type Command, command } from '../../command/command.ts';
import { apiVersion, type Preference } from '../../kuberc/preference.ts';
import type { Unstructured } from '../../objects/info.ts';
import { printerOf, printFlags } from '../../printers/formats.ts';
import { kubercFlag, placeOf, readFile, save, whole } from './file.ts';

const recommended: Preference = {
  ...{ apiVersion, kind: 'Preference' },
  defaults: [
    { command: 'apply', options: [{ name: 'server-side', default: 'true' }] },
    { command: 'delete', options: [{ name: 'interactive', default: 'true' }] },
  ],
};

/** `kubectl kuberc view`. */
export const view: Command = command({
  name: 'view',
  usage: 'view',
  summary: 'Show the preferences',
  details: 'Where there are none yet, offers to write those that are recommended.',
  examples: `  kuberc view
  kuberc view -o json --kuberc team.yaml`,
  flags: { ...printFlags, ...kubercFlag, output: { ...printFlags.output, value: 'yaml' } },
  complete: ({ flags }) => flags,
  run: async (flags, session) => {
    const { path, isNamed } = placeOf(flags.kuberc, session);
    const { io } = session;
    const preference = readFile(path);
    if (preference) {
      const print = printerOf(flags, '', {}, 'struct');
      return io.out(print(whole(preference, []) as unknown as Unstructured));
    }
    if (isNamed) throw new Error(`kuberc file not found at ${path}`);
    io.out(`kuberc file not found at ${path}\n`);
    io.out('Would you like to generate a default kuberc file with recommended options? (y/N): ');
    let answer = '';
    for await (const piece of io.stdin) {
      answer += Buffer.from(piece).toString('utf8');
      if (answer.includes('\n')) break;
    }
    if (/^\s*y\s*\n/i.test(answer)) save(recommended, path, session);
  },
});

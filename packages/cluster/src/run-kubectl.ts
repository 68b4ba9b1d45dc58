/** The lines of kubectl: what a bundle of its own holds, so that a short one loads little. */
import { systemWorld } from '@coxswain/base';
import { commands, runLine } from '@coxswain/cli';
import { letGoOfInput, processIo } from './command/process-io.ts';
import { isKubectl } from './command/program.ts';
import { Signals } from './command/signals.ts';

/** Whether kubectl has a command of that name. */
export const isCommand = (name: string): boolean =>
  commands.some((each) => each.name === name || each.aliases?.includes(name));

/** One line of kubectl's verbs. A signal ends what runs, and then the process, unless the line has an exit code for that. */
export async function runKubectl(argv: readonly string[]): Promise<number> {
  const world = systemWorld();
  using signals = new Signals(world.clock);
  // Whoever reads no further has seen enough.
  process.stdout.on('error', () => process.exit(141));
  const code = await runLine(argv, commands, {
    io: processIo(signals),
    env: process.env,
    cwd: process.cwd(),
    world,
    signal: signals.signal,
    program: isKubectl ? 'kubectl' : 'cox',
  });
  if (code === undefined) signals.endAsReceived();
  letGoOfInput();
  return code ?? 1;
}

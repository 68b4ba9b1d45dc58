import type { ContainerConfig, SandboxConfig } from '../runtime-config.ts';
import { behaviourOf } from './behaviour.ts';

export interface SimulatedRun {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** What a command in a simulated container answers: a few plain programs do what they do, all others say that they are simulated. */
export function runSimulated(
  command: readonly string[],
  container: ContainerConfig,
  sandbox: SandboxConfig,
): SimulatedRun {
  const said = (stdout: string): SimulatedRun => ({ stdout, stderr: '', exitCode: 0 });
  const [program = '', ...args] = command;
  switch (program.split('/').at(-1)!) {
    case '':
    case 'cat':
      return said('');
    case 'hostname':
      return said(`${sandbox.hostname}\n`);
    case 'env':
    case 'printenv':
      return said(container.envs.map(({ key, value }) => `${key}=${value}\n`).join(''));
    case 'date':
      return said('simulated\n');
    case 'echo':
      return said(`${args.join(' ')}\n`);
    default:
      return runOther(command);
  }
}

function runOther(command: readonly string[]): SimulatedRun {
  const said = (stdout: string): SimulatedRun => ({ stdout, stderr: '', exitCode: 0 });
  const { afterMs, exitCode, output } = behaviourOf(command, {});
  if (afterMs !== Infinity)
    return { ...said(output.map((line) => `${line}\n`).join('')), exitCode };
  return said(`${command.join(' ')}: this container is simulated\n`);
}

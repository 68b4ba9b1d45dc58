import type { ContainerConfig, SandboxConfig } from '../runtime-config.ts';
import type { SimulatedRun } from './simulated-exec.ts';

/** A container that is about to start, for whoever may have something to run in it. */
export interface ProgramStart {
  readonly config: ContainerConfig;
  readonly sandbox: SandboxConfig;
  /** Of the pod; the first is its primary address. */
  readonly ips: readonly string[];
  /** One line of its log. */
  readonly print: (stream: 'stdout' | 'stderr', text: string) => void;
  /** It has ended by itself. */
  readonly exited: (exitCode: number) => void;
}

/** What really runs in a container of the simulation: a function in this process, for one. */
export interface Program {
  /** It is asked to end, as by SIGTERM. */
  terminate(): void;
  /** It is over: nothing that it does has an effect any longer. */
  kill(): void;
  /** What a command in its container answers; undefined: what the simulation would. */
  exec(
    command: readonly string[],
    stdin: AsyncIterable<Uint8Array>,
  ): Promise<SimulatedRun | undefined>;
}

/** Finds what runs in a container; undefined: it only seems to run. */
export type RunProgram = (start: ProgramStart) => Program | undefined;

/** Programs, run as a user's shell runs them. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from './wait.ts';

/** What a program left behind. `code` is 128 + N when signal N ended it. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  readonly input?: string;
  readonly deadlineMs?: number;
}

/** Runs a program to its end, whatever its exit code; past the deadline it is killed and its output told. */
export async function run(command: readonly string[], options: RunOptions = {}): Promise<Ran> {
  await using program = new Running(command, options);
  program.end(options.input);
  const deadlineMs = options.deadlineMs ?? 240_000;
  const limit = new AbortController();
  const code = await Promise.race([
    program.ended,
    sleep(deadlineMs, undefined, { signal: limit.signal, ref: false }).catch(() => undefined),
  ]);
  limit.abort();
  if (code === undefined)
    throw new Error(`no end after ${deadlineMs} ms: ${told(command, program)}`);
  return { code, out: program.out, err: program.err };
}

/** Runs a program that must succeed, and gives what it printed. */
export async function mustRun(
  command: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const ran = await run(command, options);
  if (ran.code !== 0) throw new Error(`exit code ${ran.code}: ${told(command, ran)}`);
  return ran.out;
}

const told = (command: readonly string[], { out, err }: Pick<Ran, 'out' | 'err'>): string =>
  `${command.join(' ')}\n--- stdout\n${out.slice(-4000)}\n--- stderr\n${err.slice(-4000)}`;

/** A program that goes on in the background until it is disposed of. */
export class Running implements AsyncDisposable {
  readonly #command: readonly string[];
  readonly #child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<number>;
  out = '';
  err = '';

  constructor(command: readonly string[], { env, cwd }: RunOptions = {}) {
    this.#command = command;
    this.#child = spawn(command[0]!, command.slice(1), {
      ...(cwd !== undefined && { cwd }),
      env: { ...process.env, ...env },
      stdio: 'pipe',
    });
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => (this.out += text));
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => (this.err += text));
    this.#child.stdin.on('error', () => {}); // it may end before it has read everything
    this.ended = once(this.#child, 'close').then(
      ([code, signal]) => (code as number | null) ?? 128 + (signal === 'SIGKILL' ? 9 : 15),
    );
    this.ended.catch(() => {}); // whoever waits for it hears of it
  }

  get pid(): number {
    return this.#child.pid!;
  }

  write(text: string): void {
    this.#child.stdin.write(text);
  }

  /** Closes its standard input, after `text`. */
  end(text?: string): void {
    this.#child.stdin.end(text ?? '');
  }

  /** The first match in what it printed to either stream. */
  async prints(pattern: RegExp, deadlineMs = 180_000): Promise<RegExpExecArray> {
    return until(
      `${this.#command.join(' ')} prints ${pattern}`,
      deadlineMs,
      () => pattern.exec(this.out) ?? pattern.exec(this.err) ?? undefined,
      () => told(this.#command, this),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.pid === undefined) return;
    const ended = this.ended.catch(() => 0);
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill('SIGTERM');
      const limit = new AbortController();
      const forced = sleep(2000, undefined, { signal: limit.signal }).then(
        () => this.#child.kill('SIGKILL'),
        () => false,
      );
      await ended;
      limit.abort();
      await forced;
    }
    this.#child.stdout.destroy();
    this.#child.stderr.destroy();
  }
}

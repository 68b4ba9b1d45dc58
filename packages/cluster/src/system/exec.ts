import { spawn } from 'node:child_process';

/** A command that ended in failure: which, how, and what it said. */
export class CommandError extends Error {
  readonly command: string;
  readonly code: number | null;
  readonly stderr: string;
  constructor(command: string, code: number | null, stderr: string, options?: ErrorOptions) {
    super(`${command}: ${stderr.trim().split('\n').at(-1) || `exit code ${code}`}`, options);
    this.name = 'CommandError';
    this.command = command;
    this.code = code;
    this.stderr = stderr;
  }
}

export interface ExecOptions {
  readonly input?: string | Uint8Array;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly signal?: AbortSignal;
}

/** Runs a program to its end and gives its standard output; throws CommandError when it cannot start or fails. */
export function exec(
  program: string,
  args: readonly string[],
  options: ExecOptions = {},
): Promise<string> {
  const { input, ...rest } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...rest, stdio: ['pipe', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.stdin.on('error', () => {}); // a program that ends without reading its input says so by its exit code
    child.on('error', (cause) => reject(new CommandError(program, null, cause.message, { cause })));
    child.on('close', (code) =>
      code === 0 ? resolve(stdout) : reject(new CommandError(program, code, stderr)),
    );
    child.stdin.end(input);
  });
}

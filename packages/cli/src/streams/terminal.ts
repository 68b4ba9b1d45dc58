import type { TerminalSize } from '@coxswain/api/streaming';
import type { Session } from '../session/session.ts';

/** Whether a TTY that was asked for can be had: only over a standard input that is a terminal. */
export function wantsTty(
  { io }: Session,
  {
    stdin,
    tty,
    quiet,
  }: { readonly stdin: boolean; readonly tty: boolean; readonly quiet: boolean },
): boolean {
  if (!stdin || !tty || io.isInTerminal) return stdin && tty;
  if (!quiet) io.err('Unable to use a TTY - input is not a terminal or the right kind of file\n');
  return false;
}

/** Takes the terminal's keys until it is disposed of, or the command is stopped, whichever comes first. */
export function rawTerminal({ io, signal }: Session): Disposable {
  const raw = io.terminal.raw();
  let isRaw = true;
  const restore = (): void => {
    if (isRaw) raw[Symbol.dispose]();
    isRaw = false;
  };
  signal.addEventListener('abort', restore, { once: true });
  return {
    [Symbol.dispose]() {
      signal.removeEventListener('abort', restore);
      restore();
    },
  };
}

/** The sizes `first`, then each that the terminal takes. Leaving the loop ends it. */
export async function* terminalSizes(
  { io }: Session,
  first: readonly TerminalSize[],
): AsyncGenerator<TerminalSize, void> {
  yield* first;
  if (!io.terminal.size()) return;
  let wake = (): void => {};
  let newest: TerminalSize | undefined;
  using _listening = io.terminal.onResize(() => {
    newest = io.terminal.size();
    wake();
  });
  for (;;) {
    const size = newest;
    newest = undefined;
    if (size) yield size;
    else
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
  }
}

/** Keys by the names that `--detach-keys` takes. */
function keyOf(name: string): number {
  if (name.length === 1) return name.codePointAt(0)!;
  const [, letter] = /^ctrl-([a-z@[\]\\^_])$/i.exec(name) ?? [];
  if (letter === undefined) throw new Error(`Unknown character: '${name}'`);
  return letter.toUpperCase().codePointAt(0)! & 0x1f;
}

/** `input` until somebody types `keys`, a list as in `ctrl-p,ctrl-q`. A sequence broken off is input. */
export function untilDetached(
  input: AsyncIterable<Uint8Array>,
  keys: string,
): AsyncIterable<Uint8Array> {
  let sequence: readonly number[];
  try {
    sequence = keys.split(',').map(keyOf);
  } catch (cause) {
    throw new Error(`could not bind detach keys: ${(cause as Error).message}`, { cause });
  }
  return detachable(input, sequence);
}

async function* detachable(
  input: AsyncIterable<Uint8Array>,
  sequence: readonly number[],
): AsyncGenerator<Uint8Array, void> {
  let matched = 0;
  for await (const chunk of input) {
    const kept: number[] = [];
    for (const byte of chunk) {
      if (byte === sequence[matched]) {
        matched++;
        if (matched < sequence.length) continue;
        if (kept.length > 0) yield Uint8Array.from(kept);
        return;
      }
      kept.push(...sequence.slice(0, matched));
      matched = byte === sequence[0] ? 1 : 0;
      if (matched === 0) kept.push(byte);
    }
    if (kept.length > 0) yield Uint8Array.from(kept);
  }
}

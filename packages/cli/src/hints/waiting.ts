import { sentence, shortened } from '@coxswain/base';
import { messagesFor } from '../messages/index.ts';
import type { Session } from '../session/session.ts';

/** A session in which a line below all others tells what is still waited for, at a terminal only, until it is disposed of. */
export interface Waiting extends Disposable {
  readonly session: Session;
  /** How many things are waited for, and one of them. */
  readonly show: (left: number, what: string) => void;
}

const clear = '\r\u001B[2K';

export function waitingIn(given: Session): Waiting {
  const { io, env, signal } = given;
  const isSeen = io.isErrTerminal && io.isOutTerminal && env['TERM'] !== 'dumb';
  if (!isSeen) return { session: given, show: () => {}, [Symbol.dispose]: () => {} };
  const { waiting } = messagesFor(env);
  let line = '';
  const draw = (text: string): void => {
    if (text === line) return;
    if (line) io.err(clear);
    line = text;
    if (line) io.err(line);
  };
  /** Whatever is written takes the place of the line, which then stands below it. */
  const above =
    (write: (text: string) => void) =>
    (text: string): void => {
      const shown = line;
      draw('');
      write(text);
      draw(shown);
    };
  const end = (): void => draw('');
  signal.addEventListener('abort', end);
  return {
    session: { ...given, io: { ...io, out: above(io.out), err: above(io.err) } },
    show(left, what) {
      const text = sentence(waiting.gone, { left, what });
      draw(left > 0 && !signal.aborted ? shortened(text, io.columns - 1) : '');
    },
    [Symbol.dispose]() {
      signal.removeEventListener('abort', end);
      end();
    },
  };
}

import type { Clock } from '@coxswain/base';
import { letGoOfInput } from './process-io.ts';

/** How long a line that was stopped has to put things right. */
const lastWordsMs = 5_000;
const ending = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;
const typed: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT'];

/** The signals that end this process, heeded for one line: it is told, and ends in its own way; a second signal ends it at once. */
export class Signals implements Disposable {
  readonly #clock: Clock;
  readonly #aborter = new AbortController();
  #received: NodeJS.Signals | undefined;
  #limit: Disposable | undefined;
  #borrowers = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    for (const name of ending) process.on(name, this.#receive);
  }

  /** Aborted by the first signal. */
  get signal(): AbortSignal {
    return this.#aborter.signal;
  }

  /** Until it is disposed of, keys that send signals are meant for another program in this terminal. */
  lend(): Disposable {
    this.#borrowers++;
    return { [Symbol.dispose]: () => void this.#borrowers-- };
  }

  /** Ends the process by the signal that came, for whoever waits to see it; does nothing where none came. */
  endAsReceived(): void {
    if (!this.#received) return;
    this[Symbol.dispose]();
    process.kill(process.pid, this.#received);
  }

  /** Signals end the process at once again, and nothing here keeps it. */
  [Symbol.dispose](): void {
    this.#limit?.[Symbol.dispose]();
    for (const name of ending) process.off(name, this.#receive);
  }

  readonly #receive = (name: NodeJS.Signals): void => {
    if (this.#borrowers > 0 && typed.includes(name)) return;
    if (this.#received) return this.endAsReceived();
    this.#received = name;
    this.#limit = this.#clock.after(lastWordsMs, () => this.endAsReceived());
    this.#aborter.abort(new Error(`stopped by ${name}`, { cause: name }));
    letGoOfInput();
  };
}

import type { StreamIo } from '../runtime.ts';

/** A client of exec or attach, however it speaks. */
export interface CommandClient {
  readonly io: StreamIo;
  /** Tells how it ended, after all that was written, and takes leave. */
  finish(status: string, text: string): Promise<void>;
  /** Resolves when the client has gone. */
  readonly gone: Promise<void>;
  destroy(): void;
}

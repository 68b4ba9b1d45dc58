import type { TerminalSize } from '@coxswain/api/streaming';

/** What a terminal becomes; who does not look in time sees only the newest. */
export class Sizes implements AsyncIterable<{ readonly width: number; readonly height: number }> {
  #newest: { readonly width: number; readonly height: number } | undefined;
  #isEnded = false;
  #wake: (() => void) | undefined;
  #text = '';
  readonly #decoder = new TextDecoder();

  /** Takes the JSON that clients send, in whatever pieces. */
  push(bytes: Uint8Array): void {
    this.#text += this.#decoder.decode(bytes, { stream: true });
    const whole = this.#text.match(/\{[^{}]*\}/g) ?? [];
    const rest = this.#text.lastIndexOf('}');
    this.#text = this.#text.slice(rest + 1).slice(-sizeTextMax);
    for (const each of whole) {
      const size = sizeOf(each);
      if (size) this.#newest = size;
    }
    this.#wake?.();
  }

  end(): void {
    this.#isEnded = true;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<
    { readonly width: number; readonly height: number },
    void
  > {
    for (;;) {
      const size = this.#newest;
      this.#newest = undefined;
      if (size) yield size;
      else if (this.#isEnded) return;
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
  }
}

/** No size is longer. */
const sizeTextMax = 256;

function sizeOf(text: string): { readonly width: number; readonly height: number } | undefined {
  try {
    const { Width, Height } = JSON.parse(text) as TerminalSize;
    return Number.isInteger(Width) && Number.isInteger(Height)
      ? { width: Width, height: Height }
      : undefined;
  } catch {
    return undefined;
  }
}

import { CelError, pattern } from '@coxswain/cel';

/** Whether a text matches a schema's pattern. */
export interface Pattern {
  readonly test: (text: string) => boolean;
}

/** The pattern of RE2, which matches in time that grows with the text alone; its error text where it is none. */
export function compilePattern(source: string): Pattern | string {
  try {
    const compiled = pattern(source);
    return { test: (text) => compiled.matcher(text).find() };
  } catch (error) {
    if (error instanceof CelError) return error.message;
    throw error;
  }
}

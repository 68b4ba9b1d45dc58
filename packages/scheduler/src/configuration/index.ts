import type { Configuration } from '../framework/profile.ts';
import { configurationOf } from './profiles.ts';
import { readWritten } from './read.ts';
import { ConfigurationError } from './shape.ts';
import { problemsOf } from './validate.ts';

export { ConfigurationError } from './shape.ts';
export { defaultConfiguration } from './profiles.ts';

/** The configuration in a file, already parsed, whose text was `text`. Throws ConfigurationError with upstream's words. */
export function parseConfiguration(parsed: unknown, text: string): Configuration {
  const written = readWritten(parsed, text);
  const problems = [...problemsOf(written)];
  const [only] = problems;
  if (only !== undefined)
    throw new ConfigurationError(problems.length === 1 ? only : `[${problems.join(', ')}]`);
  return configurationOf(written);
}

import { readFile } from 'node:fs/promises';
import { type Configuration, ConfigurationError, parseConfiguration } from '@coxswain/scheduler';
import { parse } from 'yaml';
import { UsageError } from '../command/flags.ts';

/** What a KubeSchedulerConfiguration file says. A UsageError, with upstream's words, tells of a file that cannot be taken. */
export async function readSchedulerConfiguration(
  flag: string,
  file: string,
): Promise<Configuration> {
  try {
    const text = await readFile(file, 'utf8');
    return parseConfiguration(parse(text), text);
  } catch (cause) {
    const why = (cause as Error).message;
    const what = cause instanceof ConfigurationError ? 'invalid' : 'cannot read';
    throw new UsageError(`${what} --${flag} ${file}: ${why}`, { cause });
  }
}

import { readFile } from 'node:fs/promises';
import { parseAllDocuments } from 'yaml';
import { UsageError } from '../../command/flags.ts';
import { type Stage, type StageObject, stageOf } from './stage.ts';

/** The Stages of some files; other objects in them are passed over. A UsageError tells of a file that cannot be taken. */
export async function readStages(files: readonly string[]): Promise<readonly Stage[]> {
  const stages: Stage[] = [];
  for (const file of files)
    try {
      const before = stages.length;
      for (const document of parseAllDocuments(await readFile(file, 'utf8'))) {
        if ('errors' in document && document.errors.length > 0) throw document.errors[0]!;
        const object = document.toJS() as StageObject | null;
        if (object?.kind === 'Stage') stages.push(stageOf(object));
      }
      if (stages.length === before) throw new Error('there is no Stage in it');
    } catch (cause) {
      throw new UsageError(`cannot take --stages ${file}: ${(cause as Error).message}`, { cause });
    }
  return stages;
}

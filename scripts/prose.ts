/** Descriptions of Kubernetes' types and fields, read off the comments of an installed client's type declarations. */
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

type Prose = Record<string, Record<string, string>>;

const models = 'node_modules/@kubernetes/client-node/dist/gen/models';
const comment = String.raw`\/\*\*\s*\n\s*\* (?<text>[^\n]*)\n\s*\*\/\s*\n\s*`;
const ofType = new RegExp(`${comment}export declare class (?<name>\\w+)`, 'g');
const ofField = new RegExp(`${comment}'(?<name>[^']+)'\\??:`, 'g');

/** By type and field; empty where the package is not installed. */
export function readProse(root: string): Prose {
  const prose: Prose = {};
  for (const file of globSync('*.d.ts', { cwd: join(root, models) })) {
    const text = readFileSync(join(root, models, file), 'utf8');
    const about: Record<string, string> = {};
    for (const { groups } of text.matchAll(ofType)) about[''] = plain(groups!['text']!);
    for (const { groups } of text.matchAll(ofField))
      about[groups!['name']!] = plain(groups!['text']!);
    if (Object.keys(about).length > 0) prose[basename(file, '.d.ts')] = about;
  }
  return prose;
}

/** The text as it was before it was escaped for a comment. */
const plain = (text: string): string =>
  text
    .trim()
    .replaceAll(/\\(['"\\`])/g, '$1')
    .replaceAll('*_/', '*/');

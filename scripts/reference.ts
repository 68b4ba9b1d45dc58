/**
 * Writes the manual from the tables that the program itself reads: `node scripts/reference.ts [FOLDER]` makes
 * `FOLDER/man/*.1` and `FOLDER/reference.md`; FOLDER is `dist` when it is left out.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { manual, type Page, pageOf } from '../packages/cli/src/command/manual.ts';
import { commands } from '../packages/cli/src/index.ts';
import { dashed } from '../packages/cluster/src/command/flags.ts';
import type { Verb } from '../packages/cluster/src/command/verb.ts';
import { allVerbs } from '../packages/cluster/src/verbs/index.ts';

const ofVerb = ({ name, summary, usage, details = '', flags }: Verb): Page => ({
  ...{ name: `cox ${name}`, summary, usage: `cox ${usage}`, details, examples: '' },
  flags: Object.entries(flags).map(([flag, { value, help, fallback }]) => [
    `${dashed(flag)}${value === undefined ? '' : ` ${value}`}`,
    `${help}${fallback === undefined ? '' : ` (default ${fallback})`}`,
  ]),
});

const names = new Set(commands.map(({ name }) => name));
const ours = (await allVerbs()).filter(({ name }) => !names.has(name)).map(ofVerb);
const loaded = await Promise.all(commands.map(({ load }) => load()));
const theirs = (await Promise.all(loaded.map((command) => pageOf(command, 'cox')))).flat();
const pages = [...ours, ...theirs];

const folder = resolve(process.argv[2] ?? join(import.meta.dirname, '..', 'dist'));
mkdirSync(join(folder, 'man'), { recursive: true });
for (const page of pages)
  writeFileSync(join(folder, 'man', `${page.name.replaceAll(' ', '-')}.1`), manual.man(page));
const title = '# Reference\n\nEvery verb of `cox`, written from the tables of its flags.\n';
writeFileSync(join(folder, 'reference.md'), [title, ...pages.map(manual.markdown)].join('\n'));
process.stdout.write(`${pages.length} pages in ${folder}\n`);

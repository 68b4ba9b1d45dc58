/**
 * Lets each file import what it names from where that is defined, past the index files between. A chunk of the bundle
 * is what files import, not what they name: through an index each would need all that stands behind it.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';

/** The file that defines an exported name, and what it is called there. */
interface Origin {
  readonly file: string;
  readonly name: string;
}

const named = /^(import|export) \{([^}]*)\} from '([^']+)';/gm;
const starred = /^export \* from '([^']+)';/gm;
const defined = /^export (?:declare )?(?:const|let|class|(?:async )?function\*?) ([\w$]+)/gm;

/** `a as b, type C`, without the types. */
const specifiers = (list: string): readonly (readonly [from: string, to: string])[] =>
  list
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '' && !each.startsWith('type '))
    .map((each) => {
      const [from, to = from] = each.split(' as ');
      return [from!, to!] as const;
    });

/** Rewrites sources of packages below `root`; what it cannot follow stays as it is. */
export function directImports(root: string): (text: string, importer: string) => string {
  const known = new Map<string, ReadonlyMap<string, Origin>>();
  const fileOf = (specifier: string, importer: string): string | undefined => {
    if (specifier.startsWith('.')) return resolve(dirname(importer), specifier);
    if (!specifier.startsWith('@coxswain/')) return undefined;
    const file = createRequire(importer).resolve(specifier);
    return file.startsWith(root) && existsSync(file) ? file : undefined;
  };
  const exportsOf = (file: string): ReadonlyMap<string, Origin> => {
    const before = known.get(file);
    if (before) return before;
    const found = new Map<string, Origin>();
    known.set(file, found); // for files that name each other
    const text = readFileSync(file, 'utf8');
    for (const [, from] of text.matchAll(starred)) {
      const behind = fileOf(from!, file);
      if (behind) for (const [name, origin] of exportsOf(behind)) found.set(name, origin);
    }
    for (const [, kind, list, from] of text.matchAll(named)) {
      const behind = fileOf(from!, file);
      if (kind !== 'export' || !behind) continue;
      for (const [name, as] of specifiers(list!))
        found.set(as, exportsOf(behind).get(name) ?? { file: behind, name });
    }
    for (const [, name] of text.matchAll(defined)) found.set(name!, { file, name: name! });
    return found;
  };
  return (text, importer) =>
    text.replaceAll(named, (line, kind: string, list: string, from: string) => {
      const isIndex = from.startsWith('@coxswain/') || from.endsWith('/index.ts');
      const behind = isIndex && kind === 'import' ? fileOf(from, importer) : undefined;
      if (!behind) return line;
      const exported = exportsOf(behind);
      return specifiers(list)
        .map(([name, as]) => {
          const origin = exported.get(name) ?? { file: behind, name };
          return `import { ${origin.name} as ${as} } from '${origin.file}';`;
        })
        .join('');
    });
}

/**
 * First file of the bundle. Lines of kubectl run from a script of their own, with the code that V8 made of it for such lines before; for
 * all else the compile cache is turned on before the rest is loaded.
 */
import { enableCompileCache } from 'node:module';
import { isKubectl } from './command/program.ts';
import { runCompiled } from './compiled.ts';
import { isOwnVerb } from './verbs/own.ts';

/** Set by the bundler: the file that holds `run-kubectl.ts` and all that it needs. */
declare const kubectlAs: string;
/** Set by the bundler: the file of `main.ts`. */
declare const mainAs: string;

const argv = process.argv.slice(2);
const [name = '', ...rest] = argv;

/** What lines of a kind need is alike: the verb, which is no flag nor a flag's value, and the names of the flags. */
const kind = (): string => {
  const words = argv.slice(0, [...argv, '--'].indexOf('--'));
  const verb = words.find(
    (word, at) => !word.startsWith('-') && !/^-[^=]*$/.test(words[at - 1] ?? ''),
  );
  return [verb, ...words.map((word) => /^(--[^=]*|-.)/.exec(word)?.[0])]
    .join('')
    .replaceAll(/[^\w-]/g, '')
    .slice(0, 80);
};

/** The exit code; undefined where the line is not one of kubectl's. */
async function asKubectl(): Promise<number | undefined> {
  const { exports, keep } = runCompiled(kubectlAs, import.meta.url, `${kind()}.`);
  const { isCommand, runKubectl } = exports as typeof import('./run-kubectl.ts');
  if (!isKubectl && !isCommand(name)) return undefined;
  const code = await runKubectl(argv);
  if (code === 0) keep(); // one that failed has not gone all the way
  return code;
}

const mayBe = isKubectl || (/^[a-z]/.test(name) && name !== 'help' && !isOwnVerb(name, rest));
const code = mayBe ? await asKubectl() : undefined;
if (code !== undefined) process.exitCode = code;
else {
  enableCompileCache(new URL('cache', import.meta.url).pathname);
  await import(mainAs);
}

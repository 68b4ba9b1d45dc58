/** Entry of the command `cox`: finds the verb, checks its usage, runs it, sets the exit code. */
import { wantsColour } from '@coxswain/base';
import { verbHelp, overview } from './command/help.ts';
import { nearest } from './command/nearest.ts';
import { parseFlags, toggle, UsageError } from './command/flags.ts';
import { isKubectl } from './command/program.ts';
import { Failure, type Terminal, type Verb } from './command/verb.ts';
import type { Words } from './messages/index.ts';
import { allVerbs, loadVerb } from './verbs/index.ts';
import { verbNames } from './verbs/own.ts';

const terminal: Omit<Terminal, 'words'> = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  live: process.stderr.isTTY && process.env['TERM'] !== 'dumb',
  columns: process.stdout.columns ?? process.stderr.columns ?? 100,
  colour: {
    out: wantsColour(process.env, process.stdout.isTTY),
    err: wantsColour(process.env, process.stderr.isTTY),
  },
};

/** Columns of help where no terminal says how many it has. */
const widthElsewhere = 120;
const helpWidth = process.stdout.columns ?? widthElsewhere;

/** Loaded where something of our own is said; kubectl's verbs have their words beside them. */
const ownWords = async (): Promise<Words> =>
  (await import('./messages/index.ts')).wordsFor(process.env);

const wantsHelp = (argv: readonly string[]): boolean => {
  const own = argv.slice(0, argv.includes('--') ? argv.indexOf('--') : undefined);
  return own.includes('--help') || own.includes('-h');
};

async function main(argv: readonly string[]): Promise<number> {
  const [name, ...rest] = argv;
  if (isKubectl) return runKubectl(argv);
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    const about = rest[0] === undefined ? undefined : await loadVerb(rest[0]);
    if (rest[0] !== undefined && !about) return runKubectl(argv);
    const words = await ownWords();
    terminal.out(
      about ? verbHelp(about, words, helpWidth) : await overview(await allVerbs(), words),
    );
    return 0;
  }
  if (name === '--version') return main(['version', ...rest]);
  if (/^__complete(NoDesc)?$/.test(name))
    return (await import('./complete-line.ts')).completeLine(name, rest, terminal.out);
  const verb = await loadVerb(name, rest);
  if (!verb) {
    const { commands, findPlugin, unknownVerbHint } = await import('@coxswain/cli');
    const { isCommand } = await import('./run-kubectl.ts');
    if (isCommand(name) || name.startsWith('-') || findPlugin(argv, 'cox', process.env))
      return runKubectl(argv);
    const hint = process.stderr.isTTY ? await unknownVerbHint(argv, process.env) : '';
    const near = !hint && nearest(name, [...verbNames, ...commands.map((each) => each.name)]);
    const words = await ownWords();
    const told = `unknown verb "${name}"${near ? `; did you mean "${near}"?` : ''}`;
    terminal.err(`cox: ${words(told)}\n${words('See: cox --help')}\n${hint}`);
    return 2;
  }
  if (wantsHelp(rest)) {
    terminal.out(verbHelp(verb, await ownWords(), helpWidth));
    return 0;
  }
  return runVerb(verb, rest);
}

const runKubectl = async (words: readonly string[]): Promise<number> =>
  (await import('./run-kubectl.ts')).runKubectl(words);

async function runVerb(verb: Verb, argv: readonly string[]): Promise<number> {
  const words = await ownWords();
  const aborter = new AbortController();
  const stop = (signal: NodeJS.Signals): void => aborter.abort(new Failure(`stopped by ${signal}`));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    const { given, args } = parseFlags(argv, { ...verb.flags, help: toggle('') });
    const options = verb.complete(given, args);
    await verb.run(options, {
      terminal: { ...terminal, words },
      env: process.env,
      signal: aborter.signal,
    });
    return 0;
  } catch (error) {
    return tell(verb, error, words);
  }
}

/** Says what went wrong; nothing that a user can cause ends in a stack trace. */
function tell(verb: Verb, error: unknown, words: Words): number {
  if (error instanceof UsageError) {
    const see = words(`See: cox ${verb.name} --help`);
    terminal.err(`cox ${verb.name}: ${words(error.message)}\n${see}\n`);
    return 2;
  }
  const isExpected = error instanceof Failure || !(error instanceof Error);
  const text = isExpected
    ? words(String(error instanceof Error ? error.message : error))
    : error.stack;
  terminal.err(`cox ${verb.name}: ${text}\n`);
  if (error instanceof Failure && error.advice)
    terminal.err(`  ${words('what to do')}: ${words(error.advice)}\n`);
  if (error instanceof Failure && error.log) terminal.err(`  ${words('log')}: ${error.log}\n`);
  return 1;
}

process.exitCode = await main(process.argv.slice(2));

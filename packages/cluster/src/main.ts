/** Entry of the command `cox`: finds the verb, checks its usage, runs it, sets the exit code. */
import { basename } from 'node:path';
import { systemWorld, wantsColour } from '@coxswain/base';
import { verbHelp, overview } from './command/help.ts';
import { nearest } from './command/nearest.ts';
import { parseFlags, toggle, UsageError } from './command/flags.ts';
import { processIo } from './command/process-io.ts';
import { Signals } from './command/signals.ts';
import { Failure, type Terminal, type Verb } from './command/verb.ts';
import type { Words } from './messages/index.ts';
import { loadVerb, verbNames, allVerbs } from './verbs/index.ts';

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

/** Help is broken for terminals only: programs get whole lines. */
const helpWidth = process.stdout.columns ?? Number.POSITIVE_INFINITY;

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
  const verb = await loadVerb(name, rest);
  if (!verb) {
    const { commands, findPlugin } = await import('@coxswain/cli');
    const isCommand = commands.some((each) => each.name === name || each.aliases?.includes(name));
    if (isCommand || /^-|^__complete/.test(name) || findPlugin(argv, 'cox', process.env))
      return runKubectl(argv);
    const near = nearest(name, [...verbNames, ...commands.map((each) => each.name)]);
    const words = await ownWords();
    const told = `unknown verb "${name}"${near ? `; did you mean "${near}"?` : ''}`;
    terminal.err(`cox: ${words(told)}\n${words('See: cox --help')}\n`);
    return 2;
  }
  if (wantsHelp(rest)) {
    terminal.out(verbHelp(verb, await ownWords(), helpWidth));
    return 0;
  }
  return runVerb(verb, rest);
}

/** Called by the name `kubectl` it is that: our own verbs do not exist there. */
const isKubectl = basename(process.env['COX_COMMAND'] ?? '') === 'kubectl';

/** One line of kubectl's verbs. A signal ends what runs, and then the process. */
async function runKubectl(argv: readonly string[]): Promise<number> {
  const { commands, runLine } = await import('@coxswain/cli');
  const world = systemWorld();
  const signals = new Signals(world.clock);
  // Whoever reads no further has seen enough.
  process.stdout.on('error', () => process.exit(141));
  const code = await runLine(argv, commands, {
    io: processIo(terminal, signals),
    env: process.env,
    cwd: process.cwd(),
    world,
    signal: signals.signal,
    program: isKubectl ? 'kubectl' : 'cox',
  });
  signals.endAsReceived();
  process.stdin.destroy(); // a read that nobody waits for would keep the process
  return code;
}

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

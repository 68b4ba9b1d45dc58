/** Entry of the command `cox`: finds the verb, checks its usage, runs it, sets the exit code. */
import { basename } from 'node:path';
import { systemWorld } from '@coxswain/base';
import { verbHelp, overview } from './command/help.ts';
import { nearest } from './command/nearest.ts';
import { parseFlags, toggle, UsageError } from './command/flags.ts';
import { processIo } from './command/process-io.ts';
import { Signals } from './command/signals.ts';
import { Failure, type Terminal, type Verb } from './command/verb.ts';
import { loadVerb, verbNames, allVerbs } from './verbs/index.ts';

const terminal: Terminal = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  live: process.stderr.isTTY && process.env['TERM'] !== 'dumb',
  columns: process.stdout.columns ?? process.stderr.columns ?? 100,
  colour: process.stdout.isTTY && process.env['TERM'] !== 'dumb',
};

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
    terminal.out(about ? verbHelp(about) : await overview(await allVerbs()));
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
    terminal.err(
      `cox: unknown verb "${name}"${near ? `; did you mean "${near}"?` : ''}\nSee: cox --help\n`,
    );
    return 2;
  }
  if (wantsHelp(rest)) {
    terminal.out(verbHelp(verb));
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
  const aborter = new AbortController();
  const stop = (signal: NodeJS.Signals): void => aborter.abort(new Failure(`stopped by ${signal}`));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    const { given, args } = parseFlags(argv, { ...verb.flags, help: toggle('') });
    const options = verb.complete(given, args);
    await verb.run(options, { terminal, env: process.env, signal: aborter.signal });
    return 0;
  } catch (error) {
    return tell(verb, error);
  }
}

/** Says what went wrong; nothing that a user can cause ends in a stack trace. */
function tell(verb: Verb, error: unknown): number {
  if (error instanceof UsageError) {
    terminal.err(`cox ${verb.name}: ${error.message}\nSee: cox ${verb.name} --help\n`);
    return 2;
  }
  const isExpected = error instanceof Failure || !(error instanceof Error);
  const text = isExpected ? String(error instanceof Error ? error.message : error) : error.stack;
  terminal.err(`cox ${verb.name}: ${text}\n`);
  if (error instanceof Failure && error.advice) terminal.err(`  what to do: ${error.advice}\n`);
  if (error instanceof Failure && error.log) terminal.err(`  log: ${error.log}\n`);
  return 1;
}

process.exitCode = await main(process.argv.slice(2));

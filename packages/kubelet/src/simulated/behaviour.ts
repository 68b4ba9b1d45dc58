/** What a container that is only simulated would do, read off its command. */

/** How a simulated container ends: after `afterMs` with `exitCode`, or never by itself. It prints `output` at its start. */
export interface Behaviour {
  readonly afterMs: number;
  readonly exitCode: number;
  readonly output: readonly string[];
  /** Why it ended, where that is not read off the exit code. */
  readonly reason?: string;
}

const never: Behaviour = { afterMs: Infinity, exitCode: 0, output: [] };

/** How long a container with this annotation runs, as `30s`; what it exits with may be named too. */
export const runsForAnnotation = 'simulated.coxswain.dev/runs-for';
export const exitCodeAnnotation = 'simulated.coxswain.dev/exit-code';

const prefix = 'simulated.coxswain.dev/';

/** What shall go wrong with a pod, or with a Node: `oom`, or with a measure, `slow=5`. */
export const faultAnnotation = 'simulated.coxswain.dev/fault';

type Annotations = Readonly<Record<string, string>> | undefined;

/** The fault that is asked for and its measure. */
export function faultOf(
  annotations: Annotations,
): { readonly fault: string; readonly measure: string | undefined } | undefined {
  const text = annotations?.[faultAnnotation];
  if (!text) return undefined;
  const [fault = '', measure] = text.split('=');
  return { fault, measure };
}

/** How a container ends of a fault; undefined for faults that do not end containers. */
export const faultyEnds: Readonly<Record<string, Behaviour>> = {
  'crash-loop': { afterMs: 1_000, exitCode: 1, output: ['simulated: crash'] },
  oom: { afterMs: 5_000, exitCode: 137, output: [], reason: 'OOMKilled' },
};

/** How long a pod with `slow-start` waits before it gets its sandbox. */
export function slowStartMs(annotations: Annotations): number {
  const told = faultOf(annotations);
  return told?.fault === 'slow-start' ? secondsOf(told.measure ?? '30s') * 1000 : 0;
}

/** The annotations say what the simulation shall do. */
export function isTold(annotations: Annotations): boolean {
  for (const name in annotations) if (name.startsWith(prefix)) return true;
  return false;
}

/** Annotations go first; then commands that plainly end: `true`, `false`, `exit N`, `sleep N`, `echo ...`, one after another. */
export function behaviourOf(
  command: readonly string[],
  annotations: Readonly<Record<string, string>>,
): Behaviour {
  const faulty = faultyEnds[faultOf(annotations)?.fault ?? ''];
  if (faulty) return faulty;
  const runsFor = annotations[runsForAnnotation];
  if (runsFor !== undefined)
    return {
      afterMs: secondsOf(runsFor) * 1000,
      exitCode: Number(annotations[exitCodeAnnotation] ?? 0),
      output: [],
    };
  const script = scriptOf(command);
  return script === undefined ? never : runScript(script);
}

/** The words of each statement; undefined for a program of which nothing is known. */
function scriptOf(command: readonly string[]): readonly (readonly string[])[] | undefined {
  const [program = '', flag = '', text] = command;
  const isShell = /(^|\/)(ba|da|a)?sh$/.test(program);
  if (!isShell) return command.length > 0 ? [command] : undefined;
  if (!/^-\w*c$/.test(flag) || text === undefined) return undefined;
  return text
    .split(/;|&&|\n/)
    .map((statement) => statement.trim().split(/\s+/).filter(Boolean))
    .filter((words) => words.length > 0);
}

function runScript(statements: readonly (readonly string[])[]): Behaviour {
  let afterMs = 0;
  let exitCode = 0;
  const output: string[] = [];
  for (const [program = '', ...args] of statements)
    switch (program.split('/').at(-1)) {
      case 'true':
      case ':':
        exitCode = 0;
        break;
      case 'false':
        exitCode = 1;
        break;
      case 'exit':
        return { afterMs: afterMs * 1000, exitCode: Number(args[0] ?? exitCode) || 0, output };
      case 'sleep':
        afterMs += secondsOf(args[0] ?? '');
        exitCode = 0;
        break;
      case 'echo':
        output.push(args.join(' ').replaceAll(/^(["'])(.*)\1$/g, '$2'));
        exitCode = 0;
        break;
      default:
        return { ...never, output };
    }
  return { afterMs: afterMs * 1000, exitCode, output };
}

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

function secondsOf(text: string): number {
  const [, amount, unit = 's'] = /^(\d+(?:\.\d+)?)([smhd])?$/.exec(text) ?? [];
  return amount === undefined ? Infinity : Number(amount) * units[unit]!;
}

/** What a container that is only simulated would do, read off its command. */
import { parseQuantity } from '@coxswain/api';

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

/** How much a pod's containers seem to use: `250m` of CPU each, `100Mi` of memory each. */
export const cpuAnnotation = 'simulated.coxswain.dev/cpu-usage';
export const memoryAnnotation = 'simulated.coxswain.dev/memory-usage';

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

const isSeconds = (text: string): boolean => secondsOf(text) !== Infinity;
const isQuantity = (text: string): boolean => {
  try {
    return Boolean(parseQuantity(text));
  } catch {
    return false;
  }
};
const ofPods = ['crash-loop', 'oom', 'failed-pull', 'slow-start'];

/** What may be said of a pod, and what it looks like. */
const sayings: Readonly<Record<string, readonly [is: (text: string) => boolean, what: string]>> = {
  [runsForAnnotation]: [isSeconds, 'a time such as 30s or 5m'],
  [exitCodeAnnotation]: [(text) => /^\d+$/.test(text) && Number(text) < 256, 'a number up to 255'],
  [faultAnnotation]: [
    (text) => {
      const [fault = '', measure] = text.split('=');
      if (text === '') return true;
      return ofPods.includes(fault) && (measure === undefined || isSeconds(measure));
    },
    `one of ${ofPods.join(', ')} (slow-start=2m)`,
  ],
  [cpuAnnotation]: [isQuantity, 'a quantity such as 250m'],
  [memoryAnnotation]: [isQuantity, 'a quantity such as 100Mi'],
};

/** What of a pod's annotations cannot be understood, in a sentence. */
export function misunderstood(annotations: Annotations): string | undefined {
  for (const [name, text] of Object.entries(annotations ?? {})) {
    const [is, what] = sayings[name] ?? [];
    if (is && !is(text)) return `${name}: "${text}" is not ${what}`;
  }
  return undefined;
}

/** A quantity that an annotation names; undefined where it names none. */
export function quantityIn(annotations: Annotations, name: string): string | undefined {
  const text = annotations?.[name];
  return text !== undefined && isQuantity(text) ? text : undefined;
}

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
      case 'sleep': {
        const [time = ''] = args;
        exitCode = isSeconds(time) || isForever(time) ? 0 : 1;
        if (exitCode === 0) afterMs += secondsOf(time);
        else output.push(`sleep: invalid time interval '${time}'`);
        break;
      }
      case 'echo':
        output.push(args.join(' ').replaceAll(/^(["'])(.*)\1$/g, '$2'));
        exitCode = 0;
        break;
      default:
        return { ...never, output };
    }
  return { afterMs: afterMs * 1000, exitCode, output };
}

/** Endless, or known to a shell alone. */
const isForever = (time: string): boolean => /^inf(inity)?$|[$`"']/.test(time);

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

function secondsOf(text: string): number {
  const [, amount, unit = 's'] = /^(\d+(?:\.\d+)?)([smhd])?$/.exec(text) ?? [];
  return amount === undefined ? Infinity : Number(amount) * units[unit]!;
}

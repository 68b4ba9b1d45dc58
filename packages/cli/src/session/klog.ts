import { goQuoted } from '@coxswain/api';
import type { Session } from './session.ts';

/** How a line of a log begins: when, and of which process. */
export function stamp(ms: number): string {
  const at = new Date(ms);
  const two = (value: number): string => String(value).padStart(2, '0');
  const date = `${two(at.getMonth() + 1)}${two(at.getDate())}`;
  const time = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  const micros = `${String(at.getMilliseconds()).padStart(3, '0')}000`;
  return `I${date} ${time}.${micros} ${String(process.pid).padStart(7)}`;
}

/** Says a line of kubectl's log on standard error; `place` is where kubectl says it, which scripts see. */
export function log(
  { io, world }: Pick<Session, 'io' | 'world'>,
  level: 'I' | 'W' | 'E',
  place: string,
  words: string,
): void {
  const end = words.endsWith('\n') ? '' : '\n';
  io.err(`${level}${stamp(world.clock.now()).slice(1)} ${place}] ${words}${end}`);
}

/** A message and its values as klog writes them: a text of several lines stands between marks, any other in quotes. */
export const structured = (
  message: string,
  values: Readonly<Record<string, string | number | undefined>>,
): string => {
  const pairs = Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}=${valueText(value!)}`);
  return `${goQuoted(message)}${pairs.join('')}`;
};

function valueText(value: string | number): string {
  if (typeof value === 'number') return String(value);
  if (!value.includes('\n')) return goQuoted(value);
  const lines = value.replace(/\n$/, '').split('\n');
  return `<\n${lines.map((line) => `\t${line}\n`).join('')} >`;
}

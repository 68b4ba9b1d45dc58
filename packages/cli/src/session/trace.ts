import type { WireAnswer } from '@coxswain/client/http';
import type { RestRequest } from './rest.ts';
import type { Session } from './session.ts';

/** Levels of `-v` at which kubectl tells of requests: their line, headers and bodies. */
const levels = { line: 6, headers: 7, bodies: 8 } as const;

interface Told extends RestRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

const secretHeaders = /^(authorization|proxy-authorization|.*token.*)$/i;

/** Tells of a request on standard error as `-v` asks; the function it gives is called with the answer. */
export function trace(session: Session, request: Told): (answer: WireAnswer) => void {
  const level = session.global.v;
  if (level < levels.line) return () => {};
  const { world, io } = session;
  const fromMs = world.clock.now();
  const say = (text: string): void => io.err(`${stamp(world.clock.now())} ${text}\n`);
  if (level >= levels.headers) {
    const headers = Object.entries(request.headers).map(
      ([name, value]) =>
        `\t${canonical(name)}: ${secretHeaders.test(name) ? masked(value) : value}\n`,
    );
    say(`"Request" verb="${request.method}" url="${request.url}" headers=<\n${headers.join('')} >`);
  }
  if (level >= levels.bodies && request.body !== undefined)
    say(`"Request Body" body=${JSON.stringify(request.body)}`);
  return (answer) =>
    say(
      `"Response" verb="${request.method}" url="${request.url}" status="${answer.status}" milliseconds=${Math.round(world.clock.now() - fromMs)}`,
    );
}

const masked = (value: string): string => value.replace(/^(\w+) .*$/, '$1 <masked>');
const canonical = (name: string): string =>
  name.replaceAll(
    /(^|-)([a-z])/g,
    (_, dash: string, letter: string) => `${dash}${letter.toUpperCase()}`,
  );

/** How a line of a log begins: when, and of which process. */
export function stamp(ms: number): string {
  const at = new Date(ms);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `I${two(at.getMonth() + 1)}${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${String(at.getMilliseconds()).padStart(3, '0')}000 ${process.pid}`;
}

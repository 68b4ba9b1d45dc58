import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Session } from '../session/session.ts';
import { waitingIn } from './waiting.ts';

/** All that is written by a wait for two pods, in order. */
function written(isTerminal: boolean, env: Record<string, string> = {}): string {
  let all = '';
  const write = (text: string): void => void (all += text);
  const io = {
    out: write,
    err: write,
    isErrTerminal: true,
    isOutTerminal: isTerminal,
    columns: 60,
  };
  const given = { io, env, signal: new AbortController().signal } as unknown as Session;
  using waiting = waitingIn(given);
  waiting.show(2, 'pod/a');
  waiting.session.io.out('pod/a is gone\n');
  waiting.show(1, 'pod/b');
  waiting.show(0, '');
  return all;
}

const clear = '\r\u001B[2K';
for (const [name, isTerminal, env, text] of [
  [
    ...(['a line below all others at a terminal', true, {}] as const),
    `waiting for 2 to go: pod/a${clear}pod/a is gone\nwaiting for 2 to go: pod/a${clear}waiting for 1 to go: pod/b${clear}`,
  ],
  ['nothing more in a pipe', false, {}, 'pod/a is gone\n'],
  ['nothing more where lines cannot be cleared', true, { TERM: 'dumb' }, 'pod/a is gone\n'],
] as const)
  test(`waiting: ${name}`, () => assert.equal(written(isTerminal, env), text));

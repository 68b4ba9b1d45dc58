import assert from 'node:assert/strict';
import { test } from 'node:test';
import { afterAnswer, initialState, type ProbeType } from './probe-state.ts';

const cases: readonly (readonly [
  name: string,
  type: ProbeType,
  failureThreshold: number,
  successThreshold: number,
  answers: string,
  verdicts: string,
])[] = [
  ['ready at the first success', 'readiness', 3, 1, '++', '++'],
  ['unready only after three failures', 'readiness', 3, 1, '+--+---', '++++++-'],
  ['ready after two successes', 'readiness', 1, 2, '+-++', '---+'],
  ['alive until three in a row', 'liveness', 3, 1, '--+---', '+++++-'],
  ['not known to have started before it succeeds', 'startup', 3, 1, '--+', '??+'],
  ['never started', 'startup', 2, 1, '--', '?-'],
];

for (const [name, type, failureThreshold, successThreshold, answers, verdicts] of cases)
  test(`${type}: ${name}`, () => {
    let state = initialState(type);
    const seen = Array.from(answers, (answer) => {
      state = afterAnswer(state, answer === '+', { failureThreshold, successThreshold });
      return state.verdict === undefined ? '?' : state.verdict ? '+' : '-';
    });
    assert.equal(seen.join(''), verdicts);
  });

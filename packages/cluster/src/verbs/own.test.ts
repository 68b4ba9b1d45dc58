import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isOwnVerb } from './own.ts';

for (const [line, isOurs] of [
  ['up', true],
  ['nodes --name x', true],
  ['get pods', false],
  ['drain n1', false],
  ['drain n1 --explain', true],
  ['version', true],
  ['version --help', true],
  ['version --client', false],
  ['version -o json', false],
  ['toString', false],
] as const)
  test(`cox ${line}: ${isOurs ? 'ours' : 'for kubectl, or unknown'}`, () => {
    const [name, ...words] = line.split(' ');
    assert.equal(isOwnVerb(name!, words), isOurs);
  });

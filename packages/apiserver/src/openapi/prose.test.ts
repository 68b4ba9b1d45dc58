import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readProse } from '../../../../scripts/prose.ts';

test('the installed client tells of types and their fields, in plain text', () => {
  const prose = readProse(new URL('../../../..', import.meta.url).pathname);
  assert.ok(Object.keys(prose).length > 600, `${Object.keys(prose).length} types`);
  const pod = prose['V1Pod']!;
  assert.match(pod['']!, /^Pod is a collection of containers/);
  assert.match(pod['apiVersion']!, /^APIVersion defines/);
  assert.match(prose['CoreV1Event']!['reason']!, /short, machine understandable/);
  const texts = Object.values(prose).flatMap((about) => Object.values(about));
  assert.ok(!texts.some((text) => text.includes("\\'")), 'what comments escape is unescaped');
});

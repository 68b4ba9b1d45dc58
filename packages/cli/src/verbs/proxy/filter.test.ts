import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accepts, hostOf, patternsOf } from './filter.ts';

const filter = {
  acceptPaths: patternsOf('^.*'),
  rejectPaths: patternsOf('^/api/.*/pods/.*/exec,^/api/.*/pods/.*/attach'),
  acceptHosts: patternsOf('^localhost$,^127\\.0\\.0\\.1$,^::1$'),
  rejectMethods: patternsOf('^DELETE$'),
};
const plain = { method: 'GET', path: '/api/v1/pods', host: 'localhost:8001' };

const cases = [
  { name: 'a list', request: plain, want: true },
  { name: 'an address', request: { ...plain, host: '127.0.0.1' }, want: true },
  { name: 'IPv6', request: { ...plain, host: '[::1]:8001' }, want: true },
  { name: 'another host', request: { ...plain, host: 'evil.example:8001' }, want: false },
  { name: 'a method', request: { ...plain, method: 'DELETE' }, want: false },
  { name: 'exec', request: { ...plain, path: '/api/v1/namespaces/a/pods/b/exec' }, want: false },
];
for (const { name, request, want } of cases)
  test(`${name}: ${want}`, () => assert.equal(accepts(filter, request), want));

test('no patterns accept nothing', () =>
  assert.equal(accepts({ ...filter, acceptPaths: patternsOf('') }, plain), false));

test('a port is no part of a host', () =>
  assert.deepEqual(['a:1', 'a', '[::1]:1', '[::1]'].map(hostOf), ['a', 'a', '::1', '[::1]']));

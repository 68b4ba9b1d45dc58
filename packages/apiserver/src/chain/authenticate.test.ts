import assert from 'node:assert/strict';
import { test } from 'node:test';
import { proxyHeaderTest, usualProxyHeaders } from '../authn/front-proxy.ts';
import { requestWith } from '../authn/testing/request.ts';
import { authenticate } from './authenticate.ts';
import type { Request } from './station.ts';

const own = { ...usualProxyHeaders, username: ['X-Who'], extraPrefixes: ['X-More-'] };
const told = {
  accept: 'a',
  'x-remote-user': 'eve',
  'x-remote-extra-a%2fb': 'c',
  'x-who': 'eve',
  'x-more-z': 'z',
};

for (const [name, headers, saysWho, want] of [
  ['nothing is said', { accept: 'a', 'x-remotely': 'b' }, undefined, ['accept', 'x-remotely']],
  ['the usual headers', told, undefined, ['accept', 'x-who', 'x-more-z']],
  ["the server's own headers too", told, proxyHeaderTest(own), ['accept']],
] as const)
  test(`who calls is not told further on: ${name}`, async () => {
    const station = authenticate(
      [{ name: 'all', authenticate: async () => ({ name: 'ann', groups: [] }) }],
      ...([undefined, saysWho] as const),
    );
    let seen: Request | undefined;
    const request = { ...requestWith(headers), user: undefined };
    await station.pass(request, async (passed) => {
      seen = passed;
      return { as: 'object', code: 200, object: {} };
    });
    assert.deepEqual(Object.keys(seen!.headers), want);
    assert.deepEqual(request.headers, headers);
  });

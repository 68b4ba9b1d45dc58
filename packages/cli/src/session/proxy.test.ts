import assert from 'node:assert/strict';
import { test } from 'node:test';
import { proxyUrl } from '../config/proxy-url.ts';
import { proxyOfEnvironment } from './proxy.ts';

const secure = 'https://api.example.com:6443';
const cases: readonly (readonly [
  server: string,
  env: Readonly<Record<string, string>>,
  proxy: string | undefined,
])[] = [
  [secure, {}, undefined],
  [secure, { HTTPS_PROXY: 'http://p:1' }, 'http://p:1'],
  [secure, { https_proxy: 'socks5://p:1' }, 'socks5://p:1'],
  [secure, { HTTPS_PROXY: 'p:3128' }, 'http://p:3128'],
  [secure, { HTTP_PROXY: 'http://p:1' }, undefined],
  ['http://api.example.com', { HTTP_PROXY: 'http://p:1' }, 'http://p:1'],
  ['https://localhost:6443', { HTTPS_PROXY: 'p:1' }, undefined],
  ['https://127.0.0.1:6443', { HTTPS_PROXY: 'p:1' }, undefined],
  ['https://[::1]:6443', { HTTPS_PROXY: 'p:1' }, undefined],
  [secure, { HTTPS_PROXY: 'p:1', NO_PROXY: '*' }, undefined],
  [secure, { HTTPS_PROXY: 'p:1', NO_PROXY: 'example.com' }, undefined],
  [secure, { HTTPS_PROXY: 'p:1', no_proxy: 'other, .Example.com' }, undefined],
  [secure, { HTTPS_PROXY: 'p:1', NO_PROXY: 'ample.com' }, 'http://p:1'],
  [secure, { HTTPS_PROXY: 'p:1', NO_PROXY: 'api.example.com:6443' }, undefined],
  [secure, { HTTPS_PROXY: 'p:1', NO_PROXY: 'api.example.com:443' }, 'http://p:1'],
  ['https://example.com', { HTTPS_PROXY: 'p:1', NO_PROXY: '.example.com' }, 'http://p:1'],
  ['https://10.1.2.3', { HTTPS_PROXY: 'p:1', NO_PROXY: '10.0.0.0/8' }, undefined],
  ['https://11.1.2.3', { HTTPS_PROXY: 'p:1', NO_PROXY: '10.0.0.0/8' }, 'http://p:1'],
  ['https://11.1.2.3', { HTTPS_PROXY: 'p:1', NO_PROXY: '11.1.2.3' }, undefined],
  ['https://[fd00::1]', { HTTPS_PROXY: 'p:1', NO_PROXY: 'fd00::/8' }, undefined],
];

for (const [server, env, proxy] of cases)
  test(`${server} with ${JSON.stringify(env)}`, () => {
    const found = proxyOfEnvironment(new URL(server), env);
    assert.equal(found?.href.replace(/\/$/, ''), proxy);
  });

test('other schemes are no proxies', () => {
  assert.throws(() => proxyUrl('ftp://p'), {
    message: 'unsupported scheme "ftp", must be http, https, or socks5',
  });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onNameServer } from './name-server.ts';

const table: readonly (readonly [
  says: string,
  name: string,
  resolver: readonly string[],
  sources: readonly string[],
  wanted: string,
])[] = [
  [
    'the first server',
    'a.b',
    ['# x', 'nameserver 1.2.3.4', 'nameserver 5.6.7.8'],
    [],
    '1.2.3.4:53',
  ],
  [
    'what is no address is passed over',
    'a',
    ['nameserver x', 'nameserver 5.6.7.8'],
    [],
    '5.6.7.8:53',
  ],
  ['an IPv6 address stands in brackets', 'a', ['nameserver fd00::1'], [], '[fd00::1]:53'],
  ['none named', 'a', ['search x'], ['hosts: files dns'], '127.0.0.1:53'],
  ['files alone are asked', 'a', ['nameserver 1.2.3.4'], ['hosts: files'], ''],
  ['no name of a domain', 'a..b', ['nameserver 1.2.3.4'], [], ''],
  ['no name for DNS', 'a.onion', ['nameserver 1.2.3.4'], [], ''],
];

for (const [says, name, resolver, sources, wanted] of table)
  test(says, () => assert.equal(onNameServer(name, resolver, sources), wanted && ` on ${wanted}`));

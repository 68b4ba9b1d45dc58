import assert from 'node:assert/strict';
import { test } from 'node:test';
import { uncovered } from './rule-cover.ts';

const pods = (verbs: string[], more: object = {}) => ({
  ...{ apiGroups: [''], resources: ['pods'], verbs, ...more },
});
const paths = (nonResourceURLs: string[], verbs = ['get']) => ({ nonResourceURLs, verbs });

const cases = [
  { name: 'the same', owned: [pods(['get'])], asked: [pods(['get'])], want: [] },
  {
    name: 'another verb',
    owned: [pods(['get'])],
    asked: [pods(['get', 'list'])],
    want: [pods(['list'])],
  },
  { name: 'all verbs', owned: [pods(['*'])], asked: [pods(['get', 'list'])], want: [] },
  {
    name: 'one name does not cover all',
    owned: [pods(['get'], { resourceNames: ['a'] })],
    asked: [pods(['get'])],
    want: [pods(['get'])],
  },
  {
    name: 'all names cover one',
    owned: [pods(['get'])],
    asked: [pods(['get'], { resourceNames: ['a'] })],
    want: [],
  },
  {
    name: 'a part of all resources',
    owned: [pods(['get'], { resources: ['*/log'] })],
    asked: [pods(['get'], { resources: ['pods/log', 'pods'] })],
    want: [pods(['get'])],
  },
  { name: 'paths below', owned: [paths(['/a/*'])], asked: [paths(['/a/b'])], want: [] },
  {
    name: 'paths beside',
    owned: [paths(['/a/*'])],
    asked: [paths(['/b'])],
    want: [paths(['/b'])],
  },
];
for (const { name, owned, asked, want } of cases)
  test(name, () => assert.deepEqual(uncovered(owned, asked), want));

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UsageError } from '../command/flags.ts';
import type { ServerFlag } from './server-flags.ts';
import { serverSettings } from './server-settings.ts';

for (const [name, flags, want] of [
  [
    'a slip of the pen',
    { 'enable-admission-plugins': 'AlwaysPullImage' },
    'invalid value "AlwaysPullImage" for --enable-admission-plugins: there is no admission plugin "AlwaysPullImage"; did you mean "AlwaysPullImages"?',
  ],
  [
    'another case',
    { 'disable-admission-plugins': 'ServiceAccount,priority' },
    'invalid value "ServiceAccount,priority" for --disable-admission-plugins: there is no admission plugin "priority"; did you mean "Priority"?',
  ],
  [
    'nothing near',
    { 'disable-admission-plugins': 'Nope' },
    'invalid value "Nope" for --disable-admission-plugins: there is no admission plugin "Nope"',
  ],
  [
    'both on and off',
    { 'enable-admission-plugins': 'Priority', 'disable-admission-plugins': 'Priority' },
    '[Priority] in enable-admission-plugins and disable-admission-plugins overlapped',
  ],
  [
    'a gate that is not there',
    { 'feature-gates': 'Nope=true' },
    /^invalid value "Nope=true" for --feature-gates: /,
  ],
] as const satisfies readonly (readonly [
  string,
  Partial<Record<ServerFlag, string>>,
  string | RegExp,
])[])
  test(`server settings refused: ${name}`, () =>
    assert.rejects(serverSettings(flags), (error: Error) => {
      assert.ok(error instanceof UsageError);
      if (typeof want === 'string') assert.equal(error.message, want);
      else assert.match(error.message, want);
      return true;
    }));

test('server settings: NodeRestriction is on unless the flag says otherwise', async () => {
  assert.deepEqual((await serverSettings({})).admission, {
    enable: ['NodeRestriction'],
    disable: [],
  });
});

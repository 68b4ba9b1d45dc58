import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

test('server settings: the configuration of admission plugins, in the file and beside it', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'cox-admission-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'admission.yaml');
  const write = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text);
  const security =
    'apiVersion: pod-security.admission.config.k8s.io/v1\nkind: PodSecurityConfiguration\n';
  const head = 'apiVersion: apiserver.config.k8s.io/v1\nkind: AdmissionConfiguration\nplugins:\n';
  const settings = (): ReturnType<typeof serverSettings> =>
    serverSettings({ 'admission-control-config-file': file });

  await write('security.yaml', `${security}defaults: { enforce: baseline }\n`);
  await write(
    'admission.yaml',
    `${head}- name: PodSecurity\n  path: security.yaml\n- name: PodNodeSelector\n  configuration: { podNodeSelectorPluginConfig: { a: b=c } }\n`,
  );
  const { configuration } = (await settings()).admission;
  assert.deepEqual((configuration!.get('PodSecurity') as any).defaults, { enforce: 'baseline' });
  assert.deepEqual(configuration!.get('PodNodeSelector'), {
    podNodeSelectorPluginConfig: { a: 'b=c' },
  });

  await write('security.yaml', `${security}defaults: { enforce: basic }\n`);
  await assert.rejects(settings(), {
    name: 'UsageError',
    message:
      'couldn\'t init admission plugin "PodSecurity": defaults.enforce: Invalid value: "basic": must be one of privileged, baseline, restricted',
  });
  await write('admission.yaml', 'kind: Pod\n');
  await assert.rejects(settings(), { name: 'UsageError', message: /no kind "Pod" is registered/ });
});

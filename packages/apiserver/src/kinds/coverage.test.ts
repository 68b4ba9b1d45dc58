import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ConfigMaps, Ingresses } from '@coxswain/api';
import { coverageWarning, withoutEffect } from './coverage.ts';
import { builtInKinds } from './index.ts';
import { context } from './testing/index.ts';

test('docs/coverage.md says what the code says', () => {
  const page = readFileSync(new URL('../../../../docs/coverage.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| (\S+)\s+\| (.+?)\s+\|$/gm)].map(([, name, missing]) => [
    name,
    missing,
  ]);
  assert.deepEqual(
    rows.filter(([name]) => name !== 'resource' && name !== '---'),
    Object.entries(withoutEffect),
  );
});

test('every kind without effect is served', () => {
  const served = new Set(
    builtInKinds.map(({ resource: { group, resource } }) =>
      group ? `${resource}.${group}` : resource,
    ),
  );
  assert.deepEqual(
    Object.keys(withoutEffect).filter((name) => !served.has(name)),
    [],
  );
});

test('the list of kinds warns on create alone', () => {
  const kind = builtInKinds.find(({ resource }) => resource.resource === 'ingresses')!;
  const object = { metadata: { name: 'a' }, spec: {} };
  assert.deepEqual([...kind.warnings!(object, undefined, context)], [coverageWarning(Ingresses)]);
  assert.deepEqual([...kind.warnings!(object, object, context)], []);
});

test('a create is warned of what does not happen', () => {
  assert.equal(
    coverageWarning(Ingresses),
    'Ingress is stored but has no effect in this version of Coxswain yet: no traffic is let in',
  );
  assert.equal(coverageWarning(ConfigMaps), undefined);
});

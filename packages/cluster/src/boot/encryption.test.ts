import assert from 'node:assert/strict';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createLog, virtualWorld } from '@coxswain/base';
import { openEncryption } from './encryption.ts';

const key = '/registry/secrets/default/a';
const text = (name: string): string => `
apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
- resources: [secrets]
  providers:
  - aesgcm: {keys: [{name: ${name}, secret: ${Buffer.alloc(32, 7).toString('base64')}}]}
`;

test('the file of the encryption is followed; a wrong one changes nothing', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'cox-encryption-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'encryption.yaml');
  const put = (content: string): void => {
    writeFileSync(`${path}.new`, content);
    renameSync(`${path}.new`, path);
  };
  put(text('one'));
  const logged: string[] = [];
  const world = virtualWorld(
    1,
    createLog(
      ({ message }) => void logged.push(message),
      () => 0,
      'test',
    ),
  );
  const flags = {
    'encryption-provider-config': path,
    'encryption-provider-config-automatic-reload': 'true',
  };
  const current = (await openEncryption(flags, world))!;
  t.after(() => current[Symbol.dispose]());
  let changes = 0;
  current.changed = () => changes++;
  const prefix = (): string =>
    Buffer.from(current.now.chainOf(key)!.seal(Buffer.from('x'), key)).toString('latin1', 0, 22);
  const until = async (isThere: () => boolean): Promise<void> => {
    while (!isThere()) {
      await new Promise((resolve) => setImmediate(resolve));
      world.clock.step(world.clock.now() + 1000);
    }
  };
  assert.equal(prefix(), 'k8s:enc:aesgcm:v1:one:');
  put(text('two'));
  await until(() => changes === 1);
  assert.equal(prefix(), 'k8s:enc:aesgcm:v1:two:');
  put('kind: Nothing');
  await until(() => logged.some((line) => line.includes('cannot be read')));
  assert.equal(prefix(), 'k8s:enc:aesgcm:v1:two:');
});

test('a file that is wrong is refused by its name', async () => {
  const flags = { 'encryption-provider-config': '/nowhere/encryption.yaml' };
  await assert.rejects(
    openEncryption(flags, virtualWorld()),
    /error while parsing file: \/nowhere\/encryption.yaml: ENOENT/,
  );
});

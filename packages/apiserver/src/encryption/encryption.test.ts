import assert from 'node:assert/strict';
import { test } from 'node:test';
import { virtualWorld } from '@coxswain/base';
import { openMemoryStorage } from '@coxswain/storage/memory';
import { admin, adminToken, openWholeServer } from '../testing/whole-server.ts';
import { type CurrentEncryption, encryptedStorage, encryptionOf } from './index.ts';

const secret = (fill: number, bytes = 32): string => Buffer.alloc(bytes, fill).toString('base64');
const config = (providers: readonly object[], resources: readonly string[] = ['secrets']) => ({
  ...{ kind: 'EncryptionConfiguration', apiVersion: 'apiserver.config.k8s.io/v1' },
  resources: [{ resources, providers }],
});
const keys = (name: string, fill = 1): object => ({ keys: [{ name, secret: secret(fill) }] });
const key = '/registry/secrets/default/a';
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const value = Buffer.from('{"kind":"Secret"}');
const by = { user: '', agent: '' };

for (const provider of ['aesgcm', 'aescbc', 'secretbox'])
  test(`${provider}: sealed in the store, plain above it, stale once another provider writes`, async () => {
    await using inner = openMemoryStorage(virtualWorld());
    const current: CurrentEncryption = { now: encryptionOf(config([{ [provider]: keys('k1') }])) };
    const storage = encryptedStorage(inner, current);
    await storage.commit([{ put: key, value, expect: 0 }], by);
    const kept = (await inner.get(key))!.value;
    assert.ok(text(kept).startsWith(`k8s:enc:${provider}:v1:k1:`));
    assert.ok(!text(kept).includes('Secret'));
    assert.equal(text((await storage.get(key))!.value), text(value));
    assert.equal(storage.isStale!(key), false);
    const newer = { aescbc: { keys: [{ name: 'k2', secret: secret(9, 16) }] } };
    current.now = encryptionOf(config([newer, { [provider]: keys('k1') }, { identity: {} }]));
    const { entries } = await storage.list('/registry/');
    assert.deepEqual([text(entries[0]!.value), storage.isStale!(key)], [text(value), true]);
    await storage.commit([{ put: key, value }], by);
    assert.ok(text((await inner.get(key))!.value).startsWith('k8s:enc:aescbc:v1:k2:'));
    await storage.get(key);
    assert.equal(storage.isStale!(key), false);
    current.now = encryptionOf(config([{ identity: {} }]));
    const lost = (await storage.get(key))!;
    assert.deepEqual(
      [lost.value.length, lost.unreadable?.message],
      [0, 'no matching prefix found'],
    );
  });

test('a value moved to another key does not open', async () => {
  const chain = encryptionOf(config([{ aesgcm: keys('k') }])).chainOf(key)!;
  const sealed = chain.seal(value, key);
  assert.throws(() => chain.open(sealed, `${key}b`), /message authentication failed/);
});

test("what upstream's AES-GCM wrote opens: prefix, nonce, sealed bytes, tag", () => {
  const chain = encryptionOf(config([{ aesgcm: keys('k') }])).chainOf(key)!;
  const sealed = chain.seal(value, key);
  assert.equal(sealed.length, 'k8s:enc:aesgcm:v1:k:'.length + 12 + value.length + 16);
});

const covered: readonly (readonly [rule: string, key: string, covers: boolean])[] = [
  ['secrets', key, true],
  ['secrets', '/registry/configmaps/default/a', false],
  ['*.', '/registry/configmaps/default/a', true],
  ['*.', '/registry/deployments/default/a', false],
  ['*.apps', '/registry/deployments/default/a', true],
  ['deployments.apps', '/registry/deployments/default/a', true],
  ['*.*', '/registry/example.com/widgets/default/a', true],
  ['widgets.example.com', '/registry/example.com/widgets/default/a', true],
  ['*.', '/registry/services/specs/default/a', true],
];
for (const [rule, of, covers] of covered)
  test(`${rule} ${covers ? 'covers' : 'leaves out'} ${of}`, () =>
    assert.equal(
      encryptionOf(config([{ identity: {} }], [rule])).chainOf(of) !== undefined,
      covers,
    ));

const wrong: readonly (readonly [object, RegExp])[] = [
  [
    config([{ aesgcm: { keys: [{ name: 'k', secret: 'AAAA' }] } }]),
    /got 3, expected one of \[16 24 32\]/,
  ],
  [
    config([{ aesgcm: { keys: [{ name: 'k', secret: '%' }] } }]),
    /"REDACTED": secrets must be base64/,
  ],
  [config([{ identity: {}, aesgcm: keys('k') }]), /more than one provider specified/],
  [config([{ identity: {} }], ['*']), /use '\*\.' to encrypt all the resources/],
  [config([]), /at least one provider is required/],
  [config([{ kms: {} }]), /kms.name: Required value: name is a mandatory field for a provider/],
  [config([{ kms: { name: 'k' } }]), /KMSv1 is deprecated/],
  [config([{ kms: { name: 'a:b', apiVersion: 'v2' } }]), /must not contain ':'/],
  [
    config([{ kms: { name: 'k', apiVersion: 'v2', endpoint: 'tcp://a' } }]),
    /unsupported scheme "tcp"/,
  ],
  [
    config([{ kms: { name: 'k', apiVersion: 'v2', endpoint: 'unix:///a', cachesize: 1 } }]),
    /cachesize is not supported in v2/,
  ],
  [{}, /no kind ""/],
];
for (const [given, words] of wrong)
  test(`refused: ${words.source}`, () => assert.throws(() => encryptionOf(given), words));

/** The whole server on a store with two secrets, of which the one named `lost` cannot be read any more. */
async function withLost() {
  const world = virtualWorld();
  const inner = openMemoryStorage(world);
  const current: CurrentEncryption = { now: encryptionOf(config([{ aescbc: keys('k1') }])) };
  const at = '/api/v1/namespaces/default/secrets';
  const secret = (name: string): object => ({
    kind: 'Secret',
    apiVersion: 'v1',
    metadata: { name },
  });
  {
    await using whole = await openWholeServer({ world, storage: encryptedStorage(inner, current) });
    await whole.as(admin).post(at, secret('lost'));
  }
  current.now = encryptionOf(config([{ aescbc: keys('k2', 2) }, { identity: {} }]));
  const storage = encryptedStorage(inner, current);
  const whole = await openWholeServer({ world, storage });
  await whole.as(admin).post(at, secret('found'));
  return { whole, current, at, secret };
}

test('what cannot be decrypted fails the requests for it, and nothing else', async () => {
  const { whole, current, at, secret } = await withLost();
  await using _whole = whole;
  const ask = async (method: string, target: string, body?: object) => {
    const headers = { 'content-type': 'application/json' };
    const given = {
      method,
      headers,
      token: adminToken,
      ...(body && { body: JSON.stringify(body) }),
    };
    const { code, object } = await whole.wire(target, given);
    return [code, object.message];
  };
  const why = 'no matching key was found for the provided AES transformer';
  const ofKey = `unable to transform key "/registry/secrets/default/lost": ${why}`;
  assert.deepEqual(await ask('GET', `${at}/lost`), [500, `Internal error occurred: ${why}`]);
  assert.deepEqual(await ask('DELETE', `${at}/lost`), [500, `Internal error occurred: ${why}`]);
  assert.deepEqual(await ask('GET', at), [500, `Internal error occurred: ${ofKey}`]);
  const initializing = `storage is (re)initializing: failed to list *core.Secret: ${ofKey}`;
  assert.deepEqual(await ask('GET', `${at}?watch=true`), [429, initializing]);
  assert.deepEqual(await ask('POST', at, secret('lost')), [409, 'secrets "lost" already exists']);
  assert.deepEqual(await ask('GET', `${at}/found`), [200, undefined]);
  assert.deepEqual(await ask('GET', '/api/v1/configmaps'), [200, undefined]);
  // The key comes back: everything is read again.
  current.now = encryptionOf(config([{ aescbc: keys('k2', 2) }, { aescbc: keys('k1') }]));
  current.changed!();
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(await ask('GET', `${at}/lost`), [200, undefined]);
  assert.deepEqual(await ask('GET', at), [200, undefined]);
});

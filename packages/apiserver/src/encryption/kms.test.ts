import assert from 'node:assert/strict';
import { createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Server, ServerCredentials, status, type UntypedHandleCall } from '@grpc/grpc-js';
import { type VirtualClock, virtualWorld, type World } from '@coxswain/base';
import { openMemoryStorage } from '@coxswain/storage/memory';
import { encryptedStorage, encryptionOf } from './index.ts';
import { type EncryptedObject, kmsDecode, kmsEncode } from './kms-wire.ts';
import { Kms } from './kms.ts';

const key = '/registry/secrets/default/a';
const value = Buffer.from('{"kind":"Secret"}');
const by = { user: '', agent: '' };

interface Plugin extends AsyncDisposable {
  readonly endpoint: string;
  readonly calls: string[];
  keyId: string;
  healthz: string;
}

/** A plugin that keeps secrets by their numbers. */
async function openPlugin(): Promise<Plugin> {
  const folder = mkdtempSync(join(tmpdir(), 'cox-kms-'));
  const secrets: Buffer[] = [];
  const calls: string[] = [];
  const server = new Server();
  const method = (name: string, answer: (request: Record<string, Uint8Array>) => object) => ({
    path: `/v2.KeyManagementService/${name}`,
    ...{ requestStream: false, responseStream: false },
    requestDeserialize: (bytes: Buffer) => kmsDecode(`${name}Request`, bytes) as object,
    requestSerialize: (message: object) => kmsEncode(`${name}Request`, message),
    responseSerialize: (message: object) => kmsEncode(`${name}Response`, message),
    responseDeserialize: (bytes: Buffer) => kmsDecode(`${name}Response`, bytes) as object,
    answer,
  });
  const methods = {
    Status: method('Status', () => ({
      ...{ version: 'v2', healthz: plugin.healthz, key_id: plugin.keyId },
    })),
    Encrypt: method('Encrypt', ({ plaintext }) => {
      secrets.push(Buffer.from(plaintext!));
      const ciphertext = Buffer.from(`sealed ${secrets.length - 1}`);
      const annotations = { 'kms.test/by': Buffer.from(plugin.keyId) };
      return { ciphertext, key_id: plugin.keyId, annotations };
    }),
    Decrypt: method('Decrypt', ({ ciphertext }) => ({
      plaintext: secrets[Number(Buffer.from(ciphertext!).toString().split(' ')[1])],
    })),
  };
  const handlers = Object.entries(methods).map(([name, { answer }]) => {
    const handle: UntypedHandleCall = (
      call: { request: Record<string, Uint8Array> },
      done: (error: object | null, message?: object) => void,
    ) => {
      calls.push(name);
      if (plugin.healthz === 'down') done({ code: status.UNAVAILABLE, details: 'asleep' });
      else done(null, answer(call.request));
    };
    return [name, handle] as const;
  });
  server.addService(methods as never, Object.fromEntries(handlers));
  const endpoint = `unix://${join(folder, 'kms.sock')}`;
  await new Promise<void>((resolve, reject) =>
    server.bindAsync(
      `unix:${join(folder, 'kms.sock')}`,
      ServerCredentials.createInsecure(),
      (error) => (error ? reject(error) : resolve()),
    ),
  );
  const plugin: Plugin = {
    ...{ endpoint, calls, keyId: 'key-1', healthz: 'ok' },
    async [Symbol.asyncDispose]() {
      server.forceShutdown();
      rmSync(folder, { recursive: true });
    },
  };
  return plugin;
}

const document = {
  ...{ kind: 'EncryptionConfiguration', apiVersion: 'apiserver.config.k8s.io/v1' },
  resources: [
    {
      resources: ['secrets'],
      providers: [{ kms: { apiVersion: 'v2', name: 'vault', endpoint: 'unix:///unused' } }],
    },
  ],
};

type Test = World & { readonly clock: VirtualClock };

/** What a server has of a plugin, on a store that others have too. */
async function over(plugin: Plugin, world: Test, inner: ReturnType<typeof openMemoryStorage>) {
  const kms = new Kms({ name: 'vault', endpoint: plugin.endpoint, timeoutMs: 3000 }, world);
  await kms.open();
  const current = { now: encryptionOf(document, () => kms.transformer) };
  return { kms, storage: encryptedStorage(inner, current) };
}

/** Lets time pass until the plugin has been asked once more, and has answered. */
async function askedAgain({ calls }: Plugin, { clock, work }: Test, ms: number): Promise<void> {
  const before = calls.length;
  while (clock.step(clock.now() + ms) && calls.length === before)
    await new Promise((resolve) => setImmediate(resolve));
  while (calls.length === before || work.outstanding > 0)
    await new Promise((resolve) => setImmediate(resolve));
}

test("KMS: upstream's layout, one call for all values of a seed, another server reads them", async () => {
  await using plugin = await openPlugin();
  const world = virtualWorld();
  await using inner = openMemoryStorage(world);
  const { kms, storage } = await over(plugin, world, inner);
  await storage.commit([{ put: key, value, expect: 0 }], by);
  await storage.commit([{ put: `${key}b`, value, expect: 0 }], by);
  const prefix = 'k8s:enc:kms:v2:vault:';
  const kept = Buffer.from((await inner.get(key))!.value);
  assert.equal(kept.subarray(0, prefix.length).toString(), prefix);
  const object = kmsDecode('EncryptedObject', kept.subarray(prefix.length)) as EncryptedObject;
  assert.deepEqual(
    [
      object.keyID,
      Buffer.from(object.encryptedDEKSource).toString(),
      object.encryptedDEKSourceType,
    ],
    ['key-1', 'sealed 0', 1],
  );
  assert.equal(Buffer.from(object.annotations['kms.test/by']!).toString(), 'key-1');
  assert.deepEqual(plugin.calls, ['Status', 'Encrypt']);
  const other = await over(plugin, world, inner);
  plugin.calls.length = 0;
  const { entries } = await other.storage.list('/registry/secrets/');
  assert.deepEqual(
    entries.map((entry) => Buffer.from(entry.value).toString()),
    [value.toString(), value.toString()],
  );
  assert.deepEqual(plugin.calls, ['Decrypt']);
  kms[Symbol.dispose]();
  other.kms[Symbol.dispose]();
});

test('KMS: the key of a value is HKDF of the seed by its first bytes', async () => {
  await using plugin = await openPlugin();
  await using inner = openMemoryStorage(virtualWorld());
  const { kms, storage } = await over(plugin, virtualWorld(), inner);
  await storage.commit([{ put: key, value, expect: 0 }], by);
  const kept = (await inner.get(key))!.value.subarray('k8s:enc:kms:v2:vault:'.length);
  const { encryptedData } = kmsDecode('EncryptedObject', kept) as EncryptedObject;
  const data = Buffer.from(encryptedData);
  // Its own seed, by the plugin's own means.
  const { Client, credentials } = await import('@grpc/grpc-js');
  const client = new Client(plugin.endpoint.replace('//', ''), credentials.createInsecure());
  const { plaintext } = await new Promise<{ plaintext: Uint8Array }>((resolve, reject) =>
    client.makeUnaryRequest(
      '/v2.KeyManagementService/Decrypt',
      (message: object) => kmsEncode('DecryptRequest', message),
      (bytes) => kmsDecode('DecryptResponse', bytes) as { plaintext: Uint8Array },
      { ciphertext: Buffer.from('sealed 0') },
      (error, answer) => (error ? reject(error) : resolve(answer!)),
    ),
  );
  client.close();
  const info = data.subarray(0, 32);
  const derived = createHmac('sha256', plaintext)
    .update(Buffer.concat([info, Buffer.of(1)]))
    .digest();
  const cipher = createDecipheriv('aes-256-gcm', derived, data.subarray(32, 44));
  cipher.setAAD(Buffer.from(key)).setAuthTag(data.subarray(-16));
  assert.equal(
    cipher.update(data.subarray(44, -16)).toString() + cipher.final('utf8'),
    value.toString(),
  );
  kms[Symbol.dispose]();
});

test('KMS: a new key makes what is stored stale; without answers the old one seals for a while', async () => {
  await using plugin = await openPlugin();
  const world = virtualWorld();
  await using inner = openMemoryStorage(world);
  const { kms, storage } = await over(plugin, world, inner);
  await storage.commit([{ put: key, value, expect: 0 }], by);
  await storage.get(key);
  assert.equal(storage.isStale!(key), false);
  plugin.keyId = 'key-2';
  await askedAgain(plugin, world, 60_000);
  assert.equal(kms.unwell?.message, undefined);
  await storage.get(key);
  assert.equal(storage.isStale!(key), true);
  plugin.healthz = 'down';
  await askedAgain(plugin, world, 60_000);
  assert.equal(
    kms.unwell?.message,
    'kmsv2 Provider vault is not healthy, error: rpc error: code = Unavailable desc = asleep',
  );
  await storage.commit([{ put: key, value }], by);
  for (let round = 0; round < 13; round++) await askedAgain(plugin, world, 10_000);
  await assert.rejects(
    storage.commit([{ put: key, value }], by),
    /Internal error occurred: encryptedDEKSource with keyID hash "sha256:[0-9a-f]{64}" expired at .*Z \(current time is .*Z\)/,
  );
  assert.equal((await storage.get(key))!.unreadable, undefined);
  plugin.healthz = 'ok';
  await askedAgain(plugin, world, 10_000);
  await storage.commit([{ put: key, value }], by);
  kms[Symbol.dispose]();
});

test('KMS: what the plugin cannot open is unreadable, and is asked for again', async () => {
  await using plugin = await openPlugin();
  const world = virtualWorld();
  await using inner = openMemoryStorage(world);
  const first = await over(plugin, world, inner);
  await first.storage.commit([{ put: key, value, expect: 0 }], by);
  const { kms, storage } = await over(plugin, world, inner);
  plugin.healthz = 'down';
  assert.equal(
    (await storage.get(key))!.unreadable?.message,
    'failed to decrypt DEK, error: rpc error: code = Unavailable desc = asleep',
  );
  plugin.healthz = 'ok';
  assert.equal((await storage.get(key))!.unreadable, undefined);
  const spoilt = Buffer.concat([Buffer.from('k8s:enc:kms:v2:vault:'), randomBytes(3)]);
  await inner.commit([{ put: key, value: spoilt }], by);
  assert.ok((await storage.get(key))!.unreadable);
  first.kms[Symbol.dispose]();
  kms[Symbol.dispose]();
});

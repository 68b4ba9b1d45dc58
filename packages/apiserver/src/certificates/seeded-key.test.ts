import assert from 'node:assert/strict';
import { createPublicKey, verify, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { seededRandom } from '@coxswain/base';
import { passingPki } from './pki.ts';
import { seededKey, seededSignature } from './seeded-key.ts';

test('a seed gives one key, and signatures by it that hold and are always the same', () => {
  const random = seededRandom(7);
  for (let round = 0; round < 50; round++) {
    const key = seededKey(random);
    const data = Buffer.from(`data ${round}`);
    const signature = seededSignature(data, key);
    assert.ok(verify('sha256', data, createPublicKey(key), signature), `round ${round}`);
    assert.deepEqual(seededSignature(data, key), signature);
  }
  const pem = (seed: number): unknown =>
    seededKey(seededRandom(seed)).export({ format: 'pem', type: 'pkcs8' });
  assert.equal(pem(1), pem(1));
  assert.notEqual(pem(1), pem(2));
});

test('the certificates of a passing cluster follow from its seed, and outlast any leap of its clock', () => {
  const nowMs = Date.UTC(2026, 0);
  const wanted = { names: [], nodes: [] };
  const [one, same] = [1, 1].map((seed) => passingPki(wanted, nowMs, seededRandom(seed)));
  const fresh = passingPki(wanted, nowMs);
  assert.equal(one!.ca.certificate, same!.ca.certificate);
  assert.notEqual(one!.ca.certificate, fresh.ca.certificate);
  for (const pki of [one!, fresh]) {
    const ca = new X509Certificate(pki.ca.certificate);
    const admin = new X509Certificate(pki.admin.certificate);
    assert.ok(ca.verify(ca.publicKey));
    assert.ok(admin.verify(ca.publicKey));
    assert.ok(Date.parse(admin.validTo) > Date.UTC(2100, 0));
    assert.equal(pki.admin.certificate, pki.admin.certificate);
  }
});

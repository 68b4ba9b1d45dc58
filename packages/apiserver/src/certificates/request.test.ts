import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { issue, type KeyPair } from './issue.ts';
import { requestAuthority } from './request.ts';

const dayMs = 86_400_000;
const startMs = Date.UTC(2026, 0, 1);
const ca = issue({
  commonName: 'kubernetes',
  use: 'authority',
  notBeforeMs: startMs,
  notAfterMs: startMs + 100 * dayMs,
});

/** An authority with an RSA key, as kubeadm and openssl make them. */
function foreignAuthority(): KeyPair {
  const folder = mkdtempSync(join(tmpdir(), 'cox-ca-'));
  try {
    const [key, certificate] = [join(folder, 'ca.key'), join(folder, 'ca.crt')];
    const subject = ['-subj', '/CN=foreign', '-days', '36500'];
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', certificate],
        ...subject,
      ],
      { stdio: 'ignore' },
    );
    return { key: readFileSync(key, 'utf8'), certificate: readFileSync(certificate, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('an authority of others signs too, by its own kind of key', () => {
  const foreign = foreignAuthority();
  const parent = new X509Certificate(foreign.certificate);
  const usages = ['client auth'];
  const text = requestAuthority(foreign).sign(requestOf('ed25519'), {
    usages,
    notBeforeMs: startMs,
    notAfterMs: startMs + dayMs,
  });
  const made = new X509Certificate(text);
  // Names, key identifiers and signature all fit.
  assert.ok(made.checkIssued(parent) && made.verify(parent.publicKey));
});

/** A request as users make them. */
const requestOf = (...key: readonly string[]): string =>
  execFileSync(
    'openssl',
    [
      ...['req', '-new', '-newkey', ...key, '-nodes', '-keyout', '/dev/null', '-batch'],
      ...['-subj', '/O=system:nodes/CN=system:node:n1'],
      ...['-addext', 'subjectAltName=DNS:n1,DNS:n1.local,IP:10.0.0.1'],
    ],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  );

for (const key of [
  ['rsa:2048'],
  ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'],
  ['ed25519'],
] as const)
  test(`a request with a key of ${key[0]} is read and signed`, () => {
    const authority = requestAuthority(ca);
    const request = requestOf(...key);
    assert.deepEqual(authority.read(request), {
      commonName: 'system:node:n1',
      organizations: ['system:nodes'],
      dnsNames: 2,
      addresses: 1,
      emails: 0,
      uris: 0,
    });
    const usages = ['digital signature', 'key encipherment', 'server auth'];
    const text = authority.sign(request, {
      usages,
      notBeforeMs: startMs,
      notAfterMs: startMs + 1000 * dayMs,
    });
    const made = new X509Certificate(text);
    const issuer = new X509Certificate(ca.certificate);
    assert.ok(made.checkIssued(issuer) && made.verify(issuer.publicKey));
    assert.deepEqual(
      [made.subject, made.subjectAltName, made.keyUsage, made.ca, Date.parse(made.validTo)],
      [
        'O=system:nodes\nCN=system:node:n1',
        'DNS:n1, DNS:n1.local, IP Address:10.0.0.1',
        ['1.3.6.1.5.5.7.3.1'],
        false,
        startMs + 100 * dayMs,
      ],
    );
  });

test('what is no request, or was changed, is refused', () => {
  const authority = requestAuthority(ca);
  assert.throws(() => authority.read(ca.certificate), /PEM block type must be CERTIFICATE REQUEST/);
  const bytes = Buffer.from(requestOf('ed25519').replaceAll(/-----.*-----|\s/g, ''), 'base64');
  bytes[bytes.length - 1]! ^= 1;
  const again = `-----BEGIN CERTIFICATE REQUEST-----\n${bytes.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`;
  assert.throws(() => authority.read(again), /not signed by its own key/);
});

import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createServer, connect } from 'node:tls';
import { VirtualClock } from '@coxswain/base';
import { ensurePki, type PkiWanted } from './pki.ts';

const root = mkdtempSync(join(tmpdir(), 'cox-pki-'));
after(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;
const newFolder = (): string => join(root, String(folders++));
const wanted: PkiWanted = {
  names: ['10.96.0.1', 'laptop'],
  nodes: [{ name: 'cox-1', addresses: ['172.30.0.2', 'fd00::2'] }],
};
const dayMs = 24 * 60 * 60 * 1000;
const clockAt = (ms: number): VirtualClock => new VirtualClock(ms);
const start = Date.UTC(2026, 0, 1);

test('pki: subjects, authorities and uses of every certificate', () => {
  const pki = ensurePki(newFolder(), wanted, clockAt(start));
  const ca = new X509Certificate(pki.ca.certificate);
  const proxyCa = new X509Certificate(pki.frontProxyCa.certificate);
  const facts = (pem: string): string => {
    const certificate = new X509Certificate(pem);
    const by = certificate.verify(ca.publicKey)
      ? 'ca'
      : certificate.verify(proxyCa.publicKey)
        ? 'front'
        : '?';
    const usage = (certificate.keyUsage ?? []).map((id) =>
      id.endsWith('.1') ? 'server' : 'client',
    );
    return `${certificate.subject.replaceAll('\n', ',')} ${by} ${certificate.ca} ${usage.join()}`;
  };
  assert.deepEqual(
    {
      ca: facts(pki.ca.certificate),
      front: facts(pki.frontProxyCa.certificate),
      serving: facts(pki.serving.certificate),
      admin: facts(pki.admin.certificate),
      controllers: facts(pki.controllerManager.certificate),
      scheduler: facts(pki.scheduler.certificate),
      proxy: facts(pki.proxy.certificate),
      kubelet: facts(pki.kubeletClient.certificate),
      frontClient: facts(pki.frontProxyClient.certificate),
      node: facts(pki.nodes['cox-1']!.client.certificate),
      nodeServing: facts(pki.nodes['cox-1']!.serving.certificate),
    },
    {
      ca: 'CN=kubernetes ca true ',
      front: 'CN=front-proxy-ca front true ',
      serving: 'CN=kube-apiserver ca false server',
      admin: 'O=system:masters,CN=kubernetes-admin ca false client',
      controllers: 'CN=system:kube-controller-manager ca false client',
      scheduler: 'CN=system:kube-scheduler ca false client',
      proxy: 'O=system:node-proxier,CN=system:kube-proxy ca false client',
      kubelet: 'O=system:masters,CN=kube-apiserver-kubelet-client ca false client',
      frontClient: 'CN=front-proxy-client front false client',
      node: 'O=system:nodes,CN=system:node:cox-1 ca false client',
      nodeServing: 'O=system:nodes,CN=system:node:cox-1 ca false server',
    },
  );
});

test('pki: the serving certificate holds every name and address', () => {
  const { serving } = ensurePki(newFolder(), wanted, clockAt(start));
  const certificate = new X509Certificate(serving.certificate);
  for (const host of [
    'kubernetes',
    'kubernetes.default.svc.cluster.local',
    'localhost',
    'laptop',
    'cox-1',
  ])
    assert.equal(certificate.checkHost(host), host);
  for (const ip of ['127.0.0.1', '::1', '10.96.0.1', '172.30.0.2', 'fd00::2'])
    assert.equal(certificate.checkIP(ip), ip);
  assert.equal(certificate.checkHost('elsewhere'), undefined);
});

for (const [name, atMs, names, expected] of [
  ['nothing when all is well', start + dayMs, ['10.96.0.1', 'laptop'], []],
  ['nothing when the order of names differs', start + dayMs, ['laptop', '10.96.0.1'], []],
  [
    'the serving certificate when a name is added',
    start,
    ['10.96.0.1', 'laptop', 'other'],
    ['apiserver'],
  ],
  ['the serving certificate when a name goes', start, ['laptop'], ['apiserver']],
  ['leaves at a third of their life', start + 250 * dayMs, ['10.96.0.1', 'laptop'], 'leaves'],
  ["all at a third of the authority's life", start + 2500 * dayMs, ['10.96.0.1', 'laptop'], 'all'],
] as const)
  test(`pki: renews ${name}`, () => {
    const dir = newFolder();
    const all = ensurePki(dir, wanted, clockAt(start)).renewed.filter((file) => file !== 'sa');
    const leaves = all.filter((file) => file !== 'ca' && file !== 'front-proxy-ca');
    const again = ensurePki(dir, { ...wanted, names }, clockAt(atMs));
    assert.deepEqual(
      again.renewed,
      expected === 'all' ? all : expected === 'leaves' ? leaves : expected,
    );
  });

test('pki: an authority keeps its key when renewed, so older certificates stay valid', () => {
  const dir = newFolder();
  const before = ensurePki(dir, wanted, clockAt(start));
  const later = ensurePki(dir, wanted, clockAt(start + 2500 * dayMs));
  assert.notEqual(later.ca.certificate, before.ca.certificate);
  assert.ok(
    new X509Certificate(before.admin.certificate).verify(
      new X509Certificate(later.ca.certificate).publicKey,
    ),
  );
});

test('pki: a certificate of another authority is replaced', () => {
  const dir = newFolder();
  ensurePki(dir, wanted, clockAt(start));
  const other = ensurePki(newFolder(), wanted, clockAt(start));
  writeFileSync(join(dir, 'admin.crt'), other.admin.certificate);
  writeFileSync(join(dir, 'admin.key'), other.admin.key);
  assert.deepEqual(ensurePki(dir, wanted, clockAt(start)).renewed, ['admin']);
});

test('pki: files are private, and no draft stays behind', () => {
  const dir = newFolder();
  ensurePki(dir, wanted, clockAt(start));
  for (const file of readdirSync(dir, { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue;
    assert.equal(statSync(join(file.parentPath, file.name)).mode & 0o777, 0o600, file.name);
    assert.doesNotMatch(file.name, /\.new$/);
  }
});

test('pki: a TLS handshake with client certificates works', async () => {
  const pki = ensurePki(newFolder(), wanted, clockAt(start));
  const clock = new VirtualClock(Date.parse(new Date().toISOString()));
  const live = ensurePki(newFolder(), wanted, clock);
  assert.notEqual(pki.ca.certificate, live.ca.certificate);
  const server = createServer(
    {
      cert: live.serving.certificate,
      key: live.serving.key,
      ca: live.ca.certificate,
      requestCert: true,
      rejectUnauthorized: true,
    },
    (socket) => socket.end(socket.getPeerX509Certificate()!.subject),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const socket = connect({
    port,
    host: '127.0.0.1',
    ca: live.ca.certificate,
    cert: live.admin.certificate,
    key: live.admin.key,
  });
  let said = '';
  for await (const chunk of socket) said += String(chunk);
  server.close();
  assert.equal(said, 'O=system:masters\nCN=kubernetes-admin');
});

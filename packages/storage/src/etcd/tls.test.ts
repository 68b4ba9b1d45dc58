import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { systemWorld } from '@coxswain/base';
import { author, put } from '../testing/fixture.ts';
import { openEtcdStorage } from './index.ts';
import { hasEtcd, startEtcd } from './testing/etcd-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'cox-etcd-tls-'));
after(() => rmSync(folder, { recursive: true }));
const file = (name: string): string => join(folder, name);
const read = (name: string): string => readFileSync(file(name), 'utf8');

function makeKeys(): void {
  const openssl = (...args: readonly string[]): void =>
    void execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
  const fresh = ['-newkey', 'rsa:2048', '-nodes'];
  openssl('req', '-x509', ...fresh, '-keyout', 'ca.key', '-out', 'ca.crt', '-subj', '/CN=ca');
  writeFileSync(
    file('ext'),
    'subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n',
  );
  for (const name of ['server', 'client']) {
    openssl(
      'req',
      ...fresh,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
      '-subj',
      `/CN=${name}`,
    );
    const signing = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'ext'];
    openssl('x509', '-req', '-in', `${name}.csr`, ...signing, '-out', `${name}.crt`);
  }
}

test(
  'both sides show certificates; a server of another name is not believed',
  {
    skip: hasEtcd ? false : 'etcd is not installed (Debian: etcd-server)',
  },
  async () => {
    makeKeys();
    await using etcd = await startEtcd({
      'client-cert-auth': 'true',
      'trusted-ca-file': file('ca.crt'),
      'cert-file': file('server.crt'),
      'key-file': file('server.key'),
    });
    const trust = {
      authority: read('ca.crt'),
      certificate: read('client.crt'),
      key: read('client.key'),
    };
    {
      await using store = await openEtcdStorage(systemWorld(), { servers: [etcd.url], ...trust });
      assert.ok((await store.commit([put('/a', '1')], author)).done);
      assert.equal(Buffer.from((await store.get('/a'))!.value).toString(), '1');
    }
    const other = etcd.url.replace('127.0.0.1', 'localhost');
    for (const [server, known] of [
      [etcd.url, { authority: trust.authority }],
      [other, trust],
      [etcd.url, { ...trust, authority: undefined }],
    ] as const)
      await assert.rejects(openEtcdStorage(systemWorld(), { servers: [server], ...known }));
  },
);

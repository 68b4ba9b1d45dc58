import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CertificateSigningRequests } from '@coxswain/api';
import type { CertificateSigningRequest } from '@coxswain/api/types/certificates-v1';
import { createTestCluster, type TestCluster } from '@coxswain/cluster/testing';
import { nowMs, observedBy } from '../testing/observed.ts';
import { certificateSigner } from './certificates.ts';
import { certificateCleaner } from './cleaner.ts';
import {
  type RequestAuthority,
  type RequestedNames,
  signingRefused,
  validityOf,
} from './signers.ts';

const node: RequestedNames = {
  commonName: 'system:node:n1',
  organizations: ['system:nodes'],
  dnsNames: 0,
  addresses: 0,
  emails: 0,
  uris: 0,
};
const client = ['digital signature', 'client auth'];
const server = ['digital signature', 'key encipherment', 'server auth'];
const refusals: readonly (readonly [
  signer: string,
  names: object,
  usages: readonly string[],
  refused: string | undefined,
])[] = [
  ['kube-apiserver-client-kubelet', {}, client, undefined],
  [
    'kube-apiserver-client-kubelet',
    { organizations: [] },
    client,
    'subject organization is not system:nodes',
  ],
  ['kube-apiserver-client-kubelet', { dnsNames: 1 }, client, 'DNS subjectAltNames are not allowed'],
  [
    'kube-apiserver-client-kubelet',
    {},
    server,
    'usages did not match [client auth digital signature]',
  ],
  ['kubelet-serving', { addresses: 1 }, server, undefined],
  ['kubelet-serving', {}, server, 'DNS or IP subjectAltName is required'],
  [
    'kubelet-serving',
    { dnsNames: 1, commonName: 'n1' },
    server,
    'subject common name does not begin with system:node: ',
  ],
  ['kube-apiserver-client', { commonName: 'jane', organizations: [] }, client, undefined],
  ['kube-apiserver-client', {}, server, 'invalid usage for client certificate: server auth'],
  [
    'kube-apiserver-client',
    {},
    ['digital signature'],
    'missing required usage for client certificate: client auth',
  ],
  ['legacy-unknown', {}, server, undefined],
];
for (const [signer, names, usages, refused] of refusals)
  test(`${signer} ${JSON.stringify(names)} ${usages.join(', ')}`, () => {
    const spec = { signerName: `kubernetes.io/${signer}`, usages, request: '' };
    assert.equal(signingRefused(spec, { ...node, ...names }), refused);
  });

test('how long a certificate is good', () => {
  const lasts = (expirationSeconds?: number): readonly number[] => {
    const spec = { signerName: 's', request: '', ...(expirationSeconds && { expirationSeconds }) };
    const { notBeforeMs, notAfterMs } = validityOf(spec, 0);
    return [notBeforeMs / 60_000, notAfterMs / 60_000];
  };
  const year = 365 * 24 * 60;
  assert.deepEqual(
    [lasts(), lasts(3600), lasts(86_400), lasts(1e9)],
    [
      [-5, year - 5],
      [-5, 60],
      [-5, 24 * 60 - 5],
      [-5, year - 5],
    ],
  );
});

const parts = (tag: number, ...inner: readonly Uint8Array[]): Uint8Array => {
  const length = inner.reduce((sum, part) => sum + part.length, 0);
  return Uint8Array.from([tag, 0x82, length >> 8, length & 0xff, ...inner.flatMap((p) => [...p])]);
};

/** PEM of a text, dressed as the API server wants what is signed to look. */
const dressed = (label: string, text: string): string => {
  const content = parts(0x30, parts(0x0c, new TextEncoder().encode(text)));
  const der = parts(0x30, content, parts(0x30), parts(0x03));
  return `-----BEGIN ${label}-----\n${der.toBase64()}\n-----END ${label}-----\n`;
};
const textIn = (pem: string): string => {
  const der = Uint8Array.fromBase64(pem.split('\n')[1]!);
  const start = 12; // behind three tags with their lengths
  return new TextDecoder().decode(der.subarray(start, start + der[10]! * 256 + der[11]!));
};
const namesIn = (request: string): RequestedNames => JSON.parse(textIn(request)) as RequestedNames;

/** Its requests are JSON, and its certificates say what was signed. */
const authority: RequestAuthority = {
  read: namesIn,
  sign: (request, { usages }) =>
    dressed('CERTIFICATE', `${namesIn(request).commonName} for ${usages.join(', ')}`),
};
const requestOf = (name: string, signer: string, names: object): CertificateSigningRequest => ({
  metadata: { name },
  spec: {
    signerName: `kubernetes.io/${signer}`,
    request: btoa(dressed('CERTIFICATE REQUEST', JSON.stringify({ ...node, ...names }))),
    usages: client,
  },
});

const stateOf = async ({ client: api, signal }: TestCluster, name: string): Promise<unknown> => {
  const { status } = await api.get(CertificateSigningRequests, name, { signal });
  return {
    conditions: status?.conditions?.map(({ type, reason }) => `${type} ${reason}`),
    certificate: status?.certificate && textIn(atob(status.certificate)),
  };
};

test('a kubelet is answered at once, a user after approval', async () => {
  await using cluster = await createTestCluster({ controllers: [certificateSigner(authority)] });
  const { client: api, signal } = cluster;
  const kubelet = requestOf('kubelet', 'kube-apiserver-client-kubelet', {});
  const jane = requestOf('jane', 'kube-apiserver-client', { commonName: 'jane' });
  for (const csr of [kubelet, jane]) await api.create(CertificateSigningRequests, csr, { signal });
  await cluster.settle();
  assert.deepEqual(await stateOf(cluster, 'kubelet'), {
    conditions: ['Approved AutoApproved'],
    certificate: 'system:node:n1 for digital signature, client auth',
  });
  const waiting = await api.get(CertificateSigningRequests, 'jane', { signal });
  assert.equal(waiting.status?.certificate, undefined);
  const conditions = [{ type: 'Approved', status: 'True', reason: 'Fine' }];
  const approved = { ...waiting, status: { conditions } };
  await api.update(CertificateSigningRequests, approved, { subresource: 'approval', signal });
  await cluster.settle();
  assert.deepEqual(await stateOf(cluster, 'jane'), {
    conditions: ['Approved Fine'],
    certificate: 'jane for digital signature, client auth',
  });
});

const hour = 3_600_000;
const cleaning = [
  { name: 'nobody decided for a day', hours: 24, conditions: [], goes: true },
  { name: 'nobody decided yet', hours: 23, conditions: [], goes: false },
  { name: 'decided an hour ago', hours: 1, conditions: [{ type: 'Denied' }], goes: true },
  { name: 'decided just now', hours: 0, conditions: [{ type: 'Approved' }], goes: false },
];
for (const { name, hours, conditions, goes } of cleaning)
  test(name, () => {
    const at = new Date(nowMs - hours * hour).toISOString();
    const csr = {
      metadata: { name: 'x', creationTimestamp: at },
      status: { conditions: conditions.map((each) => ({ ...each, lastUpdateTime: at })) },
    } as never as CertificateSigningRequest;
    const { actions } = certificateCleaner.plan(csr, observedBy(certificateCleaner), 'x');
    assert.equal(actions.length > 0, goes);
  });

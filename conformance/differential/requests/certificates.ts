/** Requests for certificates: what is refused and in what words, and who may decide. */
import { edits } from '../edits.ts';
import type { Request, RequestList } from '../request.ts';

const path = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
// A request for CN=differential, made once with openssl; nobody has its key any more.
const request = [
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlJQ1hEQ0NBVVFDQVFBd0Z6RVZNQk1HQTFVRUF3d01aR2xtWm1W',
  'eVpXNTBhV0ZzTUlJQklqQU5CZ2txaGtpRwo5dzBCQVFFRkFBT0NBUThBTUlJQkNnS0NBUUVBdmZqTkZZR00rSldGV0lSMG5zb09p',
  'QjUwQjBGRk1BM25LSCtaCjE4bEx2U0FzRkVycVlFNUpRVktaWkYyRUlTRmdCYjZYellBeDB1YUErRm5oYS8wUkxxZHpnWWFtYWhL',
  'OERsVEcKZUEzN24vc3R2b0dVNUt5ZWJoSXFpZVgrVE85cmw5eXVkbVpDNVJhZlFlc0loRysxYmdIMFdoRERQTExCSVJNcApXSm1j',
  'cVRPd1VlaHBRVHZjUEhrV005UDRnRThhM2lDTU5CanBiM0thdE02MnBtRVg4L3lpb3IzYnZ6UUZsa0t3CnVzQWljYnhZUEc0V1Vu',
  'RmEzM1FIWHUwMlQ5Z0MxWklZY2tjSUh2RitUQ2RMWE1ER1AzTjFNVndpd1NLaHVJcW4KYTlnSjk4VlRjRGNBMVVsYXcrdFhBYzdj',
  'dHJURk1CWmtIbkhOVTU4OUJQaDF2TWp2eVFJREFRQUJvQUF3RFFZSgpLb1pJaHZjTkFRRUxCUUFEZ2dFQkFKVFltSnAxZ012UXNM',
  'ZENqL2MvR2tPWnQyTHo4NTZvckJCR2FEQUxseit0CnhQVDZBaGxJTUNQanJDZmxmYks5TUZqVVYwTlRTaG1nYmVURFBIaUhjcmdl',
  'VytCNkRyMUpNbmEzR3VNS0lNY08KMGFncEVONnh1MXl2c1NvOW1YMHI0eENzRmFKaVVNN3hJR2xQREFESlJyVEdNQysrbElhTUJo',
  'TDZlaHBWcDhEaQpjZlB2SkNjUzhzeDNLa3Y5aTlnOERKODNVN3lNdVFrbXFPb0F6TXBDNXl2RmU2MkZFTmduREh6aStCS25lMUhE',
  'CmVvYzVXQWh2V1dZaUhvY3pka2w4T2VUTjIwTWVYZ1ZnRkROdmdqaUFVa29pSmxnd2x6SFNxaVB0cmpteHlFaG8KRDRVVmJlRzZm',
  'VU1rT0lRZGlSVzd3Y1o2UndvSWE1VmN1alZKZkVOR3FwTT0KLS0tLS1FTkQgQ0VSVElGSUNBVEUgUkVRVUVTVC0tLS0tCg==',
].join('');

const csr = (spec: object, more: object = {}): object => ({
  ...{ apiVersion: 'certificates.k8s.io/v1', kind: 'CertificateSigningRequest' },
  ...{ metadata: { name: 'csr' }, ...more },
  spec: { request, signerName: 'example.com/signer', usages: ['client auth'], ...spec },
});
const decision = (name: string, part: string, status: object): Request => ({
  ...{ name, method: 'PATCH', path: `${path}/decided${part}`, body: { status } },
  contentType: 'application/merge-patch+json',
});
const approved = { type: 'Approved', status: 'True', reason: 'Yes' };
const denied = { type: 'Denied', status: 'True', reason: 'No' };

const lists: readonly RequestList[] = [
  {
    name: 'certificatesigningrequests, refused and filled in',
    requests: edits(path, {
      good: csr({}),
      'no request': csr({ request: '' }),
      'no PEM': csr({ request: btoa('x') }),
      'another PEM': csr({
        request: btoa('-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n'),
      }),
      'a request of nothing': csr({
        request: btoa(
          '-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n-----END CERTIFICATE REQUEST-----\n',
        ),
      }),
      'no usages': csr({ usages: [] }),
      'odd usages': csr({ usages: ['odd', 'client auth', 'client auth'] }),
      'no signer': csr({ signerName: '' }),
      'a signer without a domain': csr({ signerName: 'signer' }),
      'a signer of a short domain': csr({ signerName: 'example/signer' }),
      'a signer that cannot be': csr({ signerName: 'Example.com/Sig_ner' }),
      'a signer of three parts': csr({ signerName: 'example.com/a/b' }),
      'the signer of old': csr({ signerName: 'kubernetes.io/legacy-unknown' }),
      'a short time': csr({ expirationSeconds: 599 }),
      'who asks': csr({ username: 'somebody', groups: ['x'], uid: 'y', extra: { a: ['b'] } }),
      'a status': csr({}, { status: { conditions: [approved], certificate: btoa('x') } }),
      'a loud name': csr({}, { metadata: { name: 'A_b' } }),
    }),
  },
  {
    name: 'certificatesigningrequests, decided',
    requests: [
      { name: 'create', method: 'POST', path, body: csr({}, { metadata: { name: 'decided' } }) },
      decision('approve by the object', '', { conditions: [approved] }),
      decision('approve by its status', '/status', { conditions: [approved] }),
      decision('certify too early', '/status', { certificate: btoa('x') }),
      decision('an odd condition', '/approval', { conditions: [{ type: '', status: 'Odd' }] }),
      decision('approve in part', '/approval', { conditions: [{ ...approved, status: 'False' }] }),
      decision('approve and deny', '/approval', { conditions: [approved, denied] }),
      decision('approve', '/approval', { conditions: [approved] }),
      decision('take back', '/approval', { conditions: [] }),
      decision('deny after all', '/approval', { conditions: [denied] }),
      decision('change by the status', '/status', {
        conditions: [{ ...approved, reason: 'Other' }],
      }),
      decision('fail', '/status', {
        conditions: [approved, { type: 'Failed', status: 'True', reason: 'Oh' }],
      }),
      decision('twice', '/status', {
        conditions: [approved, { type: 'A', status: 'True' }, { type: 'A', status: 'True' }],
      }),
      decision('a certificate by approval', '/approval', { certificate: btoa('x') }),
      { name: 'get', method: 'GET', path: `${path}/decided` },
      { name: 'delete', method: 'DELETE', path: `${path}/decided` },
    ],
  },
];

export default lists;

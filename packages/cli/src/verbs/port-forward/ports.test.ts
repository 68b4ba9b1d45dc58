import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod, Service } from '@coxswain/api/types/core-v1';
import { forwardedPorts } from './ports.ts';

const pod: Pod = {
  metadata: { name: 'web' },
  spec: {
    containers: [
      {
        name: 'a',
        ports: [
          { name: 'http', containerPort: 8080, protocol: 'TCP' },
          { name: 'dns', containerPort: 53, protocol: 'UDP' },
        ],
      },
    ],
  },
};
const service = (clusterIP: string): Service => ({
  metadata: { name: 'web' },
  spec: {
    clusterIP,
    ports: [
      { name: 'web', port: 80, targetPort: 'http', protocol: 'TCP' },
      { name: 'plain', port: 81, targetPort: 9000, protocol: 'TCP' },
      { port: 82, protocol: 'TCP' },
      { name: 'dns', port: 53, protocol: 'UDP' },
    ],
  },
});

const cases = [
  { given: ['80'], of: undefined, want: [[80, 80]] },
  {
    given: ['8000:http', ':9'],
    of: undefined,
    want: [
      [8000, 8080],
      [0, 9],
    ],
  },
  { given: ['http'], of: undefined, want: [[8080, 8080]] },
  {
    given: ['80', '9:plain', '82'],
    of: service('10.0.0.1'),
    want: [
      [80, 8080],
      [9, 9000],
      [82, 82],
    ],
  },
  { given: ['web'], of: service('10.0.0.1'), want: [[80, 8080]] },
  { given: ['81'], of: service('None'), want: [[81, 81]] },
];
for (const { given, of, want } of cases)
  test(`${given.join(' ')} of a ${of ? 'service' : 'pod'}`, () =>
    assert.deepEqual(
      forwardedPorts(given, pod, of).map(({ local, remote }) => [local, remote]),
      want,
    ));

const wrong = [
  { given: 'nothing', of: undefined, words: "Pod 'web' does not have a named port 'nothing'" },
  { given: 'dns', of: undefined, words: 'UDP protocol is not supported for dns' },
  { given: '0:0', of: undefined, words: 'remote port must be > 0' },
  {
    given: '70000:1',
    of: undefined,
    words: `error parsing local port '70000': strconv.ParseUint: parsing "70000": value out of range`,
  },
  { given: '8080', of: service(''), words: 'Service web does not have a service port 8080' },
  { given: '1:none', of: service(''), words: "Service 'web' does not have a named port 'none'" },
  { given: '53', of: service(''), words: 'UDP protocol is not supported for 53' },
];
for (const { given, of, words } of wrong)
  test(`${given} of a ${of ? 'service' : 'pod'} is refused`, () =>
    assert.throws(() => forwardedPorts([given], pod, of), { message: words }));

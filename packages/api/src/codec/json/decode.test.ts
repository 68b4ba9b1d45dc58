import assert from 'node:assert/strict';
import { test } from 'node:test';
import { typeOf } from '../../schema/index.ts';
import { decode, DecodeError, decodeJson, decodeStrict, encodeJson } from './index.ts';

const pod = typeOf('v1', 'Pod')!;
const deployment = typeOf('apps/v1', 'Deployment')!;
const crd = typeOf('apiextensions.k8s.io/v1', 'CustomResourceDefinition')!;

const canonicalForms: readonly [
  name: string,
  kind: [string, string],
  given: object,
  want: object,
][] = [
  [
    'zero values stand as Go prints them, in Go order',
    ['v1', 'Pod'],
    {
      spec: { containers: [{ image: 'a', name: 'x' }] },
      metadata: { name: 'p' },
      apiVersion: 'v1',
      kind: 'Pod',
    },
    {
      kind: 'Pod',
      apiVersion: 'v1',
      metadata: { name: 'p' },
      spec: { containers: [{ name: 'x', image: 'a', resources: {} }] },
      status: {},
    },
  ],
  [
    'quantities, numbers among them, and times are canonical',
    ['v1', 'Pod'],
    {
      metadata: { name: 'p', creationTimestamp: '2026-01-02T03:04:05.9+01:00' },
      spec: { containers: [{ name: 'x', resources: { limits: { memory: '1024Mi', cpu: 0.5 } } }] },
    },
    {
      metadata: { name: 'p', creationTimestamp: '2026-01-02T02:04:05Z' },
      spec: { containers: [{ name: 'x', resources: { limits: { cpu: '500m', memory: '1Gi' } } }] },
      status: {},
    },
  ],
  [
    'null is absent, empty is omitted, pointers to zero stay',
    ['v1', 'Pod'],
    {
      metadata: { labels: null, annotations: {}, generateName: '', deletionGracePeriodSeconds: 0 },
      spec: {
        containers: [{ name: 'x', stdin: false, args: [] }],
        enableServiceLinks: false,
        priority: null,
      },
    },
    {
      metadata: { deletionGracePeriodSeconds: 0 },
      spec: { containers: [{ name: 'x', resources: {} }], enableServiceLinks: false },
      status: {},
    },
  ],
  [
    'null inside maps and lists is the zero of the element',
    ['v1', 'ConfigMap'],
    { metadata: { finalizers: [null] }, data: { b: null, a: 'x' }, binaryData: { z: null } },
    { metadata: { finalizers: [''] }, data: { a: 'x', b: '' }, binaryData: { z: '' } },
  ],
  [
    'what must be there and is not prints as null',
    ['discovery.k8s.io/v1', 'EndpointSlice'],
    {},
    { metadata: {}, addressType: '', endpoints: null, ports: null },
  ],
  [
    'times without omitempty are null when zero',
    ['events.k8s.io/v1', 'Event'],
    { eventTime: '2026-01-02T03:04:05.1234567Z'.replace('7Z', 'Z') },
    {
      metadata: {},
      eventTime: '2026-01-02T03:04:05.123456Z',
      regarding: {},
      deprecatedSource: {},
      deprecatedFirstTimestamp: null,
      deprecatedLastTimestamp: null,
    },
  ],
  [
    'schemas are an object, a list or a boolean',
    ['apiextensions.k8s.io/v1', 'CustomResourceDefinition'],
    {
      spec: {
        versions: [
          {
            name: 'v1',
            schema: {
              openAPIV3Schema: {
                additionalProperties: true,
                items: [{ type: 'string' }],
                default: { b: 1, a: 2 },
              },
            },
          },
        ],
      },
    },
    {
      metadata: {},
      spec: {
        group: '',
        names: { plural: '', kind: '' },
        scope: '',
        versions: [
          {
            name: 'v1',
            served: false,
            storage: false,
            schema: {
              openAPIV3Schema: {
                default: { b: 1, a: 2 },
                items: [{ type: 'string' }],
                additionalProperties: true,
              },
            },
          },
        ],
      },
      status: { conditions: null, acceptedNames: { plural: '', kind: '' }, storedVersions: null },
    },
  ],
];

for (const [name, [groupVersion, kind], given, want] of canonicalForms)
  test(`canonical: ${name}`, () => {
    const text = encodeJson(decode(typeOf(groupVersion, kind)!, given));
    assert.equal(JSON.stringify(JSON.parse(text)), JSON.stringify(want));
    assert.equal(encodeJson(decodeJson(typeOf(groupVersion, kind)!, text).object), text);
  });

test('lists that were never set can be walked', () => {
  const slice = decode(typeOf('discovery.k8s.io/v1', 'EndpointSlice')!, {}) as {
    endpoints: unknown[];
  };
  assert.deepEqual([...slice.endpoints], []);
});

const failures: readonly [name: string, type: typeof pod, given: unknown, want: string][] = [
  [
    'string for a number',
    deployment,
    { spec: { replicas: 'two' } },
    'json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32',
  ],
  [
    'fraction for a number',
    deployment,
    { spec: { replicas: 1.5 } },
    'json: cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32',
  ],
  [
    'too big',
    deployment,
    { spec: { replicas: 2147483648 } },
    'json: cannot unmarshal number 2147483648 into Go struct field DeploymentSpec.spec.replicas of type int32',
  ],
  [
    'number for a string in a list',
    pod,
    { spec: { containers: [{ name: 'x', args: [1] }] } },
    'json: cannot unmarshal number into Go struct field Container.spec.containers.args of type string',
  ],
  [
    'number for a label',
    pod,
    { metadata: { labels: { a: 1 } } },
    'json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string',
  ],
  [
    'object for a list',
    pod,
    { spec: { containers: {} } },
    'json: cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container',
  ],
  [
    'string for a struct',
    pod,
    { spec: 'x' },
    'json: cannot unmarshal string into Go struct field Pod.spec of type v1.PodSpec',
  ],
  ['list for the object', pod, [], 'json: cannot unmarshal array into Go value of type v1.Pod'],
  [
    'named string',
    pod,
    { spec: { restartPolicy: true } },
    'json: cannot unmarshal bool into Go struct field PodSpec.spec.restartPolicy of type v1.RestartPolicy',
  ],
  [
    'quantity',
    pod,
    { spec: { overhead: { cpu: 'x' } } },
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
  ],
  [
    'time',
    pod,
    { metadata: { creationTimestamp: 'yesterday' } },
    'parsing time "yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse "yesterday" as "2006"',
  ],
  [
    'number for a time',
    pod,
    { metadata: { creationTimestamp: 1 } },
    'json: cannot unmarshal number into Go struct field ObjectMeta.metadata.creationTimestamp of type string',
  ],
  [
    'the first of two',
    pod,
    { spec: { nodeName: 1, hostname: 2 } },
    'json: cannot unmarshal number into Go struct field PodSpec.spec.nodeName of type string',
  ],
  [
    'an own reading outranks',
    pod,
    { spec: { nodeName: 1 }, metadata: { creationTimestamp: '' } },
    'parsing time "" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "2006"',
  ],
  [
    'base64',
    typeOf('v1', 'Secret')!,
    { data: { a: 'aGk=!' } },
    'illegal base64 data at input byte 4',
  ],
  [
    'base64 that ends early',
    typeOf('v1', 'Secret')!,
    { data: { a: 'aGkxx' } },
    'illegal base64 data at input byte 4',
  ],
  [
    'base64 without its last sign',
    typeOf('v1', 'Secret')!,
    { data: { a: 'aG=' } },
    'illegal base64 data at input byte 3',
  ],
  [
    'a field of an embedded struct',
    pod,
    { spec: { volumes: [{ name: 'a', emptyDir: 'x' }] } },
    'json: cannot unmarshal string into Go struct field Volume.spec.volumes.VolumeSource.emptyDir of type v1.EmptyDirVolumeSource',
  ],
  [
    'either',
    crd,
    { spec: { versions: [{ schema: { openAPIV3Schema: { additionalProperties: 'x' } } }] } },
    'boolean or JSON schema expected',
  ],
];

for (const [name, type, given, want] of failures)
  test(`failure: ${name}`, () => {
    assert.throws(
      () => decode(type, given),
      (error) => error instanceof DecodeError && error.message === want,
    );
  });

test('unknown and duplicate fields in document order, the last value kept', () => {
  const text =
    '{"spec":{"foo":1,"containers":[{"name":"a","name":"b","Image":"x"}],"foo":2},"metadata":{"labels":{"k":"1","k":"2"}},"spec ":"\\"}:"}';
  const { object, strict } = decodeJson(pod, text, true);
  assert.deepEqual(strict, [
    'unknown field "spec.foo"',
    'duplicate field "spec.containers[0].name"',
    'unknown field "spec.containers[0].Image"',
    'duplicate field "metadata.labels.k"',
    'unknown field "spec "',
  ]);
  assert.deepEqual(object, {
    metadata: { labels: { k: '2' } },
    spec: { containers: [{ name: 'b', resources: {} }] },
    status: {},
  });
});

test('strictness stops at objects of unknown type', () => {
  const text = '{"data":{"a":1,"a":2},"revision":1}';
  assert.deepEqual(decodeJson(typeOf('apps/v1', 'ControllerRevision')!, text, true).strict, []);
});

test('keys inside strings are no keys', () => {
  const text = JSON.stringify({
    metadata: { annotations: { last: '{"a":1,"a":2}', '\\': '"x\\": ' } },
  });
  assert.deepEqual(decodeJson(pod, text, true).strict, []);
});

test('undefined members of an object made in this process are absent', () => {
  const { object, strict } = decodeStrict(pod, { metadata: { name: 'x', labels: undefined } });
  assert.deepEqual(
    [object, strict],
    [{ metadata: { name: 'x' }, spec: { containers: [] }, status: {} }, []],
  );
});

const syntax: readonly [text: string, want: string][] = [
  ['', 'unexpected end of JSON input'],
  ['{"a":', 'unexpected end of JSON input'],
  ['{a:1}', "invalid character 'a' looking for beginning of object key string"],
  ['{"a" 1}', "invalid character '1' after object key"],
  ['{"a":1 "b":2}', "invalid character '\"' after object key:value pair"],
  ['[1 2]', "invalid character '2' after array element"],
  ['{}x', "invalid character 'x' after top-level value"],
  ['nul1', "invalid character '1' in literal null (expecting 'l')"],
  ['"\\q"', "invalid character 'q' in string escape code"],
  ['"a\nb"', "invalid character '\\n' in string literal"],
  ['[01]', "invalid character '1' after array element"],
  ['-x', "invalid character 'x' in numeric literal"],
  ["'a'", "invalid character '\\'' looking for beginning of value"],
];
for (const [text, want] of syntax)
  test(`syntax: ${JSON.stringify(text)}`, () => {
    assert.throws(() => decodeJson(pod, text), { message: want });
  });

test('text is escaped as Go escapes it', () => {
  assert.equal(encodeJson({ a: '<&>\u2028"' }), '{"a":"\\u003c\\u0026\\u003e\\u2028\\""}');
});

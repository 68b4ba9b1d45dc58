import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ManagedFieldsEntry } from '../generated/meta.ts';
import type { KubeObject } from '../resource.ts';
import { typeOf } from '../schema/index.ts';
import { objectTypeOf, schemaless, updateManagedFields, withoutNewTimes } from './index.ts';
import type { ManagedFields, ObjectType } from './index.ts';

const types: Readonly<Record<string, ObjectType>> = {
  Pod: objectTypeOf(typeOf('v1', 'Pod')!),
  ConfigMap: objectTypeOf(typeOf('v1', 'ConfigMap')!),
  Service: objectTypeOf(typeOf('v1', 'Service')!),
};
const at = (second: number): string => `2026-01-01T00:00:${String(second).padStart(2, '0')}Z`;
const ms = (second: number): number => Date.parse(at(second));

interface Step {
  readonly by: string;
  readonly second: number;
  readonly to: object;
  readonly kind?: string;
  readonly subresource?: string;
  readonly reset?: readonly (readonly string[])[];
}
const write = (before: KubeObject | undefined, step: Step, given?: ManagedFields): KubeObject => {
  const kind = step.kind ?? 'ConfigMap';
  const base = { name: 'x', ...(before && { uid: 'u' }), ...(given && { managedFields: given }) };
  const { metadata = {}, ...rest } = step.to as { metadata?: object };
  const after = { metadata: { ...base, ...metadata }, ...rest } as KubeObject;
  const managedFields = updateManagedFields({
    before,
    after,
    type: types[kind] ?? schemaless,
    manager: step.by,
    subresource: step.subresource,
    apiVersion: 'v1',
    resetFields: step.reset,
    nowMs: ms(step.second),
  });
  return { ...after, metadata: { ...after.metadata, uid: 'u', managedFields } } as KubeObject;
};
const entry = (
  manager: string,
  second: number,
  fieldsV1: object,
  subresource?: string,
): ManagedFieldsEntry => ({
  manager,
  operation: 'Update',
  apiVersion: 'v1',
  time: at(second),
  fieldsType: 'FieldsV1',
  fieldsV1: fieldsV1 as never,
  ...(subresource && { subresource }),
});
const fields = (object: KubeObject): ManagedFields => object.metadata.managedFields;
const data = (value: Readonly<Record<string, string>>): object => ({ data: value });

test('who creates owns all but names and what the server keeps', () => {
  const to = {
    metadata: { generateName: 'x-', labels: { app: 'x' }, generation: 1, finalizers: ['b', 'a'] },
    spec: {
      containers: [
        {
          name: 'c',
          ports: [{ containerPort: 80, protocol: 'TCP' }, { containerPort: 9 }],
          resources: {},
          command: ['x'],
        },
      ],
      nodeSelector: { a: 'b' },
      securityContext: {},
    },
    status: {},
  };
  const made = write(undefined, { by: 'me', second: 1, kind: 'Pod', to });
  const want = {
    'f:metadata': {
      'f:finalizers': { '.': {}, 'v:"a"': {}, 'v:"b"': {} },
      'f:generateName': {},
      'f:labels': { '.': {}, 'f:app': {} },
    },
    'f:spec': {
      'f:containers': {
        'k:{"name":"c"}': {
          '.': {},
          'f:command': {},
          'f:name': {},
          'f:ports': {
            '.': {},
            'k:{"containerPort":9,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} },
            'k:{"containerPort":80,"protocol":"TCP"}': {
              '.': {},
              'f:containerPort': {},
              'f:protocol': {},
            },
          },
          'f:resources': {},
        },
      },
      'f:nodeSelector': {},
      'f:securityContext': {},
    },
  };
  assert.equal(JSON.stringify(fields(made)), JSON.stringify([entry('me', 1, want)]));
});

test('objects without schema are typed by their looks', () => {
  const to = { spec: { list: [1], map: { a: 1 }, none: null } };
  const made = write(undefined, { by: '', second: 1, kind: 'Other', to });
  const want = {
    'f:spec': { '.': {}, 'f:list': {}, 'f:map': { '.': {}, 'f:a': {} }, 'f:none': {} },
  };
  assert.deepEqual(fields(made), [entry('unknown', 1, want)]);
});

test('who changes a field takes it, who removes it leaves it to nobody', () => {
  const first = write(undefined, {
    by: 'a',
    second: 1,
    to: data({ x: '1', y: '1', toString: '1' }),
  });
  const second = write(first, {
    by: 'b',
    second: 2,
    to: data({ x: '2', y: '1', constructor: '2' }),
  });
  assert.deepEqual(fields(second), [
    entry('a', 1, { 'f:data': { '.': {}, 'f:y': {} } }),
    entry('b', 2, { 'f:data': { 'f:constructor': {}, 'f:x': {} } }),
  ]);
  const third = write(second, { by: 'b', second: 3, to: {} });
  assert.equal(fields(third), undefined);
});

test('a write that changes nothing keeps the very list', () => {
  const first = write(undefined, { by: 'a', second: 1, to: data({ x: '1' }) });
  assert.equal(fields(write(first, { by: 'b', second: 2, to: data({ x: '1' }) })), fields(first));
  const copy = structuredClone(fields(first));
  assert.equal(
    fields(write(first, { by: 'b', second: 2, to: data({ x: '1' }) }, copy)),
    fields(first),
  );
});

test('a subresource is an owner of its own; what it may not own is left out', () => {
  const spec = { spec: { containers: [{ name: 'c', image: '1' }] }, status: {} };
  const first = write(undefined, { by: 'a', second: 1, kind: 'Pod', to: spec });
  const to = { spec: { containers: [{ name: 'c', image: '2' }] }, status: { phase: 'Running' } };
  const reset = [['f:spec']];
  const second = write(first, {
    by: 'a',
    second: 2,
    kind: 'Pod',
    subresource: 'status',
    reset,
    to,
  });
  assert.deepEqual(fields(second), [
    fields(first)![0],
    entry('a', 2, { 'f:status': { 'f:phase': {} } }, 'status'),
  ]);
});

const mine = entry('mine', 9, { 'f:data': { '.': {}, 'f:x': {} } });
const given: readonly (readonly [name: string, list: ManagedFields, want: ManagedFields])[] = [
  ['an own list is taken', [mine], [mine]],
  ['an empty list ends tracking', [], undefined],
  ['an empty entry ends tracking', [{}], undefined],
];
for (const [name, list, want] of given)
  test(`managedFields that a writer sends: ${name}`, () => {
    const first = write(undefined, { by: 'a', second: 1, to: data({ x: '1' }) });
    const second = write(first, { by: 'a', second: 2, to: data({ x: '1' }) }, list);
    assert.deepEqual(fields(second), want);
    assert.equal(
      fields(write(second, { by: 'b', second: 3, to: data({ x: '1' }) }, list)),
      fields(second),
    );
  });

test('managedFields that are wrong count as not sent', () => {
  const first = write(undefined, { by: 'a', second: 1, to: data({ x: '1' }) });
  for (const bad of [
    { operation: 'Create' },
    { fieldsType: '' },
    { apiVersion: '' },
    { fieldsType: 'V2' },
  ])
    assert.equal(
      fields(write(first, { by: 'a', second: 2, to: data({ x: '1' }) }, [{ ...mine, ...bad }])),
      fields(first),
    );
});

test('an object that was never tracked stays so', () => {
  const before = { metadata: { name: 'x', uid: 'u' } };
  assert.equal(fields(write(before, { by: 'a', second: 1, to: data({ x: '1' }) })), undefined);
});

test('of too many writers the oldest are joined', () => {
  let object = write(undefined, { by: 'w0', second: 0, to: data({ k0: '' }) });
  const all: Record<string, string> = { k0: '' };
  for (let i = 1; i <= 12; i++) {
    all[`k${i}`] = '';
    object = write(object, { by: `w${i}`, second: i, to: data({ ...all }) });
  }
  const names = fields(object)!.map(({ manager, time }) => `${manager} ${time}`);
  assert.deepEqual(names, [
    `ancient-changes ${at(3)}`,
    ...Array.from({ length: 9 }, (_, i) => `w${i + 4} ${at(i + 4)}`),
  ]);
  assert.deepEqual(fields(object)![0]!.fieldsV1, {
    'f:data': { '.': {}, 'f:k0': {}, 'f:k1': {}, 'f:k2': {}, 'f:k3': {} },
  });
});

test('an object that does not fit its type keeps its list', () => {
  const port = { port: 80, protocol: 'TCP' };
  const first = write(undefined, {
    by: 'a',
    second: 1,
    kind: 'Service',
    to: { spec: { ports: [port] } },
  });
  const to = { spec: { ports: [port, null] } };
  assert.equal(fields(write(first, { by: 'a', second: 2, kind: 'Service', to })), fields(first));
});

test('items that occur twice are owned as one', () => {
  const env = [
    { name: 'A', value: '1' },
    { name: 'A', value: '2' },
    { name: 'B', value: '1' },
  ];
  const pod = (list: readonly object[]): object => ({
    spec: { containers: [{ name: 'c', env: list }] },
  });
  const first = write(undefined, { by: 'a', second: 1, kind: 'Pod', to: pod(env) });
  const item = { '.': {}, 'f:name': {}, 'f:value': {} };
  const owned = (list: object): object => ({
    'f:spec': { 'f:containers': { 'k:{"name":"c"}': { '.': {}, 'f:env': list, 'f:name': {} } } },
  });
  assert.deepEqual(fields(first), [
    entry('a', 1, owned({ '.': {}, 'k:{"name":"A"}': {}, 'k:{"name":"B"}': item })),
  ]);
  const second = write(first, { by: 'b', second: 2, kind: 'Pod', to: pod([env[1]!, env[2]!]) });
  const list = { 'k:{"name":"A"}': item };
  assert.deepEqual(fields(second), [
    entry('a', 1, owned({ '.': {}, 'k:{"name":"B"}': item })),
    entry('b', 2, { 'f:spec': { 'f:containers': { 'k:{"name":"c"}': { 'f:env': list } } } }),
  ]);
});

test('a write without effect stores no new times', () => {
  const first = write(undefined, { by: 'a', second: 1, to: data({ x: '1' }) });
  const later = structuredClone(first) as unknown as {
    metadata: { managedFields: { time: string }[] };
  };
  later.metadata.managedFields[0]!.time = at(5);
  const same = later as unknown as KubeObject;
  assert.equal(withoutNewTimes(first, same), fields(first));
  const other = { ...same, data: { x: '2' } } as KubeObject;
  assert.equal(withoutNewTimes(first, other), fields(same));
});

const spec = {
  replicas: 1,
  template: { metadata: { labels: { a: 'b' } }, spec: { hostname: 'h' } },
};
const again: readonly { readonly name: string; readonly by?: string; readonly spec: object }[] = [
  { name: 'nothing', spec: structuredClone(spec) },
  { name: 'a value', spec: { ...spec, replicas: 2 } },
  {
    name: 'a value far below',
    spec: { ...spec, template: { ...spec.template, spec: { hostname: 'i' } } },
  },
  { name: 'another kind of value', spec: { ...spec, replicas: '1' } },
  { name: 'a new value', spec: { ...spec, minReadySeconds: 1 } },
  { name: 'a value less', spec: { template: spec.template } },
  { name: 'a value, by another', by: 'b', spec: { ...spec, replicas: 2 } },
];
for (const { name, by = 'a', spec: next } of again)
  test(`who writes again in the very metadata owns what it would own otherwise: ${name}`, () => {
    const first = write(undefined, { by: 'a', second: 1, kind: 'Any', to: { spec } });
    const second = write(first, {
      by: 'a',
      second: 2,
      kind: 'Any',
      to: { spec: { ...spec, replicas: 7 } },
    });
    const before = { ...second, spec } as KubeObject;
    const more = { before, type: schemaless, manager: by, apiVersion: 'v1', nowMs: ms(3) };
    const after = { ...before, spec: next } as KubeObject;
    const copy = { ...after, metadata: { ...after.metadata } };
    assert.deepEqual(
      updateManagedFields({ ...more, after }),
      updateManagedFields({ ...more, after: copy }),
    );
  });

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type KubeObject, objectTypeOf, typeOf, updateManagedFields } from '@coxswain/api';
import {
  Cached,
  fromEntry,
  lend,
  objectOf,
  parseStored,
  knownText,
  storedBytes,
  toStored,
} from './cached.ts';

const type = objectTypeOf(typeOf('v1', 'ConfigMap')!);
const map = (name: string, labels?: Record<string, string>): KubeObject => ({
  ...{ kind: 'ConfigMap', apiVersion: 'v1' },
  metadata: { name, uid: `uid-${name}`, ...(labels && { labels }) },
  ...{ data: { 'a<b': 'c&d' } },
});
const written = (
  before: KubeObject | undefined,
  after: KubeObject,
  manager: string,
  nowMs: number,
): KubeObject => {
  const apiVersion = 'v1';
  const managedFields = updateManagedFields({ before, after, type, manager, apiVersion, nowMs })!;
  return { ...after, metadata: { ...after.metadata, managedFields } };
};

test('like objects share what their maker owns, and their stored bytes say it all', () => {
  const [a, b] = ['a', 'b'].map((name) => written(undefined, map(name), 'maker<1>', 0));
  const [own] = a!.metadata.managedFields!;
  assert.equal(own!.fieldsV1, b!.metadata.managedFields![0]!.fieldsV1);
  const changed = written(a, { ...a!, metadata: { ...a!.metadata, labels: { x: 'y' } } }, 'q', 9e9);
  for (const object of [a!, b!, changed]) {
    const text = Buffer.from(storedBytes(object)).toString();
    assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(object)));
    assert.doesNotMatch(text, /[<>&]/);
    assert.ok(text.startsWith('{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":'));
  }
  assert.equal(changed.metadata.managedFields!.length, 2);
});

test('an object that somebody keeps is not decoded again', () => {
  const bytes = storedBytes(map('a'));
  const cached = new Cached('a', 7, bytes);
  const kept = lend(cached);
  cached.object = undefined;
  assert.equal(objectOf(cached), kept);
  assert.deepEqual(kept.metadata, { ...parseStored(bytes).metadata, resourceVersion: '7' });
});

test('the JSON of a spec is taken from the revision before, where it is the same or has more behind it', () => {
  const like = { ...{ kind: 'Pod', apiVersion: 'v1' }, metadata: { name: 'p' } };
  for (const env of ['plain', 'a<b', 'größer']) {
    const spec = { containers: [{ name: 'c', env }] };
    const before = { ...like, spec, status: { phase: 'Pending' } } as KubeObject;
    const bytes = toStored(before);
    const cached = fromEntry({ key: 'p', value: bytes, revision: 1, created: 1 });
    const bound = { ...spec, nodeName: 'n' };
    for (const next of [spec, bound, { containers: [] }, { nodeName: 'n', ...spec }]) {
      const object = { ...like, spec: next, status: { phase: 'Running' } } as KubeObject;
      const known = knownText(cached, object);
      assert.equal(known !== undefined, (next === spec || next === bound) && env !== 'größer');
      assert.equal(known?.behind, undefined);
      assert.deepEqual(Buffer.from(toStored(object, known)), Buffer.from(storedBytes(object)));
    }
  }
});

test('all behind the metadata is taken from the revision before, where nothing of it differs', () => {
  const spec = { nodeName: 'n' };
  const status = { phase: 'a<b' };
  for (const body of [
    { spec },
    { spec, status },
    { spec, status, zone: 'b' },
    { spec, zone: 'b' },
  ]) {
    const before = { kind: 'Pod', apiVersion: 'v1', metadata: { name: 'p' }, ...body };
    const cached = fromEntry({ key: 'p', value: toStored(before), revision: 1, created: 1 });
    for (const other of [{}, { status: { phase: 'b' } }, { zone: 'c' }]) {
      const object = {
        ...before,
        metadata: { name: 'p', labels: { x: 'y' } },
        ...other,
      } as KubeObject;
      const known = knownText(cached, object);
      assert.deepEqual(Buffer.from(toStored(object, known)), Buffer.from(storedBytes(object)));
      if (!('zone' in body)) assert.equal(known?.behind === undefined, 'status' in other);
    }
  }
});

test('all before the managed fields is taken from the revision before, where of metadata only these differ', () => {
  const fields = (time: string) => [{ manager: 'm', operation: 'Update' as const, time }];
  const metadata = { name: 'l', uid: 'u', labels: { a: 'b' }, managedFields: fields('1') };
  const before = { kind: 'Lease', apiVersion: 'v1', metadata, spec: { at: 1 } } as KubeObject;
  const cached = fromEntry({ key: 'l', value: toStored(before), revision: 1, created: 1 });
  for (const [isKept, change] of [
    [true, { managedFields: fields('2') }],
    [true, { managedFields: fields('2'), resourceVersion: '7' }],
    [false, { managedFields: fields('2'), labels: { a: 'c' } }],
    [false, { managedFields: fields('2'), uid: undefined }],
    [false, { managedFields: fields('2'), generateName: 'l-' }],
  ] as const) {
    const object = {
      ...before,
      metadata: { ...metadata, ...change },
      spec: { at: 2 },
    } as KubeObject;
    const known = knownText(cached, object);
    assert.equal(known?.open !== undefined, isKept, JSON.stringify(change));
    assert.deepEqual(Buffer.from(toStored(object, known)), Buffer.from(storedBytes(object)));
  }
});

test('what is no spec in front stays where it is', () => {
  const object = { ...map('a'), spec: { x: 1 }, data: undefined, zone: 'b' } as KubeObject;
  const text = new TextDecoder().decode(storedBytes({ ...object, ...{ data: {} } }));
  assert.ok(text.endsWith('"data":{},"spec":{"x":1},"zone":"b"}'), text);
});

test('whatever is taken from the revision before, what is stored is the object', () => {
  const word = fc.constantFrom(...['', 'a', 'b', 'c', 'd', 'e', 'f', 'a<b', '"', '\ud800', '🙂']);
  const part = fc.dictionary(fc.constantFrom('x', 'y', 'z'), fc.oneof(word, fc.nat(9)), {
    noNullPrototype: true,
  });
  const fields = fc.array(
    fc.record({ manager: word, operation: fc.constant('Update'), time: word }),
  );
  const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });
  const parts = { spec: maybe(part), status: maybe(part), zone: maybe(part) };
  const metadata = { labels: maybe(part), uid: maybe(word), managedFields: maybe(fields) };
  const one = fc.record({ ...parts, ...metadata });
  // Of each part: as it was, with more behind it, or another.
  const how = fc.constantFrom('kept', 'kept', 'more', 'other');
  const hows = fc.record(
    Object.fromEntries(Object.keys({ ...parts, ...metadata }).map((name) => [name, how])),
  );
  type One = Partial<Record<string, object | string>>;
  const made = ({ labels, uid, managedFields, spec, status, zone }: One): KubeObject =>
    ({
      ...{ kind: 'Pod', apiVersion: 'v1' },
      metadata: {
        name: 'p',
        ...(labels && { labels }),
        uid,
        ...(managedFields && { managedFields }),
      },
      ...(spec && { spec }),
      ...(status && { status }),
      ...(zone && { zone }),
    }) as KubeObject;
  let known = 0;
  fc.assert(
    fc.property(one, one, hows, (first, second, chosen) => {
      const [was, other] = [first, second] as [One, One];
      const now = Object.fromEntries(
        Object.entries(chosen).map(([name, what]) => {
          const [before, after] = [was[name], other[name]];
          if (what === 'kept') return [name, before];
          const isMore = what === 'more' && typeof before === 'object' && !Array.isArray(before);
          return [name, isMore ? { ...before, more: 'ü"' } : after];
        }),
      );
      const before = made(was);
      const cached = fromEntry({ key: 'p', value: toStored(before), revision: 1, created: 1 });
      const next = made(now);
      const text = knownText(cached, next);
      if (text) known++;
      assert.deepEqual(Buffer.from(toStored(next, text)), Buffer.from(storedBytes(next)));
    }),
    { seed: 7, numRuns: 1000 },
  );
  assert.ok(known > 50, `${known}`);
});

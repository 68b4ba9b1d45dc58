/** Our bytes are upstream's bytes: digests of its own encodings of filled objects (generate/golden.ts). */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import * as resources from '../generated/resources.ts';
import { groupVersion, type Resource } from '../resource.ts';
import { typeOf } from '../schema/index.ts';
import {
  decode,
  decodeJson,
  decodeMessage,
  decodeProtobuf,
  decodeYaml,
  encodeMessage,
  encodeYaml,
  openEnvelope,
  wrap,
} from './index.ts';
import { filledObject } from './testing/fill.ts';
import golden from './testing/golden.json' with { type: 'json' };

const digest = (data: string | Uint8Array): string =>
  createHash('sha256').update(data).digest('hex');

test('every GA kind is there', () => assert.equal(golden.length, 92));

/** Kinds whose own repositories have no such objects. */
const elsewhere = ['apiextensions.k8s.io', 'apiregistration.k8s.io'];

test('every kind that has resources is among them', () => {
  const known = new Set(golden.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`));
  const missing = Object.values<Resource>(resources)
    .filter(({ group }) => !elsewhere.includes(group))
    .map((resource) => `${groupVersion(resource)} ${resource.kind}`)
    .filter((name) => !known.has(name));
  assert.deepEqual(missing, []);
});

for (const { apiVersion, kind, json, yaml, protobuf } of golden)
  test(`golden: ${apiVersion} ${kind}`, () => {
    const type = typeOf(apiVersion, kind)!;
    const object = decode(type, filledObject(type, apiVersion, kind));
    const text = JSON.stringify(object, undefined, 2);
    assert.equal(digest(text), json, text);
    assert.deepEqual(decodeJson(type, text, true), { object, strict: [] });

    const yamlText = encodeYaml(object);
    assert.equal(digest(yamlText), yaml, yamlText);
    assert.deepEqual(decodeYaml(type, yamlText, true), { object, strict: [] });

    const bytes = type.isObject
      ? wrap(apiVersion, kind, encodeMessage(type, object))
      : wrap('', '', encodeMessage(type, object));
    assert.equal(digest(bytes), protobuf);
    const back = type.isObject
      ? decodeProtobuf(bytes)
      : decodeMessage(type, openEnvelope(bytes).body);
    assert.equal(JSON.stringify(back, undefined, 2), text);
  });

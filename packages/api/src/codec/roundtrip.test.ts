/** decode(encode(x)) = x in all three encodings, for generated objects of every kind. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { groupVersions, objectKinds, typeOf } from '../schema/index.ts';
import {
  decode,
  decodeJson,
  decodeProtobuf,
  decodeYaml,
  encodeJson,
  encodeProtobuf,
  encodeYaml,
  hasProtobuf,
} from './index.ts';
import { objectOf } from './testing/arbitrary.ts';

const kinds = groupVersions
  .filter((groupVersion) => groupVersion !== 'meta.k8s.io/v1')
  .flatMap((groupVersion) =>
    objectKinds(groupVersion).map((kind) => [groupVersion, kind] as const),
  );

for (const [apiVersion, kind] of kinds)
  test(`round trip: ${apiVersion} ${kind}`, () => {
    const type = typeOf(apiVersion, kind)!;
    fc.assert(
      fc.property(objectOf(type), (given) => {
        const object = decode(type, { kind, apiVersion, ...given });
        const text = encodeJson(object);
        assert.equal(encodeJson(decode(type, object)), text);
        assert.equal(encodeJson(decodeJson(type, text).object), text);
        assert.equal(encodeJson(decodeYaml(type, encodeYaml(object)).object), text);
        if (hasProtobuf(type))
          assert.equal(encodeJson(decodeProtobuf(encodeProtobuf(object))), text);
      }),
      { numRuns: 15, endOnFailure: true },
    );
  });

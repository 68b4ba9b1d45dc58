/**
 * Writes `src/codec/testing/golden.json`: digests of upstream's own encodings of one filled object of
 * each kind, from the `testdata/HEAD` folder of k8s.io/api. Kinds outside the schema table are left out.
 * Run: `node packages/api/generate/golden.ts <folder>`.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { typeOf } from '../src/schema/index.ts';

const [, , folder] = process.argv;
assert(folder, 'which folder holds the golden objects?');

const digest = (name: string): string =>
  createHash('sha256')
    .update(readFileSync(`${folder}/${name}`))
    .digest('hex');

const rows = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .toSorted()
  .flatMap((name) => {
    const [, group, version, kind] = /^(.*)\.(v\d\w*)\.(\w+)\.json$/.exec(name)!;
    const apiVersion = group === 'core' ? version! : `${group}/${version}`;
    if (!typeOf(apiVersion, kind!)) return [];
    const stem = name.slice(0, -'.json'.length);
    return [
      {
        apiVersion,
        kind,
        json: digest(name),
        yaml: digest(`${stem}.yaml`),
        protobuf: digest(`${stem}.pb`),
      },
    ];
  });
const out = new URL('../src/codec/testing/golden.json', import.meta.url);
writeFileSync(out, `[\n${rows.map((row) => `  ${JSON.stringify(row)}`).join(',\n')}\n]\n`);

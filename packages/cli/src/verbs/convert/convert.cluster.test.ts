import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as api from '@coxswain/api';
import { createTestCluster, type TestCluster } from '@coxswain/cluster/testing';
import { pathOf } from '@coxswain/client';
import { messagesFor } from '../../messages/index.ts';
import type { Unstructured } from '../../objects/info.ts';
import { conversions } from './conversions.ts';
import { rewrite } from './rewrite.ts';
import { manifests } from './testing/manifests.ts';
import { editedYaml } from './yaml-edit.ts';

const { parseYaml } = api;
const english = messagesFor({});
const read = (text: string): Unstructured => parseYaml(text).value as Unstructured;

const resources = Object.values(api).filter(
  (value): value is api.Resource =>
    typeof value === 'object' && value !== null && 'namespaced' in value,
);
const resourceOf = ({ apiVersion, kind }: Unstructured): api.Resource | undefined =>
  resources.find(
    ({ group, version, ...found }) =>
      found.kind === kind && (group ? `${group}/${version}` : version) === apiVersion,
  );

let cluster: TestCluster;
before(async () => {
  cluster = await createTestCluster();
});
after(() => cluster[Symbol.asyncDispose]());

for (const text of manifests) {
  const given = read(text);
  test(`convert: the server takes what ${given.apiVersion} ${given.kind} becomes`, async () => {
    const { object, lines, isLost } = rewrite(given, english);
    assert.ok(!isLost && lines.length > 0 && object.apiVersion !== given.apiVersion);
    const [edited] = editedYaml(text, [given], [object]);
    assert.deepEqual(read(edited!), object);
    const resource = resourceOf(object);
    assert.ok(resource, `${object.apiVersion} ${object.kind} is served`);
    await cluster.client.raw({
      method: 'POST',
      path: pathOf(resource, resource.namespaced ? { namespace: 'default' } : {}),
      query: { dryRun: 'All', fieldValidation: 'Strict' },
      body: object,
      signal: cluster.signal,
    });
  });
}

/** Requests rather than objects, kinds of others, and those that servers leave off: they are not held against one. */
const unkept =
  /Review$|^Scale$|^Eviction$|^VerticalPodAutoscaler|^(PodCertificateRequest|LeaseCandidate|StorageVersionMigration|Workload)$/;

test('convert: every conversion has a manifest that shows it', () => {
  const shown = new Set(manifests.map(read).map(({ apiVersion, kind }) => `${apiVersion} ${kind}`));
  const unshown = conversions
    .filter(({ kind, instead }) => !instead && !unkept.test(kind))
    .map(({ from, kind }) => `${from} ${kind}`)
    .filter((key) => !shown.has(key));
  assert.deepEqual(unshown, []);
});

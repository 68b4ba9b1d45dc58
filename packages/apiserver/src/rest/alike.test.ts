import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '@coxswain/api/types/core-v1';
import { admin, openWholeServer } from '../testing/whole-server.ts';

const namespace = '/api/v1/namespaces/default';
const made = (container: object = {}, metadata: object = {}): object => ({
  metadata: { generateName: 'web-', labels: { app: 'web' }, ...metadata },
  spec: { containers: [{ name: 'web', image: 'web:1', env: [{ name: 'A' }], ...container }] },
});

test('pods that are alike to the letter share what is decoded, and each is judged for itself', async () => {
  await using whole = await openWholeServer();
  const { world, server } = whole;
  const send = async (body: object): Promise<{ pod: Pod; warnings: readonly string[] }> => {
    const signal = AbortSignal.timeout(60_000);
    const call = { method: 'POST', path: `${namespace}/pods`, query: {}, body } as const;
    const answer = await server.handle({ ...call, user: admin, agent: 'test/1', signal });
    return { pod: answer.object as Pod, warnings: answer.warnings ?? [] };
  };
  await whole.as(admin).post(`${namespace}/serviceaccounts`, { metadata: { name: 'default' } });
  const { pod: first } = await send(made());
  world.clock.step(world.clock.now() + 5_000);
  const { pod: second } = await send(made());
  const { pod: other } = await send(made({ env: [{ name: 'B' }] }));

  const [one, two, three] = [first, second, other].map(({ spec }) => spec!.containers[0]!.env);
  assert.equal(one, two);
  assert.deepEqual(three, [{ name: 'B' }]);
  const names = [first, second, other].map(({ metadata, spec }) => [
    metadata.name,
    metadata.uid,
    spec!.volumes!.at(-1)!.name,
  ]);
  assert.equal(new Set(names.flat()).size, 9);
  const times = [first, second].map(({ metadata }) => [
    metadata.creationTimestamp,
    metadata.managedFields![0]!.time,
  ]);
  assert.equal(times[0]![0], times[0]![1]);
  assert.equal(times[1]![0], times[1]![1]);
  assert.deepEqual(
    second.metadata.managedFields![0]!.fieldsV1,
    first.metadata.managedFields![0]!.fieldsV1,
  );

  const doubled = made({ env: [{ name: 'A' }, { name: 'A', value: 'x' }] });
  const warned = [await send(doubled), await send(doubled)].map(({ warnings }) => warnings);
  assert.equal(warned[0]!.length, 1);
  assert.deepEqual(warned[0], warned[1]);
  for (const body of [made({ image: '' }), made({}, { labels: { 'not a key': '' } })])
    for (let round = 0; round < 2; round++)
      await assert.rejects(send(body), { code: 422 }, JSON.stringify(body));
});

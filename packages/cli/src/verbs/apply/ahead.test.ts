import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Info } from '../../objects/info.ts';
import { ahead } from './ahead.ts';

const info = (kind: string, name: string): Info =>
  ({ resource: { group: '', kind }, namespace: 'default', name }) as unknown as Info;

const cases: readonly {
  readonly title: string;
  readonly objects: readonly (readonly [kind: string, name: string])[];
  /** What has begun by the time that the first object is done. */
  readonly begun: readonly string[];
}[] = [
  {
    title: 'what is independent goes together',
    objects: [
      ['ConfigMap', 'a'],
      ['Secret', 'b'],
      ['ConfigMap', 'c'],
    ],
    begun: ['a', 'b', 'c'],
  },
  {
    title: 'a namespace goes before what may be in it',
    objects: [
      ['Namespace', 'a'],
      ['ConfigMap', 'b'],
    ],
    begun: ['a'],
  },
  {
    title: 'what others need waits for those before it',
    objects: [
      ['ConfigMap', 'a'],
      ['ServiceAccount', 'b'],
      ['ConfigMap', 'c'],
    ],
    begun: ['a'],
  },
  {
    title: 'one object twice goes one after the other',
    objects: [
      ['ConfigMap', 'a'],
      ['ConfigMap', 'b'],
      ['ConfigMap', 'a'],
    ],
    begun: ['a', 'b'],
  },
];

for (const { title, objects, begun } of cases)
  test(title, async () => {
    const started: string[] = [];
    const first = Promise.withResolvers<void>();
    let startedBefore: readonly string[] = [];
    const act = async ({ name }: Info): Promise<string> => {
      started.push(name);
      if (started.length === 1) await first.promise;
      if (name === 'b') throw new Error('refused');
      return name;
    };
    const outcomes: string[] = [];
    const all = (async () => {
      for await (const outcome of ahead(
        objects.map(([kind, name]) => info(kind, name)),
        act,
      ))
        outcomes.push(outcome.status === 'fulfilled' ? outcome.value : 'refused');
    })();
    await new Promise(setImmediate);
    startedBefore = [...started];
    first.resolve();
    await all;
    assert.deepEqual(startedBefore, begun);
    assert.deepEqual(
      outcomes,
      objects.map(([, name]) => (name === 'b' ? 'refused' : name)),
    );
  });

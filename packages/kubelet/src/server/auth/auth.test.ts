import assert from 'node:assert/strict';
import { test } from 'node:test';
import { virtualWorld } from '@coxswain/base';
import type { Client } from '@coxswain/client';
import { delegatedAuthentication } from './authenticate.ts';
import { delegatedAuthorization } from './authorize.ts';

const { signal } = new AbortController();

/** A client whose reviews `answer` fills in, counting them. */
function reviewer(answer: (spec: Record<string, unknown>) => unknown): {
  readonly client: Client;
  readonly asked: unknown[];
} {
  const asked: unknown[] = [];
  const create = async (
    _: unknown,
    object: { spec: Record<string, unknown> },
  ): Promise<unknown> => {
    asked.push(object.spec);
    return { ...object, status: answer(object.spec) };
  };
  return { client: { create } as unknown as Client, asked };
}

test('tokens are reviewed, and the answer is good for two minutes', async () => {
  const world = virtualWorld();
  const { client, asked } = reviewer(({ token }) =>
    token === 'good'
      ? { authenticated: true, user: { username: 'ann', uid: 'u', groups: ['g'] } }
      : { authenticated: false },
  );
  const authenticate = delegatedAuthentication(client, world);
  const by = (token: string): ReturnType<typeof authenticate> =>
    authenticate({ certificate: undefined, authorization: `Bearer ${token}` }, signal);
  const ann = { name: 'ann', uid: 'u', groups: ['g'], extra: undefined };
  assert.deepEqual(
    [await by('good'), await by('bad'), await by('good'), await by('bad')],
    [...[ann, undefined], ...[ann, undefined]],
  );
  assert.equal(asked.length, 2);
  while (world.clock.step(world.clock.now() + 121_000));
  assert.deepEqual(await by('good'), ann);
  assert.equal(asked.length, 3);
});

test('a certificate speaks for itself; without anything nobody is known', async () => {
  const { client, asked } = reviewer(() => assert.fail('asked'));
  const authenticate = delegatedAuthentication(client, virtualWorld());
  const certificate = { name: 'bob', groups: ['staff'] };
  assert.deepEqual(await authenticate({ certificate, authorization: undefined }, signal), {
    name: 'bob',
    groups: ['staff', 'system:authenticated'],
  });
  const nothing = { certificate: undefined, authorization: 'Basic x' };
  assert.equal(await authenticate(nothing, signal), undefined);
  assert.equal(asked.length, 0);
});

test('one of the subresources is enough; refusals are kept for a shorter while', async () => {
  const world = virtualWorld();
  let allowed = 'proxy';
  const { client, asked } = reviewer(({ resourceAttributes }) => ({
    allowed: (resourceAttributes as { subresource: string }).subresource === allowed,
  }));
  const authorize = delegatedAuthorization(client, 'n1', world);
  const user = { name: 'ann', groups: ['g'] };
  const ask = (): Promise<boolean> =>
    authorize(user, { verb: 'get', subresources: ['pods', 'proxy'] }, signal);
  assert.equal(await ask(), true);
  assert.deepEqual(asked, [
    {
      ...{ user: 'ann', uid: undefined, groups: ['g'], extra: undefined },
      resourceAttributes: {
        ...{ verb: 'get', subresource: 'pods', name: 'n1' },
        ...{ group: '', version: 'v1', resource: 'nodes' },
      },
    },
    {
      ...{ user: 'ann', uid: undefined, groups: ['g'], extra: undefined },
      resourceAttributes: {
        ...{ verb: 'get', subresource: 'proxy', name: 'n1' },
        ...{ group: '', version: 'v1', resource: 'nodes' },
      },
    },
  ]);
  allowed = 'nothing';
  while (world.clock.step(world.clock.now() + 60_000));
  assert.equal(await ask(), true);
  assert.equal(asked.length, 3);
  while (world.clock.step(world.clock.now() + 300_000));
  assert.equal(await ask(), false);
});

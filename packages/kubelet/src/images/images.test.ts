import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Secret } from '@coxswain/api/types/core-v1';
import { spentImages } from './clean-up.ts';
import { credentialsFor } from './credentials.ts';
import { movedImage, parseImage, withDefaultTag } from './reference.ts';

test('references', () => {
  const cases: readonly (readonly [string, string | undefined])[] = [
    ['busybox', 'docker.io library/busybox '],
    ['team/app:1', 'docker.io team/app :1'],
    ['localhost:5000/app', 'localhost:5000 app '],
    ['ghcr.io/a/b/c:v1.2', 'ghcr.io a/b/c :v1.2'],
    ['UPPER', undefined],
    ['a b', undefined],
    ['app:', undefined],
  ];
  for (const [text, want] of cases) {
    const parsed = parseImage(text);
    assert.equal(parsed && `${parsed.registry} ${parsed.path} ${parsed.suffix}`, want, text);
  }
  assert.equal(withDefaultTag('busybox'), 'busybox:latest');
  assert.equal(movedImage('k8s.gcr.io/pause:3'), 'registry.k8s.io/pause:3');
});

test('credentials: the most specific entry that covers the image comes first', () => {
  const auths = {
    'https://index.docker.io/v1/': { auth: btoa('hub:pw') },
    'ghcr.io': { username: 'wide', password: 'p' },
    'ghcr.io/team': { username: 'narrow', password: 'p' },
    '*.example.com': { username: 'star', password: 'p' },
  };
  const secret: Secret = {
    metadata: { name: 's' },
    type: 'kubernetes.io/dockerconfigjson',
    data: { '.dockerconfigjson': btoa(JSON.stringify({ auths })) },
  };
  const users = (image: string): unknown =>
    credentialsFor(image, [secret]).map(({ username }) => username);
  assert.deepEqual(users('busybox:1'), ['hub']);
  assert.deepEqual(users('ghcr.io/team/app:1'), ['narrow', 'wide']);
  assert.deepEqual(users('r.example.com/app'), ['star']);
  assert.deepEqual(users('quay.io/app'), []);
});

test('images are removed from 85 % down to 80 %, the longest unused first', () => {
  const image = (
    id: string,
    sizeBytes: number,
    isPinned = false,
  ): Parameters<typeof spentImages>[0][0] => ({
    ...{ id, sizeBytes, isPinned, repoTags: [], repoDigests: [] },
  });
  const images = [
    image('new', 4),
    image('old', 4),
    image('used', 4),
    image('pinned', 4, true),
    image('mid', 4),
  ];
  const lastUsed = new Map(Object.entries({ new: 3, old: 1, used: 0, pinned: 0, mid: 2 }));
  const spent = (availableBytes: number): readonly string[] =>
    spentImages(
      images,
      new Set(['used']),
      lastUsed,
      { capacityBytes: 100, availableBytes },
      1_000_000,
    ).map(({ id }) => id);
  assert.deepEqual(spent(20), []);
  assert.deepEqual(spent(13), ['old', 'mid']);
});

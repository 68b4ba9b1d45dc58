import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kubectlVersion } from '../command/versions.ts';
import { checkVersion } from './match-version.ts';

test('--match-server-version goes on with a server of the same version, and refuses any other in words of Go', async () => {
  await checkVersion(async () => ({ gitVersion: kubectlVersion, gitCommit: 'abc' }));
  await assert.rejects(
    checkVersion(async () => ({
      major: '1',
      minor: '32',
      gitVersion: 'v1.32.1',
      platform: 'linux/amd64',
    })),
    (error: Error) => {
      assert.match(
        error.message,
        /^server version \(&version\.Info\{Major:"1", Minor:"32", EmulationMajor:"", .*GitVersion:"v1\.32\.1", .*Platform:"linux\/amd64"\}\) differs from client version \(version\.Info\{Major:"1", Minor:"36", /,
      );
      return true;
    },
  );
  await assert.rejects(
    checkVersion(() => Promise.reject(new Error('no way'))),
    /^Error: couldn't read version from server: no way$/,
  );
});

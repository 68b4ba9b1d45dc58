import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError } from '@coxswain/api';
import type { ConfigMap, Pod } from '@coxswain/api/types/core-v1';
import { openTestServer, type TestServer } from '../../testing/server.ts';

/** Where config maps are. */
export const path = '/api/v1/namespaces/default/configmaps';
/** A config map. */
export const configMap = (name: string, data: Record<string, string> = {}): ConfigMap => ({
  kind: 'ConfigMap',
  apiVersion: 'v1',
  metadata: { name },
  data,
});
/** A pod of one container, on a node where one is named. */
export const pod = (name: string, nodeName = ''): Pod => ({
  kind: 'Pod',
  apiVersion: 'v1',
  metadata: { name },
  spec: { containers: [{ name: 'c', image: 'i' }], ...(nodeName && { nodeName }) },
});

/** What the call was refused with. */
export async function refused(call: Promise<unknown>): Promise<ApiError> {
  const error = await call.then(
    () => assert.fail('nothing was refused'),
    (error: unknown) => error,
  );
  assert.ok(error instanceof ApiError, String(error));
  return error;
}

/** A test with a server of its own. */
export function testServer(name: string, run: (server: TestServer) => Promise<void>): void {
  test(name, async () => {
    await using server = await openTestServer();
    await run(server);
  });
}

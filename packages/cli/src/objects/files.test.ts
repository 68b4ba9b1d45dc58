import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { told } from '../command/failure.ts';
import type { Session } from '../session/session.ts';
import { documentsOf, sourcesOf } from './files.ts';

test('apply -f URL: what is there, what is not, and nobody there', async () => {
  const asked: string[] = [];
  const server = createServer(({ url = '' }, response) => {
    asked.push(url);
    // The second time it is there.
    const code = url === '/none' ? 404 : url === '/late' && asked.length < 3 ? 503 : 200;
    response.writeHead(code, { connection: 'close' });
    response.end('{apiVersion: v1, kind: ConfigMap}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const host = `127.0.0.1:${port}`;
  const clock = { sleep: () => Promise.resolve() };
  const signal = new AbortController().signal;
  const session = { signal, env: {}, cwd: '/', world: { clock } } as unknown as Session;
  const read = async (path: string): Promise<string> => {
    const [source] = sourcesOf({ filename: [`http://${host}${path}`] }, session).sources;
    return documentsOf(source!).then(
      ([document]) => document!.object.kind!,
      (error: unknown) => told(error).text,
    );
  };
  const missing = `error: unable to read URL "http://${host}/none", server reported 404 Not Found, status code=404\n`;
  assert.equal(await read('/here'), 'ConfigMap');
  assert.equal(await read('/late'), 'ConfigMap');
  assert.equal(await read('/none'), missing);
  assert.deepEqual(asked, ['/here', '/late', '/late', '/none']);
  server.close();
  await once(server, 'close');
  const refused = `The connection to the server ${host} was refused - did you specify the right host or port?\n`;
  assert.equal(await read('/here'), refused);
});

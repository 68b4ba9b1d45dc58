import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { test, type TestContext } from 'node:test';
import { textOf } from './answer.ts';
import { SingleLine } from './single-line.ts';

const whole = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

/** A line to a server that answers each request with the next text, in pieces of `size`. Gives what it was sent, too. */
async function lineTo(
  t: TestContext,
  answers: readonly string[],
  size: number,
): Promise<{ readonly line: SingleLine; readonly sent: string[] }> {
  const sent: string[] = [];
  const server = createServer((socket) => {
    socket
      .on('error', () => {})
      .on('data', (data) => {
        const text = answers[sent.push(String(data)) - 1];
        if (text === undefined) return void socket.end();
        for (let at = 0; at < text.length; at += size) socket.write(text.slice(at, at + size));
        if (/connection: close/.test(text) || !/length|chunked|204/.test(text)) socket.end();
      });
  });
  t.after(() => server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  t.after(() => socket.destroy());
  await once(socket, 'connect');
  return { line: new SingleLine(`https://server:${port}`, socket), sent };
}

const get = (signal = new AbortController().signal): Parameters<SingleLine['send']>[0] => ({
  ...{ method: 'GET', target: '/a?b=c', headers: { accept: '*/*' }, signal },
});

const bodies: readonly (readonly [what: string, answer: string, text: string, isOpen: boolean])[] =
  [
    ['of known length', whole, 'ok', true],
    [
      'in chunks',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n10\r\n0123456789abcdef\r\n0\r\ntrailer: x\r\n\r\n',
      'abc0123456789abcdef',
      true,
    ],
    ['to the end', 'HTTP/1.1 200 OK\r\n\r\nall there is', 'all there is', false],
    ['after a word before it', `HTTP/1.1 100 Continue\r\n\r\n${whole}`, 'ok', true],
    ['that there is none of', 'HTTP/1.1 204 No Content\r\n\r\n', '', true],
    ['before the line is closed', whole.replace('\r\n', '\r\nconnection: close\r\n'), 'ok', false],
  ];

for (const [what, answer, text, isOpen] of bodies)
  for (const size of [1, 7, 10_000])
    test(`single line: a body ${what}, in pieces of ${size}`, async (t) => {
      const { line, sent } = await lineTo(t, [answer, whole], size);
      assert.equal(await textOf((await line.send(get())).body), text);
      assert.match(
        sent[0]!,
        /^GET \/a\?b=c HTTP\/1\.1\r\nhost: server:\d+\r\naccept: \*\/\*\r\n\r\n$/,
      );
      assert.equal(line.isFree, isOpen);
      if (isOpen) assert.equal(await textOf((await line.send(get())).body), 'ok');
    });

test('single line: it is free again when the body was read, and gone when it was not', async (t) => {
  const { line, sent } = await lineTo(t, [whole, whole], 100);
  const { body, header, status } = await line.send({ ...get(), method: 'POST', body: 'ä' });
  assert.deepEqual([status, header('content-length'), line.isFree], [200, '2', false]);
  assert.match(sent[0]!, /content-length: 2\r\n\r\nä$/);
  await textOf(body);
  assert.equal(line.isFree, true);
  for await (const _ of (await line.send(get())).body) break;
  assert.equal(line.isOpen, false);
});

test('single line: an end before the answer, and a signal, are told', async (t) => {
  const ended = await lineTo(t, [], 100);
  await assert.rejects(ended.line.send(get()), /unexpected EOF/);
  const silent = await lineTo(t, ['HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\npart'], 100);
  const aborter = new AbortController();
  const { body } = await silent.line.send(get(aborter.signal));
  const reading = textOf(body);
  aborter.abort(new Error('enough'));
  await assert.rejects(reading, /enough/);
  assert.equal(silent.line.isOpen, false);
});

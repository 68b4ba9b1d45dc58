/** Logs through the API server and the kubelet, from files. */
import assert from 'node:assert/strict';
import { appendFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Nodes } from '@coxswain/api';
import { httpCall } from '@coxswain/base/wire';
import { ask, openWebSocket, podPath, text } from './clients.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
let path: string;
before(async () => {
  stage = await openStage();
  path = join(stage.dir, '0.log');
  stage.script.log = { path };
  await stage.pod('web');
  const waiting = {
    ...{ name: 'main', image: 'i', imageID: '', ready: false, restartCount: 0 },
    state: { waiting: { reason: 'ContainerCreating' } },
  };
  await stage.pod('slow', {}, { containerStatuses: [waiting] } as never);
  await stage.pod('nowhere', { nodeName: '' });
  await writeFile(path, lines.join(''));
});
after(() => stage[Symbol.asyncDispose]());

const lines = [
  '2026-01-01T00:00:01.5Z stdout F one\n',
  '2026-01-01T00:00:02.123456789Z stderr F two\n',
  '2026-01-01T00:00:03Z stdout P thr\n',
  '2026-01-01T00:00:03.1Z stdout F ee\n',
  'this is no line of a log\n',
  '2026-01-01T00:00:04+00:00 stdout F four\n',
];

const wanted: readonly { name: string; query: string; log: string }[] = [
  { name: 'all', query: '', log: 'one\ntwo\nthree\nfour\n' },
  { name: 'the last', query: 'tailLines=3', log: 'ee\nfour\n' },
  { name: 'none', query: 'tailLines=0', log: '' },
  { name: 'more than there are', query: 'tailLines=99', log: 'one\ntwo\nthree\nfour\n' },
  { name: 'since', query: 'sinceTime=2026-01-01T00:00:03Z', log: 'three\nfour\n' },
  { name: 'since now', query: 'sinceSeconds=1', log: '' },
  { name: 'bytes', query: 'limitBytes=6', log: 'one\ntw' },
  {
    name: 'timestamps',
    query: 'timestamps=true&container=main',
    log: [
      '2026-01-01T00:00:01.500000000Z one',
      '2026-01-01T00:00:02.123456789Z two',
      '2026-01-01T00:00:03.000000000Z three',
      '2026-01-01T00:00:04.000000000+00:00 four',
      '',
    ].join('\n'),
  },
];
for (const { name, query, log } of wanted)
  test(`a log: ${name}`, async () => {
    const { status, headers, body } = await ask(stage, 'GET', podPath('web', `log?${query}`));
    assert.deepEqual([status, headers['content-type'], body], [200, 'text/plain', log]);
  });

const refusals: readonly { name: string; of: string; code: number; message: string }[] = [
  {
    name: 'not started',
    of: 'slow/log',
    code: 400,
    message: 'container "main" in pod "slow" is waiting to start: ContainerCreating',
  },
  {
    name: 'no run before',
    of: 'web/log?previous=true',
    code: 400,
    message: 'previous terminated container "main" in pod "web" not found',
  },
  {
    name: 'no such container',
    of: 'web/log?container=x',
    code: 400,
    message: 'container x is not valid for pod web',
  },
  { name: 'no such pod', of: 'gone/log', code: 404, message: 'pods "gone" not found' },
  {
    name: 'no number',
    of: 'web/log?tailLines=x',
    code: 400,
    message: 'strconv.ParseInt: parsing "x": invalid syntax',
  },
  {
    name: 'too few',
    of: 'web/log?tailLines=-1&limitBytes=0',
    code: 422,
    message:
      'PodLogOptions "web" is invalid: [tailLines: Invalid value: -1: must be greater than or equal to 0, limitBytes: Invalid value: 0: must be greater than 0]',
  },
];
for (const { name, of, code, message } of refusals)
  test(`no log: ${name}`, async () => {
    const { status, body } = await ask(stage, 'GET', podPath(of, '').slice(0, -1));
    assert.deepEqual([status, (JSON.parse(body) as { message: string }).message], [code, message]);
  });

test('a pod without a node has no log yet', async () => {
  const { status, body } = await ask(stage, 'GET', podPath('nowhere', 'log'));
  assert.deepEqual([status, body], [204, '']);
});

for (const { name, protocols, decode } of [
  { name: 'bytes', protocols: ['binary.k8s.io'], decode: text },
  {
    name: 'base64',
    protocols: ['base64.binary.k8s.io'],
    decode: (bytes: Uint8Array) => Buffer.from(text(bytes), 'base64').toString(),
  },
])
  test(`a log over a websocket, as ${name}`, async () => {
    const socket = await openWebSocket(stage, podPath('web', 'log'), protocols);
    assert.equal(socket.protocol, protocols[0]);
    let log = '';
    for await (const message of socket.input) log += decode(message);
    assert.equal(log, 'one\ntwo\nthree\nfour\n');
  });

test('a log is followed, across its rotation, until the container has ended', async () => {
  const own = join(stage.dir, 'followed.log');
  stage.script.log = { path: own };
  try {
    await writeFile(own, '2026-01-01T00:00:01Z stdout F begun\n');
    const { ca, admin } = stage.pki;
    const url = new URL(`https://127.0.0.1:${stage.port}`);
    const answer = await httpCall(
      {
        ...{ method: 'GET', url, target: podPath('web', 'log?follow=true') },
        ...{ headers: [['Host', url.host]], signal: new AbortController().signal },
      },
      { ca: ca.certificate, cert: admin.certificate, key: admin.key },
    );
    const input = answer.body[Symbol.asyncIterator]();
    const next = async (wanted: string): Promise<void> => {
      let got = '';
      while (got.length < wanted.length) got += text((await input.next()).value!);
      assert.equal(got, wanted);
    };
    await next('begun\n');
    await appendFile(own, '2026-01-01T00:00:02Z stdout F ha');
    await appendFile(own, 'lf\n2026-01-01T00:00:02Z stdout F more\n');
    await next('half\nmore\n');
    await rename(own, `${own}.1`);
    await appendFile(`${own}.1`, '2026-01-01T00:00:03Z stdout F last of the old\n');
    await writeFile(own, '2026-01-01T00:00:04Z stdout F first of the new\n');
    await next('last of the old\nfirst of the new\n');
    stage.script.containerState = 'exited';
    await appendFile(own, '2026-01-01T00:00:05Z stdout F goodbye\n');
    await next('goodbye\n');
    assert.equal((await input.next()).done, true);
  } finally {
    stage.script.containerState = 'running';
    stage.script.log = { path };
  }
});

test('a file that is not there is an error, not an empty log', async () => {
  stage.script.log = { path: join(stage.dir, 'missing.log') };
  try {
    const { status, body } = await ask(stage, 'GET', podPath('web', 'log'));
    assert.equal(status, 400);
    assert.match(body, /failed to try resolving symlinks in path/);
  } finally {
    stage.script.log = { path };
  }
});

test('a kubelet that does not answer', async () => {
  const { client } = stage;
  const signal = new AbortController().signal;
  const node = await client.create(Nodes, { metadata: { name: 'n2' } } as never, { signal });
  const status = {
    addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
    daemonEndpoints: { kubeletEndpoint: { Port: 1 } },
  };
  await client.update(Nodes, { ...node, status }, { signal, subresource: 'status' });
  await stage.pod('lost', { nodeName: 'n2' });
  const refused = 'dial tcp 127.0.0.1:1: connect: connection refused';
  const { status: code, body } = await ask(stage, 'GET', podPath('lost', 'log'));
  const { reason, message } = JSON.parse(body) as { reason?: string; message: string };
  assert.deepEqual(
    [code, reason, message],
    [...[500, undefined], `Get "https://127.0.0.1:1/containerLogs/stage/lost/main": ${refused}`],
  );
  const exec = podPath('lost', 'exec?command=x&stdout=true');
  await assert.rejects(openWebSocket(stage, exec, ['v4.channel.k8s.io']), (error: Error) =>
    error.message.includes(`"message":"error dialing backend: ${refused}"`),
  );
});

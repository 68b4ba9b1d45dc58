/** Exec, attach and port-forward in every protocol: client, API server, kubelet, runtime. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { SpdySession, type SpdyStream } from '@coxswain/base/spdy';
import { headerCompression } from '@coxswain/base/wire';
import { Pods } from '@coxswain/api';
import { bytes, openSpdy, openTunnel, openWebSocket, podPath, text } from './clients.ts';
import { openStage, type Program, type Stage } from './stage.ts';

let stage: Stage;
before(async () => {
  stage = await openStage();
  await stage.pod('web');
  await stage.pod('two', {
    initContainers: [{ name: 'first', image: 'i' }],
    containers: [
      { name: 'a', image: 'i' },
      { name: 'b', image: 'i' },
    ],
  } as never);
  await stage.pod('nowhere', { nodeName: '' });
});
after(() => stage[Symbol.asyncDispose]());

async function all(input: AsyncIterable<Uint8Array>): Promise<string> {
  let whole = '';
  for await (const chunk of input) whole += text(chunk);
  return whole;
}

/** Everything that came on each channel of a websocket, until it closed. */
async function channelsOf(
  input: AsyncIterable<Uint8Array>,
  isText = false,
): Promise<Record<string, string>> {
  const said: Record<string, string> = {};
  for await (const message of input) {
    const channel = isText ? String.fromCodePoint(message[0]!) : String(message[0]);
    const data = isText
      ? Buffer.from(text(message.subarray(1)), 'base64').toString()
      : text(message.subarray(1));
    said[channel] = (said[channel] ?? '') + data;
  }
  return said;
}

const talk: Program = async ({ stdin, stdout, stderr }, command) => {
  await stdout(bytes(`${command.join(' ')}: `));
  for await (const chunk of stdin) {
    const line = text(chunk);
    await stdout(bytes(line.toUpperCase()));
    if (line.endsWith('\n')) break;
  }
  await stderr(bytes('done'));
  return 7;
};

const failed = (why: string): string =>
  JSON.stringify({
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: ${why}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: '7' }] },
  });

const query = 'command=sh&command=-c&stdin=true&stdout=true&stderr=true';
const webSockets = [
  {
    name: 'v5',
    protocols: ['v5.channel.k8s.io', 'v4.channel.k8s.io'],
    chosen: 'v5.channel.k8s.io',
    error: failed('command terminated with exit code 7'),
  },
  {
    name: 'v4',
    protocols: ['v4.channel.k8s.io'],
    chosen: 'v4.channel.k8s.io',
    error: failed('exit status 7'),
  },
  {
    name: 'v1',
    protocols: ['channel.k8s.io'],
    chosen: 'channel.k8s.io',
    error: 'command terminated with non-zero exit code: exit status 7',
  },
  {
    name: 'none',
    protocols: [],
    chosen: '',
    error: 'command terminated with non-zero exit code: exit status 7',
  },
];
for (const { name, protocols, chosen, error } of webSockets)
  for (const at of ['url', 'here'] as const)
    test(`exec over a websocket of ${name}, served at ${at}`, async () => {
      stage.script.at = at;
      stage.script.program = talk;
      const socket = await openWebSocket(stage, podPath('web', `exec?${query}`), protocols);
      assert.equal(socket.protocol, chosen);
      await socket.send(bytes('\0hello '));
      await socket.send(bytes('\0you\n'));
      assert.deepEqual(await channelsOf(socket.input), {
        1: 'sh -c: HELLO YOU\n',
        2: 'done',
        3: error,
      });
    });

test('exec over a websocket in base64', async () => {
  stage.script.at = 'url';
  stage.script.program = talk;
  const path = podPath('web', `exec?${query}`);
  const socket = await openWebSocket(stage, path, ['v4.base64.channel.k8s.io']);
  await socket.sendText(`0${Buffer.from('hello\n').toString('base64')}`);
  assert.deepEqual(await channelsOf(socket.input, true), {
    1: 'sh -c: HELLO\n',
    2: 'done',
    3: failed('exit status 7'),
  });
});

test('v5 ends standard input alone', async () => {
  stage.script.program = async ({ stdin, stdout }) => {
    await stdout(bytes(`read ${await all(stdin)}`));
    return 0;
  };
  for (const at of ['url', 'here'] as const) {
    stage.script.at = at;
    const path = podPath('web', `exec?${query}`);
    const socket = await openWebSocket(stage, path, ['v5.channel.k8s.io']);
    await socket.send(bytes('\0everything'));
    await socket.send(Uint8Array.from([255, 0]));
    assert.deepEqual(await channelsOf(socket.input), {
      1: 'read everything',
      3: '{"metadata":{},"status":"Success"}',
    });
  }
});

async function spdyStreams(
  session: SpdySession,
  names: readonly string[],
): Promise<Record<string, SpdyStream>> {
  const streams: Record<string, SpdyStream> = {};
  for (const name of names) streams[name] = await session.open({ streamType: name });
  return streams;
}

for (const { name, error } of [
  { name: 'v4.channel.k8s.io', error: failed('exit status 7') },
  {
    name: 'v2.channel.k8s.io',
    error: 'command terminated with non-zero exit code: exit status 7',
  },
])
  test(`exec over SPDY of ${name}`, async () => {
    stage.script.at = 'url';
    stage.script.program = talk;
    const path = podPath('web', `exec?${query}`);
    const { session, protocol } = await openSpdy(stage, path, ['v9.channel.k8s.io', name]);
    assert.equal(protocol, name);
    const streams = await spdyStreams(session, ['error', 'stdin', 'stdout', 'stderr']);
    await streams.stdin!.write(bytes('hello\n'));
    const said = await Promise.all(
      ['stdout', 'stderr', 'error'].map((each) => all(streams[each]!.input)),
    );
    assert.deepEqual(said, ['sh -c: HELLO\n', 'done', error]);
    session.end();
    await session.closed;
  });

const terminal: Program = async ({ stdout, resizes }) => {
  for await (const { width, height } of resizes) {
    await stdout(bytes(`${width}x${height} `));
    if (width === 120) return 0;
  }
  return 1;
};
const terminalQuery = 'command=top&stdin=true&stdout=true&tty=true';

for (const protocol of ['v5.channel.k8s.io', 'v4.channel.k8s.io'])
  test(`a terminal is resized over a websocket of ${protocol}`, async () => {
    stage.script.at = 'url';
    stage.script.program = terminal;
    const path = podPath('web', `exec?${terminalQuery}`);
    const socket = await openWebSocket(stage, path, [protocol]);
    await socket.send(bytes('\u0004{"Width":80,"Height":24}\n'));
    const input = socket.input[Symbol.asyncIterator]();
    let said = '';
    while (said !== '80x24 ') said += text((await input.next()).value!.subarray(1));
    await socket.send(bytes('\u0004{"Width":120,"Height":50}\n'));
    assert.deepEqual(await channelsOf({ [Symbol.asyncIterator]: () => input }), {
      1: '120x50 ',
      3: '{"metadata":{},"status":"Success"}',
    });
  });

test('a terminal is resized over SPDY', async () => {
  stage.script.program = terminal;
  const path = podPath('web', `exec?${terminalQuery}`);
  const { session } = await openSpdy(stage, path, ['v4.channel.k8s.io']);
  const streams = await spdyStreams(session, ['error', 'stdin', 'stdout', 'resize']);
  await streams.resize!.write(bytes('{"Width":120,'));
  await streams.resize!.write(bytes('"Height":50}\n'));
  assert.equal(await all(streams.stdout!.input), '120x50 ');
  session.end();
});

test('attach', async () => {
  stage.script.at = 'url';
  stage.script.program = async ({ stdout }, command) => {
    await stdout(bytes(`attached [${command.join()}]`));
    return 0;
  };
  const path = podPath('web', 'attach?stdout=true&stderr=true');
  const socket = await openWebSocket(stage, path, ['v5.channel.k8s.io']);
  const said = await channelsOf(socket.input);
  assert.equal(said[1], 'attached []');
});

test('a program that cannot be run is told on the error channel', async () => {
  stage.script.program = async () => {
    throw new Error('no such file');
  };
  for (const at of ['url', 'here'] as const) {
    stage.script.at = at;
    const path = podPath('web', 'exec?command=x&stdout=true');
    const socket = await openWebSocket(stage, path, ['v5.channel.k8s.io']);
    const said = JSON.parse((await channelsOf(socket.input))[3]!) as { message: string };
    assert.match(
      said.message,
      /Internal error occurred: error executing command in container: no such file$/,
    );
  }
});

const refusals: readonly { name: string; path: string; says: RegExp }[] = [
  {
    name: 'several containers',
    path: podPath('two', 'exec?command=x&stdout=true'),
    says: /^400: .*"message":"a container name must be specified for pod two, choose one of: \[first a b\]"/,
  },
  {
    name: 'no such container',
    path: podPath('two', 'exec?command=x&stdout=true&container=c'),
    says: /^400: .*"message":"container c is not valid for pod two"/,
  },
  {
    name: 'no node yet',
    path: podPath('nowhere', 'exec?command=x&stdout=true'),
    says: /^400: .*"message":"pod nowhere does not have a host assigned"/,
  },
  {
    name: 'no node yet, for ports',
    path: podPath('nowhere', 'portforward?ports=80'),
    says: /^400: .*"message":"pod nowhere does not have a host assigned"/,
  },
  {
    name: 'no such pod',
    path: podPath('gone', 'exec?command=x&stdout=true'),
    says: /^404: .*"message":"pods \\"gone\\" not found"/,
  },
  {
    name: 'nothing to carry',
    path: podPath('web', 'exec?command=x'),
    says: /^400: you must specify at least 1 of stdin, stdout, stderr$/,
  },
];
for (const { name, path, says } of refusals)
  test(`refused: ${name}`, async () => {
    await assert.rejects(openWebSocket(stage, path, ['v4.channel.k8s.io']), { message: says });
    await assert.rejects(openSpdy(stage, path, ['v4.channel.k8s.io']), { message: says });
  });

test('a container that does not run cannot be entered', async () => {
  stage.script.containerState = 'exited';
  try {
    const path = podPath('web', 'exec?command=x&stdout=true');
    await assert.rejects(openSpdy(stage, path, ['v4.channel.k8s.io']), {
      message: '500: container not found ("main")',
    });
    const socket = await openWebSocket(stage, path, ['v5.channel.k8s.io']);
    const said = JSON.parse((await channelsOf(socket.input))[3]!) as { message: string };
    assert.equal(
      said.message,
      'Internal error occurred: unable to upgrade connection: container not found ("main")',
    );
  } finally {
    stage.script.containerState = 'running';
  }
});

test('a request that asks for no other protocol is refused', async () => {
  const path = podPath('web', 'exec');
  const raw = stage.client.raw({
    ...{ method: 'POST', path, query: { command: 'x', stdout: 'true' } },
    signal: new AbortController().signal,
  });
  await assert.rejects(raw, { code: 400, message: 'Upgrade request required' });
});

for (const protocol of ['v5.channel.k8s.io', 'v4.channel.k8s.io'])
  test(`the client's leaving ends the program: ${protocol}`, async () => {
    stage.script.at = 'url';
    const left = Promise.withResolvers<void>();
    stage.script.program = async ({ stdout, stdin, signal }) => {
      await stdout(bytes('ready'));
      signal.addEventListener('abort', () => left.resolve());
      await all(stdin);
      await left.promise;
      return 0;
    };
    const path = podPath('web', `exec?${query}`);
    const socket = await openWebSocket(stage, path, [protocol]);
    const input = socket.input[Symbol.asyncIterator]();
    while (text((await input.next()).value!) !== '\u0001ready');
    socket.destroy();
    await left.promise;
    while (stage.cri.open > 0) await new Promise((resolve) => setImmediate(resolve));
  });

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

async function heldBytes(): Promise<number> {
  // What one collection finds free may go with the next.
  for (let round = 0; round < 3; round++) {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return process.memoryUsage().arrayBuffers;
}

/** Reads slowly what a program writes as fast as it may; the memory in between stays small. */
for (const way of ['websocket', 'SPDY'] as const)
  test(`100 MB go through a ${way} with little memory`, async () => {
    stage.script.at = 'url';
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    const chunks = 100;
    stage.script.program = async ({ stdout }) => {
      for (let left = chunks; left > 0; left--) await stdout(chunk);
      return 0;
    };
    const path = podPath('web', 'exec?command=yes&stdout=true');
    const input =
      way === 'websocket'
        ? (await openWebSocket(stage, path, ['v5.channel.k8s.io'])).input
        : (
            await spdyStreams((await openSpdy(stage, path, ['v4.channel.k8s.io'])).session, [
              'error',
              'stdout',
            ])
          ).stdout!.input;
    let got = 0;
    let mostBytes = 0;
    let next = chunk.length;
    const before = await heldBytes();
    for await (const piece of input) {
      const isData = way === 'SPDY' || piece[0] === 1;
      if (isData) got += piece.length - (way === 'websocket' ? 1 : 0);
      if (got >= next) {
        mostBytes = Math.max(mostBytes, (await heldBytes()) - before);
        next += 10 * chunk.length;
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.equal(got, chunks * chunk.length);
    assert.ok(mostBytes < 32 * 1024 * 1024, `${mostBytes} bytes held`);
  });

/** Echoes in capitals until the client's half ends, then says so. */
const echo = async (
  port: number,
  io: { input: AsyncIterable<Uint8Array>; output: (chunk: Uint8Array) => Promise<void> },
): Promise<void> => {
  if (port === 81) throw new Error('connection refused');
  for await (const chunk of io.input) await io.output(bytes(text(chunk).toUpperCase()));
  await io.output(bytes(` end of ${port}`));
};

async function forwardPair(
  session: SpdySession,
  port: number,
  id: number,
): Promise<{ data: SpdyStream; error: SpdyStream }> {
  const headers = { port: String(port), requestID: String(id) };
  const error = await session.open({ ...headers, streamType: 'error' });
  await error.end();
  return { error, data: await session.open({ ...headers, streamType: 'data' }) };
}

const sessionsOf: Readonly<Record<string, () => Promise<SpdySession>>> = {
  async SPDY() {
    const path = podPath('web', 'portforward');
    return (await openSpdy(stage, path, ['portforward.k8s.io'])).session;
  },
  async tunnel() {
    const path = podPath('web', 'portforward');
    const tunnel = await openTunnel(stage, path);
    return new SpdySession(tunnel, { role: 'client', compression: headerCompression() });
  },
};
for (const [name, open] of Object.entries(sessionsOf))
  for (const at of ['url', 'here'] as const)
    test(`ports are forwarded through ${name}, several at once, half closed, served at ${at}`, async () => {
      stage.script.at = at;
      stage.script.forward = echo;
      const session = await open();
      const said = await Promise.all(
        [80, 443, 80, 81].map(async (port, id) => {
          const { data, error } = await forwardPair(session, port, id);
          await data.write(bytes(`connection ${id}`)).catch(() => undefined);
          await data.end();
          return [await all(data.input), await all(error.input)];
        }),
      );
      assert.deepEqual(said, [
        ['CONNECTION 0 end of 80', ''],
        ['CONNECTION 1 end of 443', ''],
        ['CONNECTION 2 end of 80', ''],
        [
          '',
          at === 'url'
            ? 'error forwarding port 81 to pod sandbox, uid u: connection refused'
            : `error forwarding port 81 to pod web, uid ${stage.server.objects.get(Pods, 'web', 'stage')!.metadata.uid}: connection refused`,
        ],
      ]);
      session.end();
      await session.closed;
    });

test('ports are forwarded over channels of a websocket', async () => {
  stage.script.forward = async (port, { input, output }) => {
    for await (const chunk of input) {
      await output(bytes(`${port} ${text(chunk)}`));
      return;
    }
  };
  for (const at of ['url', 'here'] as const) {
    stage.script.at = at;
    const path = podPath('web', 'portforward?ports=80&ports=8080');
    const socket = await openWebSocket(stage, path, ['v4.channel.k8s.io']);
    await socket.send(bytes('\u0002later'));
    await socket.send(bytes('\0first'));
    assert.deepEqual(await channelsOf(socket.input), {
      0: 'P\u000080 first',
      1: 'P\u0000',
      2: '\u0090\u001f'.replace('\u0090', text(Uint8Array.from([0x90]))) + '8080 later',
      3: text(Uint8Array.from([0x90, 0x1f])),
    });
  }
});

test('a server that stops cuts the sessions that go through it', async () => {
  await using own = await openStage();
  await own.pod('web');
  own.script.program = async ({ stdout, stdin }) => {
    await stdout(bytes('ready'));
    await all(stdin);
    return 0;
  };
  const path = podPath('web', `exec?${query}`);
  const socket = await openWebSocket(own, path, ['v5.channel.k8s.io']);
  const input = socket.input[Symbol.asyncIterator]();
  while (text((await input.next()).value!) !== '\u0001ready');
  await own.listener[Symbol.asyncDispose]();
  while (!(await input.next()).done);
});

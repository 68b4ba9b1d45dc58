import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { exec } from '../system/exec.ts';
import { isRoot } from '../system/parts.ts';
import { inNetns } from './links.ts';
import { listenInside } from './listen-inside.ts';

const canTest = isRoot() || process.env['CI'] ? false : 'needs root';

test(
  'a socket of another namespace is served here, and by nobody else',
  { skip: canTest },
  async (t) => {
    const netns = `coxtest-${process.pid}`;
    await exec('ip', ['netns', 'add', netns]);
    t.after(() => exec('ip', ['netns', 'delete', netns]));
    const [nsenter, inside] = inNetns(netns);
    await exec(nsenter, [...inside, 'ip', 'link', 'set', 'lo', 'up']);
    const server = await listenInside(netns, '127.0.0.1', 10_250);
    t.after(() => server.close());
    server.on('connection', (socket) => socket.end('here\n'));
    const script = `require('node:net').connect(10250, '127.0.0.1').pipe(process.stdout)`;
    for (let round = 0; round < 6; round++)
      assert.equal(await exec(nsenter, [...inside, process.execPath, '-e', script]), 'here\n');
    const outside = connect(10_250, '127.0.0.1');
    const [error] = (await once(outside, 'error')) as [NodeJS.ErrnoException];
    assert.equal(error.code, 'ECONNREFUSED');
  },
);

/** The same requests to an upstream kube-apiserver and to ours: the same answers, but for what is argued. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { coxRunning } from '../testing/cluster.ts';
import { adminToken, UpstreamServer, whyNoUpstream } from '../testing/upstream.ts';
import { compare, told } from './compare.ts';
import { allLists } from './lists.ts';
import { Sender } from './sender.ts';

const requestsMin = 1000;
const disagreeingMax = 0.01; // of all requests, argued ones left out

test(
  'an upstream API server and ours answer alike',
  { skip: whyNoUpstream('kube-apiserver') ?? false },
  async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'cox-differential-'));
    await using _folder = {
      [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
    };
    const tokens = join(folder, 'tokens.csv');
    await writeFile(tokens, `${adminToken},admin,admin,"system:masters"\n`, { mode: 0o600 });
    await using ours = coxRunning(
      ...([
        [
          'serve',
          'apiserver',
          '--data',
          join(folder, 'data'),
          '--port',
          '0',
          '--token-auth-file',
          tokens,
        ],
      ] as const),
    );
    await using upstream = await UpstreamServer.start();
    const [, url] = await ours.prints(/serving at (https:\S+);/);
    using theirSender = new Sender(upstream.url);
    using ourSender = new Sender(url!);
    const lists = await allLists(theirSender);
    const { sent, disagreements } = await compare(lists, theirSender, ourSender);
    const open = disagreements.filter(({ argued }) => argued === undefined);
    for (const each of disagreements) t.diagnostic(told(each));
    t.diagnostic(`${sent} requests, ${disagreements.length} differ, ${open.length} not argued`);
    assert.ok(sent >= requestsMin);
    assert.ok(open.length <= sent * disagreeingMax, `${open.length} of ${sent} differ`);
  },
);

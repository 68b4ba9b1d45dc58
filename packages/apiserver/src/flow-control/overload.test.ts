import assert from 'node:assert/strict';
import { request } from 'node:https';
import { test } from 'node:test';
import type { FlowSchema } from '@coxswain/api/types/flowcontrol-v1';
import { issue } from '../certificates/issue.ts';
import { listen } from '../listen/index.ts';
import { admin, adminToken, openWholeServer } from '../testing/whole-server.ts';

const years = { notBeforeMs: Date.UTC(2020, 0), notAfterMs: Date.UTC(2060, 0) };
const authority = issue({ commonName: 'authority', use: 'authority', ...years });
const serving = issue(
  { commonName: 'server', use: 'server', names: ['127.0.0.1'], ...years },
  authority,
);

const apiVersion = 'flowcontrol.apiserver.k8s.io/v1';
const root = `/apis/${apiVersion}`;

interface Answer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** Asks for the version as `user`, over a connection of its own. */
function ask(port: number, user: string, path = '/version'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${adminToken}`, 'impersonate-user': user };
    const given = { host: '127.0.0.1', port, path, headers, rejectUnauthorized: false };
    request({ ...given, agent: false }, (answer) => {
      let text = '';
      answer.on('data', (part: Buffer) => (text += part.toString()));
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, text }));
    })
      .on('error', reject)
      .end();
  });
}

test('a flood is queued, then refused with 429; others do not notice', async () => {
  await using whole = await openWholeServer({ inFlight: { readsMax: 4, writesMax: 2 } });
  const { server, world } = whole;
  const queuing = { queues: 1, handSize: 1, queueLengthLimit: 2 };
  await whole.as(admin).post(`${root}/prioritylevelconfigurations`, {
    ...{ apiVersion, kind: 'PriorityLevelConfiguration' },
    metadata: { name: 'tiny' },
    spec: {
      type: 'Limited',
      limited: { nominalConcurrencyShares: 1, limitResponse: { type: 'Queue', queuing } },
    },
  });
  const schema = await whole.as(admin).post<FlowSchema>(`${root}/flowschemas`, {
    ...{ apiVersion, kind: 'FlowSchema' },
    metadata: { name: 'flood' },
    spec: {
      priorityLevelConfiguration: { name: 'tiny' },
      matchingPrecedence: 10,
      rules: [
        {
          subjects: [{ kind: 'User', user: { name: 'mallory' } }],
          nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/version'] }],
        },
      ],
    },
  });
  const gate = Promise.withResolvers<void>();
  let held = 0;
  server.addStation({
    name: 'slow',
    async pass(asked, next) {
      if (asked.user?.name === 'mallory') {
        held++;
        await gate.promise;
      }
      return next(asked);
    },
  });
  await using listener = await listen(server, {
    addresses: [{ host: '127.0.0.1', port: 0 }],
    ...{ certificate: serving.certificate, key: serving.key },
    clientAuthorities: authority.certificate,
  });
  const { port } = listener.addresses[0]!;
  const refused: Answer[] = [];
  const seven = Promise.withResolvers<void>();
  const flood = Array.from({ length: 10 }, async () => {
    const answer = await ask(port, 'mallory');
    if (answer.status === 429 && refused.push(answer) === 7) seven.resolve();
    return answer;
  });
  await seven.promise;
  assert.equal(held, 1);
  for (const { headers, text } of refused) {
    assert.equal(text, 'Too many requests, please try again later.\n');
    assert.equal(headers['retry-after'], '1');
    assert.equal(headers['x-kubernetes-pf-flowschema-uid'], schema.metadata.uid);
  }
  const others = await Promise.all(Array.from({ length: 10 }, () => ask(port, 'alice')));
  assert.deepEqual(new Set(others.map(({ status }) => status)), new Set([200]));
  const waiting = world.metrics.text();
  assert.match(
    waiting,
    /current_inqueue_requests\{flow_schema="flood",priority_level="tiny"\} 2\n/,
  );
  gate.resolve();
  const all = await Promise.all(flood);
  assert.equal(all.filter(({ status }) => status === 200).length, 3);
  const figures = world.metrics.text();
  const pair = 'flow_schema="flood",priority_level="tiny"';
  for (const line of [
    `apiserver_flowcontrol_dispatched_requests_total{${pair}} 3`,
    `apiserver_flowcontrol_rejected_requests_total{${pair},reason="queue-full"} 7`,
    `apiserver_flowcontrol_current_inqueue_requests{${pair}} 0`,
  ])
    assert.ok(figures.includes(`${line}\n`), line);
});

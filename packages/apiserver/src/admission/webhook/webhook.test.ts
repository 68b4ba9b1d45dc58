import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { type HookServer, hookBundle, hookServer } from '../../webhook-client/testing/index.ts';
import { adminToken, openWholeServer, type WholeServer } from '../../testing/whole-server.ts';

interface ReviewRequest {
  readonly uid: string;
  readonly operation: string;
  readonly name?: string;
  readonly subResource?: string;
  readonly dryRun: boolean;
  readonly object: { readonly data?: Record<string, string> } | null;
  readonly oldObject: object | null;
}

let whole: WholeServer;
let hook: HookServer;
let answer: (request: ReviewRequest, path: string) => object;
const asked: string[] = [];
const maps = '/api/v1/namespaces/hooked/configmaps';

before(async () => {
  whole = await openWholeServer();
  hook = await hookServer(({ body, url }) => {
    const { request, apiVersion } = JSON.parse(body) as {
      request: ReviewRequest;
      apiVersion: string;
    };
    const { operation, name = '', subResource = '', object, oldObject } = request;
    const path = url.split('?')[0]!;
    asked.push(
      [
        path,
        operation,
        name + (subResource && `/${subResource}`),
        object && 'new',
        oldObject && 'old',
      ]
        .filter(Boolean)
        .join(' '),
    );
    const response = { uid: request.uid, ...answer(request, path) };
    return { kind: 'AdmissionReview', apiVersion, response };
  });
  await send('POST', '/api/v1/namespaces', { metadata: { name: 'hooked', labels: { h: 'y' } } });
});
after(async () => {
  await whole[Symbol.asyncDispose]();
  await hook[Symbol.asyncDispose]();
});
beforeEach(async () => {
  for (const kind of ['validating', 'mutating'])
    await send('DELETE', `/apis/admissionregistration.k8s.io/v1/${kind}webhookconfigurations`);
  await send('DELETE', maps);
  asked.length = 0;
  answer = () => ({ allowed: true });
});

const send = (method: string, path: string, body?: object) =>
  whole.wire<{ message: string; data?: object; metadata: { labels?: object } }>(path, {
    ...{ method, token: adminToken },
    headers: { 'content-type': 'application/json' },
    body: body ? JSON.stringify(body) : '',
  });

async function configure(kind: 'Validating' | 'Mutating', ...webhooks: object[]): Promise<void> {
  const all = webhooks.map((webhook, index) => ({
    name: `w${index}.example.com`,
    ...{ sideEffects: 'None', admissionReviewVersions: ['v1'] },
    clientConfig: { url: `${hook.url}/${index}`, caBundle: hookBundle },
    rules: [{ operations: ['*'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] }],
    ...webhook,
  }));
  const { code, text } = await send(
    'POST',
    `/apis/admissionregistration.k8s.io/v1/${kind.toLowerCase()}webhookconfigurations`,
    { metadata: { name: 'hooks' }, webhooks: all },
  );
  assert.equal(code, 201, text);
}

const map = (name: string, labels?: object) => ({ metadata: { name, labels }, data: { a: '1' } });
const patch = (...operations: object[]) => ({
  allowed: true,
  patchType: 'JSONPatch',
  patch: Buffer.from(JSON.stringify(operations)).toString('base64'),
});

test('every write is shown, with its objects; warnings come to the client', async () => {
  await configure('Validating', {});
  answer = () => ({ allowed: true, warnings: ['careful'] });
  assert.deepEqual((await send('POST', maps, map('one'))).warnings, ['careful']);
  await send('PUT', `${maps}/one`, { ...map('one'), data: { a: '2' } });
  await send('DELETE', `${maps}/one`);
  await send('POST', `${maps}?dryRun=All`, map('two'));
  assert.deepEqual(asked, [
    '/0 CREATE one new',
    '/0 UPDATE one new old',
    '/0 DELETE one old',
    '/0 CREATE two new',
  ]);
});

test('a refusal is told with its reason and code; selectors and operations choose', async () => {
  await configure('Validating', {
    namespaceSelector: { matchLabels: { h: 'y' } },
    objectSelector: { matchExpressions: [{ key: 'skip', operator: 'DoesNotExist' }] },
  });
  answer = () => ({ allowed: false, status: { message: 'no', code: 418 } });
  const refused = await send('POST', maps, map('one'));
  assert.equal(refused.code, 418);
  assert.equal(refused.object.message, 'admission webhook "w0.example.com" denied the request: no');
  assert.equal((await send('POST', maps, map('two', { skip: 'me' }))).code, 201);
  const elsewhere = '/api/v1/namespaces/default/configmaps';
  assert.equal((await send('POST', elsewhere, map('three'))).code, 201);
});

test('who cannot be asked refuses or not, as failurePolicy says; dry runs need a promise', async () => {
  const nowhere = { url: 'https://127.0.0.1:1/x', caBundle: hookBundle };
  await configure('Validating', { clientConfig: nowhere, failurePolicy: 'Ignore' });
  assert.equal((await send('POST', maps, map('one'))).code, 201);
  await send('DELETE', '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations');
  await configure('Validating', { clientConfig: nowhere });
  const failed = await send('POST', maps, map('two'));
  assert.equal(failed.code, 500);
  assert.equal(
    failed.object.message,
    'Internal error occurred: failed calling webhook "w0.example.com": failed to call webhook: Post "https://127.0.0.1:1/x?timeout=10s": dial tcp 127.0.0.1:1: connect: connection refused',
  );
});

test('match conditions choose; one that cannot be told is for the failure policy', async () => {
  const failing = { name: 'fails', expression: 'object.data.nope == "x"' };
  await configure('Validating', {
    matchConditions: [{ name: 'not-me', expression: '!object.metadata.name.startsWith("me")' }],
  });
  answer = () => ({ allowed: false });
  assert.equal((await send('POST', maps, map('me'))).code, 201);
  assert.equal((await send('POST', maps, map('you'))).code, 400);
  await send('DELETE', '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations');
  await configure('Mutating', { matchConditions: [failing], failurePolicy: 'Ignore' });
  assert.equal((await send('POST', maps, map('them'))).code, 201);
  await send('DELETE', '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations');
  await configure('Mutating', { matchConditions: [failing] });
  const refused = await send('POST', maps, map('us'));
  assert.deepEqual(
    [refused.code, refused.object.message],
    [
      403,
      'configmaps "us" is forbidden: expression \'object.data.nope == "x"\' resulted in error: no such key: nope',
    ],
  );
});

test('patches are applied one after the other, with defaults; IfNeeded asks again', async () => {
  await configure('Mutating', { reinvocationPolicy: 'IfNeeded' }, {});
  answer = ({ object }, path) =>
    patch({ op: 'add', path: `/data/n${Object.keys(object!.data!).length}`, value: path });
  const { object } = await send('POST', maps, map('one'));
  assert.deepEqual(object.data, { a: '1', n1: '/0', n2: '/1', n3: '/0' });
  assert.deepEqual(asked, ['/0 CREATE one new', '/1 CREATE one new', '/0 CREATE one new']);
});

test('what a patch makes is validated, and must be readable', async () => {
  await configure('Mutating', {});
  for (const [operation, code, message] of [
    [{ op: 'add', path: '/data', value: 5 }, 500, /cannot unmarshal number into Go struct field/],
    [{ op: 'replace', path: '/metadata/name', value: 'A B' }, 422, /metadata.name: Invalid value/],
    [{ op: 'remove', path: '/x' }, 500, /Unable to remove nonexistent key: x: missing value/],
  ] as const) {
    answer = () => patch(operation);
    const refused = await send('POST', maps, map('one'));
    assert.equal(refused.code, code);
    assert.match(refused.object.message, message);
  }
});

test('configurations keep to the rules', async () => {
  const { object } = await send(
    'POST',
    '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations',
    {
      metadata: { name: 'bad' },
      webhooks: [
        {
          name: 'short.name',
          ...{ sideEffects: 'Some', admissionReviewVersions: ['v9'], timeoutSeconds: 31 },
          clientConfig: { url: 'http://a:b@c/x?y' },
          rules: [
            { operations: ['*', 'READ'], apiGroups: [], apiVersions: [''], resources: ['*', 'a'] },
          ],
        },
      ],
    },
  );
  const causes = (object as { details?: { causes?: { field: string }[] } }).details?.causes ?? [];
  assert.deepEqual(
    causes.map(({ field }) => field.replace('webhooks[0].', '')),
    [
      ...['name', 'rules[0].operations', 'rules[0].operations[1]', 'rules[0].apiGroups'],
      ...['rules[0].apiVersions[0]', 'rules[0].resources', 'sideEffects', 'timeoutSeconds'],
      ...['clientConfig.url', 'clientConfig.url', 'clientConfig.url', 'admissionReviewVersions'],
    ],
  );
});

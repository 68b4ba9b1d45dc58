import { hookServer, hookBundle } from '../../webhook-client/testing/index.ts';
import { openWholeServer, adminToken } from '../../testing/whole-server.ts';
import { request as https } from 'node:https';
const UP = process.env['UP_URL']!, TOK = process.env['UP_TOKEN']!;
await using whole = await openWholeServer();
type Out = { code: number; text: string; warnings: string[] };
const up = (method: string, path: string, body?: unknown): Promise<Out> => new Promise((res, rej) => {
  const r = https(UP + path, { method, rejectUnauthorized: false, headers: { authorization: `Bearer ${TOK}`, 'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json', 'user-agent': 'test/1' } }, (m) => { let t = ''; m.on('data', (c) => t += c); m.on('end', () => res({ code: m.statusCode!, text: t, warnings: [m.headers['warning'] ?? []].flat() as string[] })); });
  r.on('error', rej); r.end(body === undefined ? undefined : JSON.stringify(body)); });
const us = async (method: string, path: string, body?: unknown): Promise<Out> => {
  const a = await whole.wire(path, { method, token: adminToken, headers: { 'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json' }, body: body === undefined ? '' : JSON.stringify(body) });
  return { code: a.code, text: a.text, warnings: [...a.warnings] };
};
const ns = 'h4-hooks';
let mode: (review: any) => any = (r) => ({ allowed: true });
const reviews: any[] = [];
await using hook = await hookServer(({ body, url }, response) => {
  const review = JSON.parse(body); reviews.push({ url, review });
  const answer = mode(review.request);
  if (answer === undefined) return undefined;
  if (typeof answer === 'string') { response.statusCode = 200; return void response.end(answer); }
  if (answer.code && !('allowed' in answer)) { response.statusCode = answer.code; response.setHeader('content-type', answer.type ?? 'text/plain'); return void response.end(answer.body ?? ''); }
  return { apiVersion: review.apiVersion, kind: 'AdmissionReview', response: { uid: review.request.uid, ...answer } };
});
const scrub = (o: any): any => JSON.parse(JSON.stringify(o, (k, v) => ['uid', 'resourceVersion', 'creationTimestamp', 'time', 'managedFields', 'userInfo'].includes(k) ? undefined : v).replaceAll(String(hook.port), 'PORT').replaceAll(/expected response.uid=\\"[^"]*\\"/g,'UID'));
const hooks = (kind: string, list: any[]): any => ({ apiVersion: 'admissionregistration.k8s.io/v1', kind: `${kind}WebhookConfiguration`, metadata: { name: 'h4-hooks' }, webhooks: list.map((w) => ({ name: 'a.h4.example.com', sideEffects: 'None', admissionReviewVersions: ['v1'], namespaceSelector: { matchLabels: { 'h4': 'yes' } }, clientConfig: { url: `${hook.url}/hook`, caBundle: hookBundle }, rules: [{ operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*'] }], ...w })) });
const path = (kind: string): string => `/apis/admissionregistration.k8s.io/v1/${kind.toLowerCase()}webhookconfigurations`;
let bad = 0;
async function same(name: string, steps: (ask: typeof up) => Promise<Out[]>): Promise<void> {
  reviews.length = 0; const a = await steps(up); const ra = reviews.splice(0).map((r) => scrub(r));
  const b = await steps(us); const rb = reviews.splice(0).map((r) => scrub(r));
  const show = (o: Out[]) => JSON.stringify(o.map((x) => ({ ...x, warnings: x.warnings.length, text: scrub(JSON.parse(x.text || 'null')) })), null, 1);
  const sort = (x: any): any => Array.isArray(x) ? x.map(sort) : x && typeof x === 'object' ? Object.fromEntries(Object.entries(x).sort().map(([k, v]) => [k, sort(v)])) : x;
  const [x, y] = [JSON.stringify(sort(JSON.parse(show(a))), null, 1), JSON.stringify(sort(JSON.parse(show(b))), null, 1)];
  const [p, q] = [JSON.stringify(sort(ra), null, 1), JSON.stringify(sort(rb), null, 1)];
  const diff = (l: string, r: string) => { const L = l.split('\n'), R = r.split('\n'); const inL = L.filter((s) => !R.includes(s)).slice(0, 20), inR = R.filter((s) => !L.includes(s)).slice(0, 20); return [...inL.map((s) => '   - ' + s), ...inR.map((s) => '   + ' + s)].join('\n') + (inL.length+inR.length===0? `   order/count ${L.length} ${R.length}`:''); };
  if (x !== y) { bad++; console.log('DIFF answer', name, '\n' + diff(x, y)); }
  if (p !== q) { bad++; console.log('DIFF review', name, '\n' + diff(p, q)); }
  if (x === y && p === q) console.log('same', name, ra.length, a.at(-1)!.code, (JSON.parse(a.at(-1)!.text).message ?? '').slice(0, 150));
}
const cm = (name: string, more: object = {}) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...more }, data: { a: '1' } });
const C = `/api/v1/namespaces/${ns}/configmaps`;
for (const ask of [up, us]) { await ask('POST', '/api/v1/namespaces', { metadata: { name: ns, labels: { h4: 'yes' } } }); for (const k of ['Validating', 'Mutating']) await ask('DELETE', path(k) + '/h4-hooks'); for (const n of ['one','two','three']) await ask('DELETE', `${C}/${n}`); }
const wait = () => new Promise((r) => setTimeout(r, 500));
async function withHooks(kind: string, list: any[], name: string, answer: typeof mode, steps: (ask: typeof up) => Promise<Out[]>): Promise<void> {
  mode = () => ({ allowed: true });
  for (const ask of [up, us]) { const r = await ask('POST', path(kind), hooks(kind, list)); if (r.code !== 201) console.log('config', ask === up ? 'up' : 'us', r.text); }
  await wait(); mode = answer;
  await same(`${kind} ${name}`, steps);
  mode = () => ({ allowed: true });
  for (const ask of [up, us]) { await ask('DELETE', path(kind) + '/h4-hooks'); }
  await wait();
  for (const ask of [up, us]) for (const n of ['one','two','three']) await ask('DELETE', `${C}/${n}`);
}
const V = 'Validating', M = 'Mutating';
await withHooks(V, [{}], 'lifecycle', () => ({ allowed: true, warnings: ['careful'], auditAnnotations: { k: 'v' } }), async (ask) => [
  await ask('POST', `${C}?fieldManager=me&fieldValidation=Strict`, cm('one')), await ask('PUT', `${C}/one`, { ...cm('one'), data: { a: '2' } }), await ask('PATCH', `${C}/one`, { data: { b: '3' } }), await ask('DELETE', `${C}/one`), await ask('POST', `${C}?dryRun=All`, cm('two')), await ask('DELETE', `${C}`)]);
await withHooks(V, [{}], 'deny', () => ({ allowed: false, status: { message: 'no way', code: 403, reason: 'Forbidden' } }), async (ask) => [await ask('POST', C, cm('one'))]);
await withHooks(V, [{}], 'deny bare', () => ({ allowed: false }), async (ask) => [await ask('POST', C, cm('one'))]);
await withHooks(V, [{}], 'deny reason only', () => ({ allowed: false, status: { reason: 'because', details: { causes: [{ message: 'x', field: 'y' }] } } }), async (ask) => [await ask('POST', C, cm('one'))]);
for (const answer of [{ code: 500, body: 'oops' }, { code: 404, body: 'nope' }, { code: 400, body: 'bad', type: 'application/json' }, '', 'garbage', '{}', '{"kind":"Pod","apiVersion":"v1"}', '{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1"}', '{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","response":{"uid":"x","allowed":true}}', '[]', '"x"', '{"response":{"uid":5}}', { code: 503 }, { code: 302 }, { code: 403, body: 'away' }] as any[])
  await withHooks(V, [{}], 'answer ' + JSON.stringify(answer), () => answer, async (ask) => [await ask('POST', C, cm('one'))]);
await withHooks(V, [{}], 'patch in validating', () => ({ allowed: true, patchType: 'JSONPatch', patch: 'W10=' }), async (ask) => [await ask('POST', C, cm('one'))]);
await withHooks(V, [{ admissionReviewVersions: ['v1beta1'] }], 'v1beta1', () => ({ allowed: false, status: { message: 'old' } }), async (ask) => [await ask('POST', C, cm('one'))]);
await withHooks(V, [{ clientConfig: { url: 'https://127.0.0.1:1/x', caBundle: hookBundle } }], 'refused', () => ({}), async (ask) => [await ask('POST', C, cm('one'))]);
await withHooks(V, [{ failurePolicy: 'Ignore', clientConfig: { url: 'https://127.0.0.1:1/x', caBundle: hookBundle } }], 'refused ignore', () => ({}), async (ask) => [await ask('POST', C, cm('one'))]);
await withHooks(V, [{ clientConfig: { url: `${hook.url}/x` } }], 'unknown authority', () => ({}), async (ask) => [await ask('POST', C, cm('one'))]);
await withHooks(V, [{ clientConfig: { url: `https://localhost:${hook.port}/x`, caBundle: hookBundle } }], 'other name', () => ({}), async (ask) => [await ask('POST', C, cm('one'))]);
await withHooks(V, [{ clientConfig: { service: { name: 'nope', namespace: ns, path: '/y' }, caBundle: hookBundle } }], 'no service', () => ({}), async (ask) => [await ask('POST', C, cm('one'))]);
await withHooks(V, [{ sideEffects: 'None', rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'], scope: 'Namespaced' }], objectSelector: { matchLabels: { x: 'y' } } }], 'object selector', () => ({ allowed: false }), async (ask) => [await ask('POST', C, cm('one')), await ask('POST', C, cm('two', { labels: { x: 'y' } }))]);
const patch = (ops: unknown): object => ({ allowed: true, patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(ops)).toString('base64') });
await withHooks(M, [{}], 'patch', (r) => r.operation === 'DELETE' ? { allowed: true } : patch([{ op: 'add', path: '/data/b', value: 'x' }, { op: 'add', path: '/metadata/labels', value: { l: 'm' } }]), async (ask) => [await ask('POST', C, cm('one')), await ask('PATCH', `${C}/one`, { data: { z: '1' } })]);
for (const [n, a] of Object.entries({ failing: patch([{ op: 'remove', path: '/nope' }]), 'bad type': patch([{ op: 'add', path: '/data', value: 5 }]), 'unknown field': patch([{ op: 'add', path: '/nope', value: 5 }]), 'no list': patch({}), 'no type': { allowed: true, patch: 'W10=' }, 'other type': { allowed: true, patch: 'W3sib3AiOiJhZGQiLCJwYXRoIjoiL2RhdGEvYiIsInZhbHVlIjoieCJ9XQ==', patchType: 'Other' }, 'type only': { allowed: true, patchType: 'JSONPatch' }, 'bad name': patch([{ op: 'replace', path: '/metadata/name', value: 'BAD NAME' }]), 'other kind': patch([{ op: 'replace', path: '/kind', value: 'Secret' }]), 'bad base64': { allowed: true, patchType: 'JSONPatch', patch: '%%%' } }))
  await withHooks(M, [{}], n, () => a, async (ask) => [await ask('POST', C, cm('one'))]);
await withHooks(M, [{ name: 'a.h4.example.com', clientConfig: { url: `${hook.url}/a`, caBundle: hookBundle }, reinvocationPolicy: 'IfNeeded' }, { name: 'b.h4.example.com', clientConfig: { url: `${hook.url}/b`, caBundle: hookBundle } }], 'reinvoke', (r) => patch([{ op: 'add', path: '/data/n' + Object.keys(r.object?.data ?? {}).length, value: 'x' }]), async (ask) => [await ask('POST', C, cm('one'))]);
const pod = (name: string) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { containers: [{ name: 'c', image: 'i' }], automountServiceAccountToken: false } });
const P = `/api/v1/namespaces/${ns}/pods`;
await withHooks(M, [{}], 'pods and defaults', (r) => r.operation === 'CREATE' && r.resource.resource === 'pods' && !r.subResource ? patch([{ op: 'add', path: '/spec/initContainers', value: [{ name: 'i', image: 'j' }] }]) : { allowed: true }, async (ask) => [await ask('DELETE', `${P}/p?gracePeriodSeconds=0`), await ask('POST', P, pod('p')), await ask('PATCH', `${P}/p/status`, { status: { message: 'm' } }), await ask('POST', `${P}/p/eviction`, { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'p' } })]);
const D = `/apis/apps/v1/namespaces/${ns}/deployments`;
await withHooks(V, [{}], 'scale', () => ({ allowed: true }), async (ask) => [await ask('DELETE', `${D}/d`), await ask('POST', D, { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd' }, spec: { selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } } } }), await ask('PATCH', `${D}/d/scale`, { spec: { replicas: 3 } })]);
const H1 = `/apis/autoscaling/v1/namespaces/${ns}/horizontalpodautoscalers`;
await withHooks(V, [{ rules: [{ operations: ['*'], apiGroups: ['autoscaling'], apiVersions: ['v2'], resources: ['horizontalpodautoscalers'] }] }], 'equivalent', () => ({ allowed: true }), async (ask) => [await ask('DELETE', `${H1}/h`), await ask('POST', H1, { apiVersion: 'autoscaling/v1', kind: 'HorizontalPodAutoscaler', metadata: { name: 'h' }, spec: { maxReplicas: 3, targetCPUUtilizationPercentage: 20, scaleTargetRef: { kind: 'Deployment', name: 'd' } } })]);
await withHooks(V, [{ matchPolicy: 'Exact', rules: [{ operations: ['*'], apiGroups: ['autoscaling'], apiVersions: ['v2'], resources: ['horizontalpodautoscalers'] }] }], 'exact', () => ({ allowed: true }), async (ask) => [await ask('DELETE', `${H1}/h`)]);
await withHooks(V, [{ namespaceSelector: { matchLabels: { h4x: 'yes' } } }], 'namespaces', (r) => ({ allowed: r.operation === 'DELETE' || r.dryRun }), async (ask) => [await ask('POST', '/api/v1/namespaces', { metadata: { name: 'h4-other', labels: { h4x: 'yes' } } }), await ask('POST', '/api/v1/namespaces?dryRun=All', { metadata: { generateName: 'h4-other', labels: { h4x: 'yes' } } })]);
await withHooks(V, [{ sideEffects: 'NoneOnDryRun', name: 'b.h4.example.com', timeoutSeconds: 1, rules: [{ operations: ['CREATE'], apiGroups: ['rbac.authorization.k8s.io'], apiVersions: ['*'], resources: ['clusterroles'] }], objectSelector: { matchLabels: { h4: 'yes' } } }], 'cluster scoped', () => ({ allowed: false, status: { code: 200, status: 'Success', message: 'x' } }), async (ask) => [await ask('POST', '/apis/rbac.authorization.k8s.io/v1/clusterroles', { metadata: { name: 'h4', labels: { h4: 'yes' } }, rules: [] })]);
console.log('different:', bad);
process.exit(0);

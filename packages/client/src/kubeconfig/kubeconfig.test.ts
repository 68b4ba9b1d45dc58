import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseKubeconfig } from './kubeconfig.ts';

const file = (more: string): string => `
clusters: [{name: c, cluster: {server: "https://a:6443", certificate-authority: ca.crt}}]
users: [{name: u, user: {token: t}}]
contexts: [{name: x, context: {cluster: c, user: u, namespace: shop}}, {name: y, context: {cluster: z, user: u}}]
${more}`;

test('the current context with what it names', () => {
  assert.deepEqual(parseKubeconfig(file('current-context: x')), {
    context: { cluster: 'c', user: 'u', namespace: 'shop' },
    cluster: { server: 'https://a:6443', 'certificate-authority': 'ca.crt' },
    user: { token: 't' },
  });
});

const failures = [
  { name: 'no context', text: file(''), says: 'no context has been set' },
  { name: 'unknown context', text: file('current-context: q'), says: 'context "q" does not exist' },
  { name: 'unknown cluster', text: file('current-context: y'), says: 'cluster "z" does not exist' },
];
for (const { name, text, says } of failures)
  test(`refused: ${name}`, () => assert.throws(() => parseKubeconfig(text), { message: says }));

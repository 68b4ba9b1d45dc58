import assert from 'node:assert/strict';
import { test } from 'node:test';
import { editorWords } from './editor.ts';

const cases: readonly (readonly [env: Record<string, string>, words: readonly string[]])[] = [
  [{}, ['vi', '/f']],
  [{ EDITOR: 'nano' }, ['nano', '/f']],
  [{ EDITOR: 'nano', KUBE_EDITOR: 'code --wait' }, ['code', '--wait', '/f']],
  [{ EDITOR: 'vim -c "set nu"', SHELL: '/bin/sh' }, ['/bin/sh', '-c', 'vim -c "set nu" "/f"']],
];

for (const [env, words] of cases)
  test(`editor of ${JSON.stringify(env)}`, () => assert.deepEqual(editorWords(env, '/f'), words));

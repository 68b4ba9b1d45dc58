/** Objects as YAML: long lines, quotes, blocks, odd keys. */
import type { RequestList } from '../request.ts';

const words = 'the quick brown fox jumps over the lazy dog again and again until the line is full ';
const all = '/api/v1/namespaces/default/configmaps';
const data: Readonly<Record<string, string>> = {
  plain: words.repeat(3).trim(),
  single: `it's: ${words.repeat(3)}#`,
  double: `a\tb ${words.repeat(3)}c`,
  'double-spaces': `\u0007${words.replaceAll(' ', '  ').repeat(2)}`,
  'plain-spaces': words.replaceAll(' ', '   ').repeat(2).trim(),
  block: `${words.repeat(3)}\n${words}\n`,
  'broken-block': `a \n${words.repeat(3)}`,
  unicode: `é ${'日本語 '.repeat(60)}`,
  'no-spaces': 'x'.repeat(200),
  edge: `${'x'.repeat(71)} a b c d e f g h i j k l m n o p q r s t u v w x y z and more of it all`,
  number: '012',
  'a.key-that-is-rather-long-and-leaves-little-room-on-its-line-for-what-it-holds': words,
};

const list: RequestList = {
  name: 'engine: YAML output',
  requests: [
    { name: 'create', method: 'POST', path: all, body: { metadata: { name: 'yaml' }, data } },
    { name: 'one', method: 'GET', path: `${all}/yaml`, accept: 'application/yaml' },
    {
      name: 'a list',
      method: 'GET',
      path: `${all}?fieldSelector=metadata.name%3Dyaml`,
      accept: 'application/yaml',
    },
    { name: 'delete', method: 'DELETE', path: `${all}/yaml` },
  ],
};

export default list;

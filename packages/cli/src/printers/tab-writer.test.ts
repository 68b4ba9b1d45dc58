import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aligned, describeLayout, tableLayout, TabWriter } from './tab-writer.ts';

const cases = [
  {
    name: 'a table: six wide at least, three between',
    layout: tableLayout,
    text: 'NAME\tAGE\nweb-1234\t5m\n',
    want: 'NAME       AGE\nweb-1234   5m\n',
  },
  {
    name: 'empty cells keep their column',
    layout: tableLayout,
    text: 'A\tB\tC\nx\t\tz\n',
    want: 'A     B     C\nx           z\n',
  },
  {
    name: 'a line without the column ends it',
    layout: describeLayout,
    text: 'Name:\tweb\nLabels:\n  a:\tb\nlong name:\tc\n',
    want: 'Name:  web\nLabels:\n  a:        b\nlong name:  c\n',
  },
  {
    name: 'letters count, not bytes',
    layout: describeLayout,
    text: 'né\tx\nabc\ty\n',
    want: 'né   x\nabc  y\n',
  },
];
for (const { name, layout, text, want } of cases)
  test(name, () => assert.equal(aligned(text, layout), want));

test('later rows are as wide as earlier ones', () => {
  let out = '';
  const writer = new TabWriter((text) => void (out += text));
  for (const line of ['a-long-name\t1\n', 'b\t2\n']) {
    writer.write(line);
    writer.flush();
  }
  assert.equal(out, 'a-long-name   1\nb             2\n');
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Unstructured } from '../objects/info.ts';
import { printerOf } from './formats.ts';

const namespace = (name: string): Unstructured =>
  ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name,
      labels: { 'kubernetes.io/metadata.name': name },
      managedFields: [{ manager: 'm' }],
    },
    status: { phase: 'Active' },
  }) as unknown as Unstructured;
const list = {
  apiVersion: 'v1',
  kind: 'List',
  items: [namespace('a'), namespace('b')],
  metadata: {},
} as unknown as Unstructured;
const flags = {
  output: '',
  template: '',
  'allow-missing-template-keys': true,
  'show-managed-fields': false,
};

/** Outputs are those of kubectl 1.36.2 for the same objects. */
const printed: readonly (readonly [output: string, want: string])[] = [
  ['name', 'namespace/a\nnamespace/b\n'],
  ['jsonpath={.items[*].metadata.name}', 'a b'],
  [
    'jsonpath={range .items[*]}{.metadata.name}{"\\t"}{.status.phase}{"\\n"}{end}',
    'a\tActive\nb\tActive\n',
  ],
  ['jsonpath={.items[0].metadata.labels.kubernetes\\.io/metadata\\.name}', 'a'],
  ['jsonpath={.items[-1].metadata.labels}', '{"kubernetes.io/metadata.name":"b"}'],
  ['jsonpath={.items[?(@.metadata.name=="b")].status.phase}', 'Active'],
  ['jsonpath={.nothing}', ''],
  ['jsonpath=name={.kind} {"x"} {1} {true}', 'name=List x 1 true'],
  ["jsonpath={.items[*]['metadata.name','kind']}", 'a b Namespace Namespace'],
  ['jsonpath-as-json={.items[*].metadata.name}', '[\n    "a",\n    "b"\n]\n'],
  ['go-template={{range $i, $n := .items}}{{if $i}},{{end}}{{$n.metadata.name}}{{end}}', 'a,b'],
  ['go-template={{len .items}} {{.nothing}}', '2 <no value>'],
  ['go-template={{(index .items 0).metadata.labels}}', 'map[kubernetes.io/metadata.name:a]'],
  ['go-template={{ .kind -}}   x   {{- /* c */ -}} y', 'Listxy'],
  ['go-template={{define "T"}}<{{.}}>{{end}}{{template "T" .kind}}', '<List>'],
  ['go-template={{printf "%5d|%-5d|%v" 3 4 .kind}}', '    3|4    |List'],
  ['go-template={{"aGk=" | base64decode}} {{exists . "kind"}}', 'hi true'],
  ['go-template={{if and (eq .kind "List") (not .x)}}yes{{else if .y}}no{{end}}', 'yes'],
];
for (const [output, want] of printed)
  test(output, () => assert.equal(printerOf({ ...flags, output })(list), want));

test('managedFields are left out of JSON and YAML unless asked for', () => {
  const text = (shows: boolean, output: string): string =>
    printerOf({ ...flags, output, 'show-managed-fields': shows })(list);
  for (const output of ['json', 'yaml']) {
    assert.ok(!text(false, output).includes('managedFields'));
    assert.ok(text(true, output).includes('managedFields'));
  }
});

const refused: readonly (readonly [output: string, message: string])[] = [
  ['jsonpath={.items', 'error parsing jsonpath {.items, unclosed action'],
  ['jsonpath={.items[}', 'error parsing jsonpath {.items[}, unterminated array'],
  ['jsonpath', 'template format specified but no template given'],
  [
    'go-template={{nope .}}',
    'error parsing template {{nope .}}, template: output:1: function "nope" not defined',
  ],
];
for (const [output, message] of refused)
  test(`refused: ${output}`, () =>
    assert.throws(() => printerOf({ ...flags, output }), { message }));

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commands } from '../verbs/index.ts';
import { command } from './command.ts';
import { bool } from './flags.ts';
import { commandsOf, overview } from './help.ts';
import { manual, pageOf } from './manual.ts';

const sail = command({
  name: 'sail',
  usage: 'sail PLACE',
  summary: 'Go somewhere',
  details: '.hidden is\n no request',
  examples: '  sail home\n',
  flags: { fast: bool(false, 'With all sails', { short: 'f' }) },
});

test('manual: a page in both forms', async () => {
  const [page] = await pageOf(sail, 'cox');
  assert.equal(
    manual.markdown(page!),
    '## cox sail\n\nGo somewhere.\n\n```console\ncox sail PLACE\n```\n\n.hidden is\nno request\n\n- `-f, --fast=false`: With all sails\n\n```console\n  sail home\n```\n',
  );
  assert.equal(
    manual.man(page!),
    `.TH "COX-SAIL" 1 "" "Coxswain" "Coxswain"
.SH NAME
cox\\-sail \\- Go somewhere
.SH SYNOPSIS
.ad l
.B cox sail PLACE
.SH DESCRIPTION
\\&.hidden is
no request
.SH OPTIONS
.TP
.B \\-f, \\-\\-fast=false
With all sails
.SH EXAMPLES
.nf
  sail home
.fi
`,
  );
});

test('manual: the overview has every command once (but not help and options), and convert not under the name kubectl', () => {
  const listed = [...overview('cox', commands).matchAll(/^ {2}([\w-]+) {3}/gm)].map(
    ([, name]) => name,
  );
  const known = commands.map(({ name }) => name).filter((name) => !/^(help|options)$/.test(name));
  assert.deepEqual(listed.toSorted(), known.toSorted());
  const isThere = (program: string): boolean =>
    commandsOf(program, commands).some(({ name }) => name === 'convert');
  assert.deepEqual([isThere('cox'), isThere('kubectl')], [true, false]);
});

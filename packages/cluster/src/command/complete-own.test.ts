import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allVerbs } from '../verbs/index.ts';
import { completeOwn } from './complete-own.ts';

const verbs = new Map((await allVerbs()).map((each) => [each.name, each]));

for (const [line, offers, more] of [
  ['clock ', ['advance', 'freeze', 'resume']],
  ['clock fr', ['freeze']],
  ['clock advance ', []],
  ['clock --n', ['--name']],
  ['down --name ', ['coxswain', 'trial']],
  ['down --name=t', ['trial']],
  ['down --wipe ', []],
  ['status -o j', ['json']],
  ['up --clock ', ['real', 'virtual']],
  ['up --scheduler-config ', [], { isFile: true }],
  ['up ', []],
  ['image ', ['import', 'ls']],
  ['image import h', [], { isFile: true }],
  ['serve ap', ['apiserver']],
  ['nodes ', ['add', 'remove', 'fault']],
  ['nodes --name trial remove n', [], { asKubectl: ['get', 'node', 'n'] }],
  ['why po', [], { asKubectl: ['get', 'po'] }],
  ['why pod w', [], { asKubectl: ['get', 'pod', 'w'] }],
  ['why ca', ['can'], { asKubectl: ['get', 'ca'] }],
  ['drain --explain n', [], { asKubectl: ['drain', 'n'] }],
] as const)
  test(`cox ${line}`, async () => {
    const [name, ...words] = line.split(' ');
    const done = await completeOwn(verbs.get(name!)!, words, async () => ['coxswain', 'trial']);
    const { isFile = false, ...found } = done;
    assert.deepEqual(
      { ...found, isFile, offers: found.offers.map(([word]) => word) },
      { offers, isFile: false, ...more },
    );
  });

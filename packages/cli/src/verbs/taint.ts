import { createStrategicPatch, labelValueErrors, qualifiedNameErrors, typeOf } from '@coxswain/api';
import { type Command, command, type Words } from '../command/command.ts';
import { Exit, throwAll, UsageError } from '../command/failure.ts';
import { bool } from '../command/flags.ts';
import { selectorFlag } from '../command/shared-flags.ts';
import {
  dryRunFlag,
  dryRunOf,
  fieldManagerFlag,
  validateFlag,
  validationOf,
} from '../command/write-flags.ts';
import { eachObject, find } from '../objects/find.ts';
import type { Info } from '../objects/info.ts';
import { typed } from '../objects/typed.ts';
import { patch } from '../objects/write.ts';
import { printFlags, resultPrinter } from '../printers/formats.ts';
import { goJson } from '../printers/go-json.ts';
import { mapResource } from '../session/mapper.ts';
import { accepts } from '../session/media.ts';
import type { Session } from '../session/session.ts';

const flags = {
  ...printFlags,
  all: bool(false, 'All nodes of the cluster'),
  'dry-run': dryRunFlag,
  'field-manager': fieldManagerFlag('kubectl-taint'),
  overwrite: bool(false, 'Let a new taint take the place of an old one'),
  selector: selectorFlag,
  validate: validateFlag,
};

/** A taint; without an effect it means all of its key. */
export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect?: string;
}

const effects = new Set(['NoSchedule', 'PreferNoSchedule', 'NoExecute']);

/** Reads `KEY[=VALUE][:EFFECT]`. Throws kubectl's words. */
function taintOf(word: string): Taint {
  const invalid = (errors: readonly string[] = []): Error =>
    new Error(`invalid taint spec: ${word}${errors.length > 0 ? `, ${errors.join('; ')}` : ''}`);
  const [spec = '', effect, more] = word.split(':');
  if (more !== undefined) throw invalid();
  if (effect !== undefined && !effects.has(effect))
    throw new Error(`invalid taint effect: ${effect}, unsupported taint effect`);
  const [key = '', value, rest] = effect === undefined ? [spec] : spec.split('=');
  if (rest !== undefined) throw invalid();
  const errors = value === undefined ? [] : labelValueErrors(value);
  if (errors.length > 0) throw invalid(errors);
  const keyErrors = qualifiedNameErrors(key);
  if (keyErrors.length > 0) throw invalid(keyErrors);
  return { key, ...(value && { value }), ...(effect && { effect }) };
}

/** Taints to add and to remove, of words such as `a=b:NoSchedule` and `a-`. Throws kubectl's words. */
export function taintsOf(words: readonly string[]): {
  readonly add: readonly Taint[];
  readonly remove: readonly Taint[];
} {
  const add: Taint[] = [];
  const remove: Taint[] = [];
  for (const word of words) {
    const taint = taintOf(word.endsWith('-') ? word.slice(0, -1) : word);
    if (word.endsWith('-')) {
      remove.push({ key: taint.key, ...(taint.effect && { effect: taint.effect }) });
      continue;
    }
    if (!taint.effect) throw new Error(`invalid taint spec: ${word}`);
    if (add.some((other) => isSame(other, taint)))
      throw new Error(
        `duplicated taints with the same key and effect: {${taint.key} ${taint.value ?? ''} ${taint.effect} <nil>}`,
      );
    add.push(taint);
  }
  return { add, remove };
}

const isSame = (a: Taint, b: Taint): boolean => a.key === b.key && a.effect === b.effect;
const isTaintWord = (word: string): boolean => /[=:]/.test(word) || word.endsWith('-');

type Options = ReturnType<typeof complete>;

function complete({ flags: given, args }: Words<typeof flags>) {
  const dryRun = dryRunOf(given['dry-run']);
  const validation = validationOf(given.validate);
  const first = args.findIndex(isTaintWord);
  const [resources, words] = first < 0 ? [args, []] : [args.slice(0, first), args.slice(first)];
  const late = words.find((word) => !isTaintWord(word));
  if (late !== undefined)
    throw new Error(`all resources must be specified before taint changes: ${late}`);
  if (resources.length === 0)
    throw new Error('one or more resources must be specified as <resource> <name>');
  if (words.length === 0) throw new Error('at least one taint update is required');
  try {
    return { ...given, ...taintsOf(words), dryRun, validation, resources };
  } catch (cause) {
    throw new UsageError((cause as Error).message, { cause });
  }
}

/** `kubectl taint`. */
export const taint: Command = command({
  name: 'taint',
  usage: 'taint NODE NAME KEY_1=VAL_1:TAINT_EFFECT_1 ... KEY_N=VAL_N:TAINT_EFFECT_N',
  summary: 'Change the taints of nodes, which keep pods away that do not tolerate them',
  examples: `  taint nodes node-1 dedicated=gpu:NoSchedule
  taint nodes node-1 dedicated:NoSchedule-      # take it away
  taint nodes -l zone=b maintenance:NoExecute   # by a label`,
  flags,
  complete,
  run,
});

async function run(options: Options, session: Session): Promise<void> {
  const { all, selector, resources, add, remove } = options;
  await confirmNodes(session, resources[0]!.toLowerCase());
  const conflicts = add.flatMap((one) =>
    remove
      .filter(({ key, effect }) => key === one.key && (!effect || effect === one.effect))
      .map(({ key, effect = '' }) => `${key}=${effect}`),
  );
  if (conflicts.length > 0)
    throw new Error(
      `can not both modify and remove the following taint(s) in the same command: ${conflicts.join(', ')}`,
    );
  if (all && selector)
    throw new Error("setting 'all' parameter with a non empty selector is prohibited");
  const chooses = all || selector !== '';
  if (!chooses && resources.length < 2)
    throw new Error(
      "at least one resource name must be specified since 'all' parameter is not set",
    );
  const found = await find(session, {
    args: chooses ? ['node'] : ['node', ...resources.slice(1)],
    labels: selector,
    all,
    accept: accepts.builtIn,
  });
  await eachObject(found, (info) => changeOne(options, session, info));
}

async function confirmNodes(session: Session, word: string): Promise<void> {
  const refused = (): never => {
    throw new Exit(1, `the server doesn't have a resource type ${JSON.stringify(word)}`);
  };
  const { kind } = await mapResource(session, word, 2).catch(refused);
  if (kind !== 'Node')
    throw new Error(`invalid resource type ${word}, only node types are supported`);
}

async function changeOne(options: Options, session: Session, info: Info): Promise<void> {
  const { dryRun, validation, add, remove, overwrite } = options;
  const node = typed(info.object!);
  const spec = node['spec'] as { readonly taints?: readonly Taint[] };
  const old = spec.taints ?? [];
  const taken = add.filter((one) => old.some((other) => isSame(other, one)));
  if (!overwrite && taken.length > 0)
    throw new Error(
      `node ${info.name} already has ${taken.map(({ key }) => key).join(',')} taint(s) with same effect(s) and --overwrite is false`,
    );
  const { taints, operation } = changed(old, add, remove, overwrite);
  const after = typed({ ...node, spec: { ...spec, taints } });
  const body = createStrategicPatch(typeOf('v1', 'Node')!, node, after);
  const isShown = dryRun === 'client';
  const fieldManager = options['field-manager'];
  const object = isShown
    ? after
    : (await patch(session, info, 'strategic', goJson(body), { dryRun, fieldManager, validation }))
        .object!;
  const print = resultPrinter(options, operation, isShown ? 'map' : 'struct');
  session.io.out(print(typed(object)));
}

/** New taints first, then the old ones that stay. Throws for taints to remove that are not there. */
function changed(
  old: readonly Taint[],
  add: readonly Taint[],
  remove: readonly Taint[],
  overwrite: boolean,
): { readonly taints: readonly Taint[]; readonly operation: string } {
  let taints = [...add, ...old.filter((one) => !add.some((other) => isSame(other, one)))];
  const isAdded = taints.length !== old.length;
  const errors: Error[] = [];
  let isRemoved = false;
  for (const one of remove) {
    const kept = taints.filter(({ key, effect }) =>
      one.effect ? key !== one.key || effect !== one.effect : key !== one.key,
    );
    isRemoved = kept.length !== taints.length;
    if (!isRemoved)
      errors.push(
        new Error(
          `taint ${JSON.stringify(one.effect ? `${one.key}:${one.effect}` : one.key)} not found`,
        ),
      );
    taints = kept;
  }
  throwAll(errors);
  const operation =
    overwrite || (isAdded && isRemoved) ? 'modified' : isAdded ? 'tainted' : 'untainted';
  return { taints, operation };
}

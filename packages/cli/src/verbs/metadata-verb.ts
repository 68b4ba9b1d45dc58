import { createMergePatch } from '@coxswain/api';
import { type Command, command, type Words } from '../command/command.ts';
import { type Flag, bool, text } from '../command/flags.ts';
import { type Change, resourcesAndPairs } from '../command/pairs.ts';
import {
  allNamespacesFlag,
  fieldSelectorFlag,
  fileFlags,
  selectorFlag,
} from '../command/shared-flags.ts';
import { dryRunFlag, dryRunOf, fieldManagerFlag, operationText } from '../command/write-flags.ts';
import { namesFiles } from '../objects/files.ts';
import { eachObject, find, type Found } from '../objects/find.ts';
import type { Info, Unstructured } from '../objects/info.ts';
import { patch } from '../objects/write.ts';
import { printFlags, resultPrinter } from '../printers/formats.ts';
import { goJson } from '../printers/go-json.ts';
import type { Session } from '../session/session.ts';

/** What `label` and `annotate` do not share. */
export interface MetadataVerb {
  readonly name: 'label' | 'annotate';
  /** Field of the metadata. */
  readonly field: 'labels' | 'annotations';
  /** One pair, as messages call it. */
  readonly noun: string;
  /** The example file of the messages for `--local`. */
  readonly file: string;
  readonly summary: string;
  readonly examples: string;
  readonly changeOf: (pairs: readonly string[]) => Change;
  /** Refuses values that are there already; only without `--overwrite`. */
  readonly refuse: (present: Readonly<Record<string, string>>, change: Change) => void;
  /** What is printed behind the object. */
  readonly operation: (added: number, removed: number) => string;
  /** Says of labels to remove that they are not there. */
  readonly tellsMissing: boolean;
}

type MetadataFlags = {
  readonly [
    K in
      | 'all'
      | 'all-namespaces'
      | 'list'
      | 'local'
      | 'overwrite'
      | 'recursive'
      | 'allow-missing-template-keys'
      | 'show-managed-fields'
  ]: Flag<boolean>;
} & {
  readonly [
    K in
      | 'dry-run'
      | 'field-manager'
      | 'field-selector'
      | 'resource-version'
      | 'selector'
      | 'output'
      | 'template'
      | 'kustomize'
  ]: Flag<string>;
} & { readonly filename: Flag<readonly string[]> };

const flagsOf = ({ name, noun, field }: MetadataVerb): MetadataFlags => ({
  ...printFlags,
  ...fileFlags(`that names what to ${name}`),
  all: bool(false, 'All objects of the named resources'),
  'all-namespaces': allNamespacesFlag,
  'dry-run': dryRunFlag,
  'field-manager': fieldManagerFlag(`kubectl-${name}`),
  'field-selector': fieldSelectorFlag,
  list: bool(false, `Print the ${field} of the objects`),
  local: bool(false, 'Work on the files alone, without a server'),
  overwrite: bool(false, `Let a new ${noun} take the place of an old one`),
  'resource-version': text('', 'Change the object only while it has this version; one object only'),
  selector: selectorFlag,
});

/** The command for one field of the metadata. */
export function metadataVerb(verb: MetadataVerb): Command {
  const flags = flagsOf(verb);
  return command({
    name: verb.name,
    usage: `${verb.name} [--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version]`,
    summary: verb.summary,
    examples: verb.examples,
    flags,
    complete: (words) => completed(verb, words),
    run: (options, session) => run(verb, options, session),
  });
}

type Options = ReturnType<typeof completed>;

function completed(verb: MetadataVerb, { flags: given, args }: Words<MetadataFlags>) {
  const dryRun = dryRunOf(given['dry-run']);
  const { resources, pairs } = resourcesAndPairs(args, verb.noun);
  const change = verb.changeOf(pairs);
  if (given.list && given.output && verb.name === 'label')
    throw new Error('--list and --output may not be specified together');
  if (given.all && given.selector)
    throw new Error('cannot set --all and --selector at the same time');
  if (given.all && given['field-selector'])
    throw new Error('cannot set --all and --field-selector at the same time');
  const noFile = !namesFiles(given);
  if (given.local) {
    if (dryRun === 'server')
      throw new Error(
        'cannot specify --local and --dry-run=server - did you mean --dry-run=client?',
      );
    if (resources.length > 0)
      throw new Error(
        `can only use local files by -f ${verb.file}.yaml or --filename=${verb.file}.json when --local=true is set`,
      );
    if (noFile)
      throw new Error(
        `one or more files must be specified as -f ${verb.file}.yaml or --filename=${verb.file}.json`,
      );
  } else if (resources.length === 0 && noFile)
    throw new Error(
      'one or more resources must be specified as <resource> <name> or <resource>/<name>',
    );
  if (change.set.size === 0 && change.remove.length === 0 && !given.list)
    throw new Error(`at least one ${verb.noun} update is required`);
  return { ...given, dryRun, resources, change };
}

async function run(verb: MetadataVerb, options: Options, session: Session): Promise<void> {
  const found = await find(session, {
    args: options.resources,
    files: options,
    isLocal: options.local,
    ...(!options.local && {
      labels: options.selector,
      fields: options['field-selector'],
      mayListAll: options.all,
      allNamespaces: options['all-namespaces'],
      fetch: 'latest',
      requiresNamespace: session.namespace().isExplicit,
    }),
  });
  if (!found.isSingle && options['resource-version'])
    throw new Error('--resource-version may only be used with a single resource');
  await eachObject(found, (info) => changeOne(verb, options, session, info, found));
}

type Values = Readonly<Record<string, string>>;

const valuesOf = ({ field }: MetadataVerb, { metadata }: Unstructured): Values =>
  metadata[field] ?? {};

async function changeOne(
  verb: MetadataVerb,
  options: Options,
  session: Session,
  info: Info,
  found: Found,
): Promise<void> {
  const { change } = options;
  const object = info.object!;
  const present = valuesOf(verb, object);
  const isSent = options.dryRun !== 'client' && !options.local && !options.list;
  if (isSent && verb.tellsMissing)
    for (const key of change.remove)
      if (!(key in present)) session.io.out(`${verb.noun} ${JSON.stringify(key)} not found.\n`);
  if (!options.overwrite) verb.refuse(present, change);
  const added = [...change.set].filter(([key, value]) => present[key] !== value);
  const removed = change.remove.filter((key) => key in present);
  const values = Object.fromEntries(
    [...Object.entries(present), ...added].filter(([key]) => !removed.includes(key)),
  );
  const changed = withValues(verb, object, values, options['resource-version']);
  if (options.list) return list(verb, session, info, values, found.isSingle);
  const isMoved = added.length > 0 || removed.length > 0;
  const result =
    isSent && (isMoved || !verb.tellsMissing)
      ? await patch(session, info, 'merge', goJson(createMergePatch(object, changed)), {
          dryRun: options.dryRun,
          fieldManager: options['field-manager'],
        })
      : { object: changed };
  const operation = operationText(verb.operation(added.length, removed.length), options.dryRun);
  const shown = verb.tellsMissing ? changed : result.object!;
  session.io.out(resultPrinter(options, operation)(shown));
}

function withValues(
  { field }: MetadataVerb,
  object: Unstructured,
  values: Values,
  version: string,
): Unstructured {
  const metadata: Record<string, unknown> = { ...object.metadata, [field]: values };
  if (Object.keys(values).length === 0) delete metadata[field];
  return {
    ...object,
    metadata: { ...metadata, ...(version && { resourceVersion: version }) },
  } as Unstructured;
}

function list(
  { field }: MetadataVerb,
  { io }: Session,
  { object, resource, name }: Info,
  values: Values,
  isSingle: boolean,
): void {
  if (!isSingle) io.out(`Listing ${field} for ${object!.kind}.${resource.group}/${name}:\n`);
  for (const [key, value] of Object.entries(values))
    io.out(`${isSingle ? '' : ' '}${key}=${value}\n`);
}

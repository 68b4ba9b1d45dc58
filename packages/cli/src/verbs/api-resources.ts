import { type Command, command, type Words } from '../command/command.ts';
import { bool, list, text } from '../command/flags.ts';
import type { Unstructured } from '../objects/info.ts';
import {
  offered,
  type Printer,
  printerOf,
  type PrintFlags,
  printFlags,
} from '../printers/formats.ts';
import { TabWriter } from '../printers/tab-writer.ts';
import type { Discovered, Discovery } from '../session/discovery.ts';
import type { Session } from '../session/session.ts';
import { noArguments } from './api-versions.ts';

const flags = {
  output: printFlags.output,
  'show-managed-fields': printFlags['show-managed-fields'],
  'api-group': text('', 'Only resources of this API group'),
  cached: bool(false, 'Use what is known already, if there is any'),
  categories: list('Only resources of all these categories'),
  namespaced: bool(true, 'Only resources that are, or are not, in namespaces; unless given, both'),
  'no-headers': bool(false, 'Leave the line of headers out'),
  'sort-by': text('', 'Sort by name or kind, not by group'),
  verbs: list('Only resources that know all these verbs'),
};

type Options = ReturnType<typeof complete>;

function complete(words: Words<typeof flags>) {
  noArguments(words);
  const { flags: given, changed } = words;
  if (!['', 'name', 'kind'].includes(given['sort-by']))
    throw new Error('--sort-by accepts only name or kind');
  return {
    ...given,
    group: changed.has('api-group') ? given['api-group'] : undefined,
    scope: changed.has('namespaced') ? given.namespaced : undefined,
    printer: printerFor(given),
  };
}

const whole = ['json', 'kyaml', 'yaml'];

function printerFor(
  given: Pick<PrintFlags, 'output' | 'show-managed-fields'>,
): Printer | undefined {
  const { output } = given;
  if (['', 'name', 'wide'].includes(output)) return undefined;
  if (!offered(whole).includes(output))
    throw new Error(
      `unable to match a printer suitable for the output format ${JSON.stringify(output)}, allowed formats are: ${[...offered(whole), 'name', 'wide'].toSorted().join(',')}`,
    );
  const rest = { template: '', 'allow-missing-template-keys': true };
  return printerOf({ ...given, ...rest }, '', {}, 'struct');
}

/** `kubectl api-resources`. */
export const apiResources: Command = command({
  name: 'api-resources',
  usage: 'api-resources [flags]',
  summary: 'List the resources that the server serves, with their short names and kinds',
  examples: `  api-resources                       # all of them
  api-resources -o wide               # with verbs and categories
  api-resources --namespaced=false    # those of the whole cluster
  api-resources --api-group=apps      # of one group`,
  flags,
  complete,
  run,
});

async function run(options: Options, session: Session): Promise<void> {
  const discovery = await session.discovery(options.cached ? undefined : 'fresh');
  const shown = listed(discovery, options, options['sort-by']);
  session.io.out(textOf(shown, options));
  const failures = [...discovery.failures].map(([version, reason]) => `${version}: ${reason}`);
  if (failures.length > 0)
    throw new Error(`unable to retrieve the complete list of server APIs: ${failures.join(', ')}`);
}

/** What is asked of resources. */
interface Wanted {
  readonly group?: string | undefined;
  readonly scope?: boolean | undefined;
  readonly verbs?: readonly string[];
  readonly categories?: readonly string[];
}

/** The resources that are as wanted, each once, in order. */
export const listed = (discovery: Discovery, wanted: Wanted, by = ''): readonly Discovered[] =>
  preferred(discovery)
    .filter((each) => isWanted(each, wanted))
    .toSorted(order(by));

/** Each resource once: in the version that its group prefers, or else in the first that has it. */
function preferred({ groups, resources }: Discovery): readonly Discovered[] {
  return groups.flatMap(({ name, versions }) => {
    const seen = new Map<string, Discovered>();
    for (const version of versions)
      for (const each of resources)
        if (each.group === name && each.version === version && !seen.has(each.resource))
          seen.set(each.resource, each);
    return [...seen.values()];
  });
}

const isWanted = (
  each: Discovered,
  { group, scope, verbs = [], categories = [] }: Wanted,
): boolean =>
  each.verbs.length > 0 &&
  (group === undefined || group === each.group) &&
  (scope === undefined || scope === each.namespaced) &&
  verbs.every((verb) => each.verbs.includes(verb)) &&
  categories.every((category) => each.categories.includes(category));

function order(by: string): (a: Discovered, b: Discovered) => number {
  const key = ({ resource, kind, group }: Discovered): string =>
    by === 'name' ? resource : by === 'kind' ? kind : group;
  const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  return (a, b) => compare(key(a), key(b)) || compare(a.resource, b.resource);
}

function textOf(shown: readonly Discovered[], { output, printer, ...of }: Options): string {
  if (output === 'name')
    return shown.map(({ resource, group }) => `${resource}${group ? `.${group}` : ''}\n`).join('');
  if (printer) return printer(listOf(shown));
  let text = '';
  const writer = new TabWriter((piece) => void (text += piece));
  const isWide = output === 'wide';
  const headers = ['NAME', 'SHORTNAMES', 'APIVERSION', 'NAMESPACED', 'KIND'];
  if (!of['no-headers'])
    writer.write(`${[...headers, ...(isWide ? ['VERBS', 'CATEGORIES'] : [])].join('\t')}\n`);
  for (const { resource, shortNames, group, version, namespaced, kind, ...more } of shown) {
    const cells = [
      ...[
        resource,
        shortNames.join(','),
        group ? `${group}/${version}` : version,
        namespaced,
        kind,
      ],
      ...(isWide ? [more.verbs.join(','), more.categories.join(',')] : []),
    ];
    writer.write(`${cells.join('\t')}\n`);
  }
  writer.flush();
  return text;
}

/** As an APIResourceList, fields in their order. */
const listOf = (shown: readonly Discovered[]): Unstructured =>
  ({
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: '',
    resources:
      shown.length > 0
        ? shown.map(({ resource, singular, group, shortNames, categories, ...of }) => ({
            name: resource,
            singularName: singular,
            namespaced: of.namespaced,
            ...(group && { group }),
            version: of.version,
            kind: of.kind,
            verbs: of.verbs,
            ...(shortNames.length > 0 && { shortNames }),
            ...(categories.length > 0 && { categories }),
          }))
        : null,
  }) as unknown as Unstructured;

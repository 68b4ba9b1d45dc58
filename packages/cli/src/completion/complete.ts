import type { CommandEntry } from '../command/command.ts';
import type { Flags } from '../command/flags.ts';
import { findCommand } from '../command/find-command.ts';
import { globalFlags } from '../config/overrides.ts';
import { formatNames } from '../printers/formats.ts';
import { openSession } from '../session/open-session.ts';
import type { Place } from '../command/run.ts';
import type { Session } from '../session/session.ts';
import { parseLine } from '../command/parse.ts';
import { argumentsOf, type Wanted } from './arguments.ts';

/** What a shell may put in the place of a word, and what else it should do, as cobra's scripts read it. */
export interface Completions {
  readonly words: readonly (readonly [word: string, help?: string])[];
  readonly directive: number;
}

const files = 0;
const noSpace = 2;
const noFiles = 4;
const fileEndings = 8;

const none: Completions = { words: [], directive: noFiles };
/** Long lists help nobody, and asking must not take long. */
const namesMax = 1000;

/** Completes the last of `words`. Nothing is thrown: what cannot be asked is left out. */
export async function complete(
  words: readonly string[],
  commands: readonly CommandEntry[],
  place: Place,
): Promise<Completions> {
  try {
    return await completed(words, commands, place);
  } catch {
    return none;
  }
}

async function completed(
  words: readonly string[],
  commands: readonly CommandEntry[],
  place: Place,
): Promise<Completions> {
  const before = words.slice(0, -1);
  const typed = words.at(-1) ?? '';
  const { path, entry, rest, unknown } = await findCommand(before, commands);
  if (unknown !== undefined) return none;
  const flags: Flags = { ...globalFlags, ...entry?.flags };
  const equals = typed.startsWith('--') ? typed.indexOf('=') : -1;
  if (equals > 0)
    return ofFlag(typed.slice(2, equals), typed.slice(equals + 1), before, flags, place);
  const awaiting = flagBefore(before.at(-1), flags);
  if (awaiting) return ofFlag(awaiting, typed, before, flags, place);
  const { args, changed } = parseLine(rest, flags);
  const missing = flagNames(
    Object.fromEntries(
      Object.entries(flags).filter(([name, flag]) => flag.isRequired && !changed.has(name)),
    ),
    typed,
  );
  if (typed.startsWith('-'))
    return { words: missing.length > 0 ? missing : flagNames(flags, typed), directive: noFiles };
  const below = entry ? (entry.commands ?? []) : commands;
  const names = below
    .filter(({ name, isHidden }) => !isHidden && name.startsWith(typed))
    .map(({ name, summary }) => [name, summary] as const);
  if (args.length === 0 && names.length > 0) return { words: sorted(names), directive: noFiles };
  const wanted = argumentsOf[path.join(' ')];
  if (!wanted) return { words: [], directive: entry ? files : noFiles };
  const found = await withSession(rest, flags, place, (session) =>
    ofArgument(wanted, args, typed, session),
  );
  return { ...found, words: [...missing, ...found.words] };
}

const sorted = <T extends readonly [string, ...unknown[]]>(words: readonly T[]): readonly T[] =>
  words.toSorted(([a], [b]) => (a < b ? -1 : 1));

/** The flag that the word before leaves without its value. */
function flagBefore(word: string | undefined, flags: Flags): string | undefined {
  if (!word?.startsWith('-') || word.includes('=') || word === '--') return undefined;
  const name = word.startsWith('--')
    ? word.slice(2)
    : Object.keys(flags).find((each) => flags[each]!.short === word.at(-1));
  return name !== undefined && flags[name] && flags[name].bare === undefined ? name : undefined;
}

const flagNames = (flags: Flags, typed: string): Completions['words'] =>
  sorted(
    Object.entries(flags)
      .filter(([, { isHidden }]) => !isHidden)
      .map(([name, { help }]) => [`--${name}`, help] as const)
      .filter(([name]) => name.startsWith(typed)),
  );

const kinds: Readonly<Record<string, Wanted>> = {
  namespace: { of: 'names', type: 'namespace' },
  context: { of: 'contexts' },
  cluster: { of: 'clusters' },
  user: { of: 'users' },
  'dry-run': { of: 'words', words: ['none', 'client', 'server'] },
  cascade: { of: 'words', words: ['background', 'orphan', 'foreground'] },
};

async function ofFlag(
  name: string,
  typed: string,
  before: readonly string[],
  flags: Flags,
  place: Place,
): Promise<Completions> {
  if (name === 'filename') return { words: [['json'], ['yaml'], ['yml']], directive: fileEndings };
  if (name === 'output' && flags['template']) {
    const formats = [...formatNames, 'custom-columns', 'custom-columns-file', 'wide'];
    return {
      words: formats.filter((x) => x.startsWith(typed)).map((x) => [x]),
      directive: noFiles,
    };
  }
  const wanted = kinds[name];
  if (!wanted) return { words: [], directive: files };
  const own = before.filter((word) => word !== `--${name}` && word !== `-${flags[name]?.short}`);
  return withSession(own, flags, place, (session) => ofArgument(wanted, [], typed, session));
}

/** Runs `ask` on the cluster that the line names. */
async function withSession(
  words: readonly string[],
  flags: Flags,
  place: Place,
  ask: (session: Session) => Promise<Completions>,
): Promise<Completions> {
  const { flags: global } = parseLine(words, flags);
  const quiet = { ...place, io: { ...place.io, err: () => undefined } };
  using session = openSession({ ...quiet, global: global as never });
  return await ask(session);
}

async function ofArgument(
  wanted: Wanted,
  args: readonly string[],
  typed: string,
  session: Session,
): Promise<Completions> {
  const only = (words: readonly string[], directive = noFiles): Completions => ({
    words: words.filter((word) => word.startsWith(typed)).map((word) => [word]),
    directive,
  });
  const names = async (type: string, prefix = ''): Promise<Completions> =>
    only(
      (await namesOf(session, type))
        .filter((name) => !args.includes(name))
        .map((name) => `${prefix}${name}`),
    );
  const slash = typed.indexOf('/');
  switch (wanted.of) {
    case 'words':
      return only(args.length === 0 ? wanted.words : []);
    case 'contexts':
    case 'clusters':
    case 'users':
      return only([...session.kubeconfig()[wanted.of].keys()].toSorted());
    case 'types':
      return only(args.length === 0 ? await typesOf(session) : []);
    case 'names':
      return names(wanted.type);
    case 'pods': {
      if (args.length > 0) return none;
      if (slash > 0) return names(typed.slice(0, slash), typed.slice(0, slash + 1));
      const found = await names('pod');
      const types = only(loggedTypes.map((type) => `${type}/`));
      return { words: [...found.words, ...types.words], directive: noFiles | noSpace };
    }
    case 'objects':
      if (slash > 0) return names(typed.slice(0, slash), typed.slice(0, slash + 1));
      if (args.length === 0) return only(wanted.types ?? (await typesOf(session)));
      if (args[0]!.includes('/') || (wanted.once && args.length > 1)) return none;
      return names(args[0]!);
  }
}

const loggedTypes = [
  'daemonsets',
  'deployments',
  'pods',
  'jobs',
  'replicasets',
  'replicationcontrollers',
  'services',
  'statefulsets',
];

/** Names of all objects of a type, in the namespace at hand. */
async function namesOf(session: Session, type: string): Promise<readonly string[]> {
  const [{ mapResource }, { pathOf }] = await Promise.all([
    import('../session/mapper.ts'),
    import('@coxswain/client'),
  ]);
  const resource = await mapResource(session, type);
  const namespace = resource.namespaced ? { namespace: session.namespace().name } : {};
  const { items } = await session
    .rest()
    .json<{ readonly items?: readonly { readonly metadata: { readonly name: string } }[] | null }>({
      method: 'GET',
      path: pathOf(resource, namespace),
      query: { limit: String(namesMax) },
      accept: 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json',
    });
  return (items ?? []).map(({ metadata }) => metadata.name);
}

/** Plural names of what can be read; with their group where a name is used twice. */
async function typesOf(session: Session): Promise<readonly string[]> {
  const { resources } = await session.discovery();
  const names = new Set<string>();
  for (const { resource, group, verbs } of resources) {
    if (!verbs.includes('get')) continue;
    const whole = group ? `${resource}.${group}` : resource;
    names.add(group ? whole : resource);
  }
  return [...names].toSorted();
}

/** The lines that `__complete` prints. */
export const completionText = ({ words, directive }: Completions, withHelp: boolean): string =>
  `${words.map(([word, help]) => `${word}${withHelp && help ? `\t${help}` : ''}\n`).join('')}:${directive}\n`;

const meanings: readonly (readonly [bit: number, name: string])[] = [
  [noSpace, 'NoSpace'],
  [noFiles, 'NoFileComp'],
  [fileEndings, 'FilterFileExt'],
];

/** What it says beside them, for people who look. */
export function directiveText({ directive }: Completions): string {
  const names = meanings.filter(([bit]) => directive & bit).map(([, name]) => name);
  const told = (names.length > 0 ? names : ['Default']).map((x) => `ShellCompDirective${x}`);
  return `Completion ended with directive: ${told.join(', ')}\n`;
}

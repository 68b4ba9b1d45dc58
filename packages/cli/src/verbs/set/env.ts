import { environmentNameErrors } from '@coxswain/api';
import { type Command, command, type Words } from '../../command/command.ts';
import { throwAll } from '../../command/failure.ts';
import { bool, list, text, texts } from '../../command/flags.ts';
import { selectorFlag } from '../../command/shared-flags.ts';
import { dryRunOf } from '../../command/write-flags.ts';
import { changesOf, isEmpty, knownObject } from '../../objects/change.ts';
import { namesFiles } from '../../objects/files.ts';
import { allObjects, find } from '../../objects/find.ts';
import type { Info } from '../../objects/info.ts';
import {
  type Container,
  type EnvVar,
  podSpecOf,
  selectContainers,
} from '../../objects/pod-template.ts';
import { accepts } from '../../session/media.ts';
import type { Session } from '../../session/session.ts';
import { carryOut, changeFlags, checkLocal, chosen } from './changing.ts';
import { EnvValues, sourceText } from './env-values.ts';

const flags = {
  ...changeFlags,
  containers: text('*', 'Names of the containers to change; * stands for anything', { short: 'c' }),
  env: texts('Variable to set, as KEY=VALUE', { short: 'e' }),
  from: text('', 'Secret or config map whose keys become variables, as TYPE/NAME'),
  keys: list('Keys of --from to take; all when not given'),
  list: bool(false, 'Print the variables instead of changing objects'),
  overwrite: bool(true, 'Let a new value take the place of an old one'),
  prefix: text('', 'What to put before the names of variables'),
  resolve: bool(false, 'With --list: print the values that secrets, config maps and fields give'),
  selector: selectorFlag,
};

type Options = ReturnType<typeof complete>;

const isChange = (word: string): boolean => /^.+=.*$/s.test(word) || word.endsWith('-');

function complete({ flags: given, args }: Words<typeof flags>) {
  if (given.all && given.selector)
    throw new Error('cannot set --all and --selector at the same time');
  const first = args.findIndex(isChange);
  const [resources, words] = first < 0 ? [args, []] : [args.slice(0, first), args.slice(first)];
  if (!words.every(isChange))
    throw new Error(
      `all resources must be specified before environment changes: ${args.join(' ')}`,
    );
  dryRunOf(given['dry-run']);
  checkLocal(given);
  if (!namesFiles(given) && resources.length === 0)
    throw new Error(
      'one or more resources must be specified as <resource> <name> or <resource>/<name>',
    );
  if (given.list && given.output)
    throw new Error('--list and --output may not be specified together');
  if (given.keys.length > 0 && !given.from)
    throw new Error('when specifying --keys, a configmap or secret must be provided with --from');
  return { ...given, resources, words };
}

/** `kubectl set env`. */
export const env: Command = command({
  name: 'env',
  usage: 'env RESOURCE/NAME KEY_1=VAL_1 ... KEY_N=VAL_N',
  summary: 'Change or list the environment variables of containers',
  examples: `  set env deploy/web COLOR=blue SIZE-         # set one, take one away
  set env deploy/web --list                   # what is set
  set env deploy/web --from=secret/db         # a variable for each key
  env | cox set env deploy/web -e -           # from standard input`,
  flags,
  complete,
  run,
});

interface Wanted {
  readonly set: readonly EnvVar[];
  readonly remove: readonly string[];
}

async function run(options: Options, session: Session): Promise<void> {
  const { set, remove } = await wantedOf([...options.env, ...options.words], session);
  const all = [...set, ...(options.from ? await fromKeys(options, session) : [])];
  const prefixed = all.map((one) => ({ ...one, name: `${options.prefix}${one.name}` }));
  const wanted: Wanted = { set: prefixed, remove };
  const infos = await chosen(session, options, options.resources);
  if (options.list) return listAll(options, session, infos, wanted);
  const changes = changesOf(infos, (object, info) => {
    const containers = fitting(options, session, info, podSpecOf(object, info));
    for (const container of containers) change(container, wanted, options.overwrite);
  });
  const isVain = prefixed.length === 0 && options.words.length === 0;
  await carryOut(session, options, changes, {
    operation: 'env updated',
    failure: 'failed to patch env update to pod template: ',
  });
  if (isVain && changes.some(({ patch }) => !isEmpty(patch)))
    throw new Error('at least one environment variable must be provided');
}

async function wantedOf(words: readonly string[], session: Session): Promise<Wanted> {
  const set: EnvVar[] = [];
  const remove: string[] = [];
  const given = new Set<string>();
  for (const word of words) {
    const equals = word.indexOf('=');
    if (word === '-') set.push(...(await envOfStdin(session)));
    else if (equals >= 0) {
      const name = word.slice(0, equals);
      const errors = environmentNameErrors(name);
      if (errors.length > 0)
        throw new Error(`${JSON.stringify(name)} is not a valid key name: ${errors.join(';')}`);
      given.add(name);
      set.push({ name, value: word.slice(equals + 1) });
    } else if (word.endsWith('-')) remove.push(word.slice(0, -1));
    else throw new Error(`unknown environment variable: ${word}`);
  }
  if (remove.some((name) => given.has(name)))
    throw new Error(
      'can not both modify and remove the same environment variable in the same command',
    );
  return { set, remove };
}

async function envOfStdin({ io }: Session): Promise<readonly EnvVar[]> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of io.stdin) chunks.push(chunk);
  return Buffer.concat(chunks)
    .toString('utf8')
    .split(/\r?\n/)
    .map((line) => line.split('#', 1)[0]!)
    .filter((line) => line.includes('='))
    .map((line) => ({
      name: line.slice(0, line.indexOf('=')),
      value: line.slice(line.indexOf('=') + 1),
    }));
}

const keyFields: Readonly<Record<string, 'secretKeyRef' | 'configMapKeyRef'>> = {
  Secret: 'secretKeyRef',
  ConfigMap: 'configMapKeyRef',
};

/** A variable for each key of what `--from` names. */
async function fromKeys(options: Options, session: Session): Promise<readonly EnvVar[]> {
  const found = await find(session, {
    args: options.local ? [] : [options.from],
    files: options,
    isLocal: options.local,
    accept: accepts.builtIn,
    ...(!options.local && {
      labels: options.selector,
      mayListAll: options.all,
      fetch: 'latest' as const,
    }),
  });
  const { infos, errors } = await allObjects(found);
  throwAll(errors);
  return infos.flatMap(({ object, name }) => {
    const field = keyFields[object!.kind ?? ''];
    if (!field) throw new Error('unsupported resource specified in --from');
    return Object.keys((object!['data'] ?? {}) as object)
      .filter((key) => options.keys.length === 0 || options.keys.includes(key))
      .map((key) => ({
        name: variableName(key, session),
        valueFrom: { [field]: { name, key } },
      }));
  });
}

function variableName(key: string, session: Session): string {
  const name = key.replaceAll(/[^a-zA-Z0-9_]/g, '_').toUpperCase();
  if (name !== key) session.warn(`Warning: key ${key} transferred to ${name}\n`);
  return name;
}

function fitting(
  { containers: pattern }: Options,
  session: Session,
  { resource, name }: Info,
  spec: ReturnType<typeof podSpecOf>,
): readonly Container[] {
  const containers = selectContainers(spec, pattern);
  if (containers.length === 0)
    session.warn(
      `Warning: ${resource.kind}/${name} does not have any containers matching ${JSON.stringify(pattern)}\n`,
    );
  return containers;
}

function change(container: Container, wanted: Wanted, mayOverwrite: boolean): void {
  if (!mayOverwrite)
    for (const { name, value = '' } of wanted.set) {
      const present = container.env?.find((one) => one.name === name);
      if (present && (present.value ?? '') !== value)
        throw new Error(
          `'${name}' already has a value (${present.value ?? ''}), and --overwrite is false`,
        );
    }
  container.env = merged(container.env ?? [], wanted);
}

/** New values in the places of old ones, the others behind them; each name once. */
function merged(present: readonly EnvVar[], { set, remove }: Wanted): readonly EnvVar[] {
  const done = new Set(remove);
  const kept = present.flatMap((one) => {
    if (done.has(one.name)) return [];
    const newer = set.find(({ name }) => name === one.name);
    if (newer) done.add(one.name);
    return [newer ?? one];
  });
  const added = set.filter(({ name }) => !done.has(name) && done.add(name));
  return [...kept, ...added];
}

async function listAll(
  options: Options,
  session: Session,
  infos: readonly Info[],
  wanted: Wanted,
): Promise<void> {
  const values = new EnvValues(session);
  for (const info of infos) {
    const object = structuredClone(knownObject(info));
    for (const container of fitting(options, session, info, podSpecOf(object, info))) {
      change(container, wanted, options.overwrite);
      session.io.out(`# ${info.resource.kind} ${info.name}, container ${container.name}\n`);
      const failures = new Map<string, string[]>();
      for (const { name, value = '', valueFrom } of container.env ?? []) {
        const told = valueFrom ? `# ${name} from ${sourceText(valueFrom)}\n` : `${name}=${value}\n`;
        if (!valueFrom || !options.resolve) {
          session.io.out(told);
          continue;
        }
        try {
          const found = await values.valueOf(valueFrom, object, container);
          session.io.out(`${name}=${found}\n`);
        } catch (error) {
          session.io.out(told);
          const { message } = error as Error;
          failures.set(message, [...(failures.get(message) ?? []), name]);
        }
      }
      const lines = [...failures].map(
        ([message, names]) =>
          `error retrieving reference for ${names.toSorted().join(', ')}: ${message}\n`,
      );
      session.io.err(lines.toSorted().join(''));
    }
  }
}

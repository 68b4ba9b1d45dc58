import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { goJson } from '../printers/go-json.ts';
import { fieldOf, lookup, setField } from './fields.ts';
import { mapNode, type Node, nodeOf, scalarNode, stringNode, valueOf } from './node.ts';
import type { ResMap } from './res-map.ts';
import {
  annotate,
  isOn,
  kindOf,
  nameOf,
  noted,
  type Resource,
  resourceOf,
  setName,
  type Texts,
  textsNode,
} from './resource.ts';
import { storeId } from './transformers.ts';

/** What a generated ConfigMap or Secret is made of. */
export interface GeneratorArgs {
  readonly name?: string;
  readonly namespace?: string;
  readonly behavior?: string;
  readonly type?: string;
  readonly literals?: readonly string[];
  readonly files?: readonly string[];
  readonly envs?: readonly string[];
  readonly options?: GeneratorOptions;
}

export interface GeneratorOptions {
  readonly labels?: Texts;
  readonly annotations?: Texts;
  readonly disableNameSuffixHash?: boolean;
  readonly immutable?: boolean;
}

/** Options of one generator over those of all. */
export const mergedOptions = (
  own: GeneratorOptions | undefined,
  all: GeneratorOptions | undefined,
): GeneratorOptions | undefined =>
  (all && {
    ...own,
    ...((own?.labels ?? all.labels) && { labels: { ...all.labels, ...own?.labels } }),
    ...((own?.annotations ?? all.annotations) && {
      annotations: { ...all.annotations, ...own?.annotations },
    }),
    ...((all.disableNameSuffixHash || own?.disableNameSuffixHash) && {
      disableNameSuffixHash: true,
    }),
    ...((all.immutable || own?.immutable) && { immutable: true }),
  }) ||
  own;

type Load = (path: string) => Promise<Buffer>;

/** Makes a ConfigMap or a Secret. */
export async function generated(
  kind: 'ConfigMap' | 'Secret',
  args: GeneratorArgs,
  load: Load,
): Promise<Resource> {
  if (!args.name) throw new Error('a configmap must have a name');
  const node = mapNode([
    ['apiVersion', scalarNode('v1', '!!str')],
    ['kind', stringNode(kind)],
    [
      'metadata',
      mapNode([
        ['name', stringNode(args.name)],
        ...(args.namespace ? [['namespace', stringNode(args.namespace)] as [string, Node]] : []),
      ]),
    ],
  ]);
  if (kind === 'Secret') setField(node, 'type', stringNode(args.type || 'Opaque'));
  const data = await dataOf(args, load);
  if (kind === 'Secret') node.fields.push(['data', mapNode()]);
  for (const key of [...data.keys()].toSorted()) {
    const bytes = data.get(key)!;
    const text = utf8(bytes);
    const isText = kind === 'ConfigMap' && text !== undefined;
    const at = lookup(node, [kind === 'Secret' || isText ? 'data' : 'binaryData'], 'map')!;
    setField(at, key, stringNode(isText ? text : base64Lines(bytes)));
  }
  const { options = {} } = args;
  const metadata = fieldOf(node, 'metadata')!;
  for (const name of ['labels', 'annotations'] as const)
    if (Object.keys(options[name] ?? {}).length > 0)
      setField(metadata, name, textsNode(options[name]!));
  if (options.immutable) setField(node, 'immutable', scalarNode('true', '!!bool'));
  const resource = resourceOf(node);
  if (!options.disableNameSuffixHash) annotate(resource, noted.needsHash, 'enabled');
  const { behavior = '' } = args;
  annotate(
    resource,
    noted.behavior,
    ['create', 'replace', 'merge'].includes(behavior) ? behavior : 'unspecified',
  );
  return resource;
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function utf8(bytes: Buffer): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

const lineLength = 70;

/** Base64, in lines where it does not fit in one. */
function base64Lines(bytes: Buffer): string {
  const text = bytes.toString('base64');
  if (text.length < lineLength) return text;
  const lines = text.match(new RegExp(`.{1,${lineLength}}`, 'g')) ?? [];
  return lines.map((line) => `${line}\n`).join('');
}

async function dataOf(
  { name = '', envs = [], literals = [], files = [] }: GeneratorArgs,
  load: Load,
): Promise<ReadonlyMap<string, Buffer>> {
  const data = new Map<string, Buffer>();
  const pairs: (readonly [string, Buffer])[] = [];
  const read = async (
    words: string,
    sources: readonly string[],
    of: (source: string) => Promise<readonly (readonly [string, Buffer])[]>,
  ): Promise<void> => {
    try {
      for (const source of sources) pairs.push(...(await of(source)));
    } catch (cause) {
      const { message } = cause as Error;
      throw new Error(`loading KV pairs: ${words} [${sources.join(' ')}]: ${message}`, { cause });
    }
  };
  await read('env source files:', envs, async (path) => lines(await load(path)));
  await read('literal sources', literals, (source) => Promise.resolve([literal(source)]));
  await read('file sources:', files, async (source) => {
    const [key, path] = fileSource(source);
    return [[key, await load(path)]];
  });
  for (const [key, bytes] of pairs) {
    if (data.has(key)) throw new Error(`configmap ${name} illegally repeats the key \`${key}\``);
    data.set(key, bytes);
  }
  return data;
}

function lines(bytes: Buffer): readonly (readonly [string, Buffer])[] {
  return bytes
    .toString('latin1')
    .split('\n')
    .flatMap((raw, at) => {
      const whole = Buffer.from(raw.replace(/\r$/, ''), 'latin1');
      const text = utf8(whole);
      if (text === undefined)
        throw new Error(
          `line [${[...whole].join(' ')}] has invalid utf8 bytes : ${whole.toString()}`,
        );
      const line = (at === 0 ? text.replace(/^\ufeff/, '') : text).trimStart();
      if (line === '' || line.startsWith('#')) return [];
      const equals = line.indexOf('=');
      const key = equals < 0 ? line : line.slice(0, equals);
      if (key === '') return [];
      return [[key, Buffer.from(equals < 0 ? '' : line.slice(equals + 1))] as const];
    });
}

function literal(source: string): readonly [string, Buffer] {
  const at = source.indexOf('=');
  if (at <= 0) throw new Error(`invalid literal source ${source}, expected key=value`);
  const value = source.slice(at + 1);
  const isQuoted = value.length >= 2 && value[0] === value.at(-1) && /^["']/.test(value);
  return [source.slice(0, at), Buffer.from(isQuoted ? value.slice(1, -1) : value)];
}

function fileSource(source: string): readonly [key: string, path: string] {
  const parts = source.split('=');
  if (parts.length === 1) return [basename(source) || '.', source];
  const [key = '', path = ''] = parts;
  if (parts.length > 2)
    throw new Error(`source ${JSON.stringify(source)} key name or file path contains '='`);
  if (key === '')
    throw new Error(
      `missing key name for file path ${JSON.stringify(path)} in source ${JSON.stringify(source)}`,
    );
  if (path === '')
    throw new Error(
      `missing file path for key name ${JSON.stringify(key)} in source ${JSON.stringify(source)}`,
    );
  return [key, path];
}

/** Puts a hash of their content behind the names of generated objects. */
export function addHashes({ list }: ResMap): void {
  for (const resource of list) {
    if (!isOn(resource, noted.needsHash)) continue;
    const hash = hashOf(resource);
    storeId(resource);
    setName(resource, `${nameOf(resource)}-${hash}`);
  }
}

const letters: Readonly<Record<string, string>> = { 0: 'g', 1: 'h', 3: 'k', a: 'm', e: 't' };

function hashOf(resource: Resource): string {
  const { node } = resource;
  const kind = kindOf(resource);
  const value = (field: string): unknown => {
    const found = fieldOf(node, field);
    return found ? (found.kind === 'scalar' ? found.value : valueOf(found)) : '';
  };
  const more = kind === 'Secret' ? 'stringData' : 'binaryData';
  const text = goJson({
    kind,
    name: '', // kustomize looks for a field of the name metadata/name, which no object has
    data: value('data'),
    ...(kind === 'Secret' && { type: value('type') }),
    ...(typeof value(more) === 'object' && { [more]: value(more) }),
  });
  return createHash('sha256')
    .update(text)
    .digest('hex')
    .slice(0, 10)
    .replaceAll(/[013ae]/g, (letter) => letters[letter]!);
}

interface PolicyArgs {
  readonly cloud?: string;
  readonly kubernetesService?: { readonly name?: string; readonly namespace?: string };
  readonly serviceAccount?: { readonly name?: string; readonly projectId?: string };
}

/** A ServiceAccount that stands for one of Google's cloud. */
export function cloudServiceAccount(args: PolicyArgs): Resource {
  const { cloud = '', kubernetesService = {}, serviceAccount = {} } = args;
  if (cloud !== 'gke') throw new Error(`cloud provider ${cloud} not supported yet`);
  const { name = '', namespace } = kubernetesService;
  const account = `${serviceAccount.name ?? ''}@${serviceAccount.projectId ?? ''}.iam.gserviceaccount.com`;
  return resourceOf(
    nodeOf({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: {
        annotations: { 'iam.gke.io/gcp-service-account': account },
        name,
        ...(namespace && { namespace }),
      },
    }),
  );
}

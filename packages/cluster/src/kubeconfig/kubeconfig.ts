import { chmod, mkdir, realpath, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { Document, isMap, isSeq, parseDocument, type YAMLMap, YAMLSeq } from 'yaml';
import { readText, writeFileAtomic } from '../home/files.ts';

/** What a client needs to reach a cluster as its administrator. PEM texts. */
export interface Access {
  readonly name: string; // of cluster, user and context
  readonly server: string;
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

/** A kubeconfig that cannot be read as one; the file was left as it is. */
export class KubeconfigError extends Error {
  override readonly name = 'KubeconfigError';
}

/** The file kubectl would write: `--kubeconfig`, else the first of `$KUBECONFIG`, else `~/.kube/config`. */
export function kubeconfigFile(flag: string | undefined, env: NodeJS.ProcessEnv): string {
  const first = (env['KUBECONFIG'] ?? '').split(delimiter).find((path) => path !== '');
  return flag ?? first ?? join(env['HOME'] || homedir(), '.kube', 'config');
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

const sections = (access: Access): Readonly<Record<string, object>> => ({
  clusters: {
    name: access.name,
    cluster: { 'certificate-authority-data': base64(access.ca), server: access.server },
  },
  contexts: { name: access.name, context: { cluster: access.name, user: access.name } },
  users: {
    name: access.name,
    user: {
      'client-certificate-data': base64(access.certificate),
      'client-key-data': base64(access.key),
    },
  },
});

/** A kubeconfig that holds `access` alone. */
export function kubeconfigText(access: Access): string {
  const entries = Object.entries(sections(access)).map(([key, entry]) => [key, [entry]] as const);
  const document = { apiVersion: 'v1', kind: 'Config', 'current-context': access.name };
  return new Document({ ...document, ...Object.fromEntries(entries) }).toString({ lineWidth: 0 });
}

/** Adds or replaces the entries of `access` and makes its context the current one; all else, comments too, stays. */
export async function mergeKubeconfig(file: string, access: Access): Promise<void> {
  const text = await readText(file);
  if (text === undefined || text.trim() === '') {
    await mkdir(dirname(file), { recursive: true, mode: 0o750 });
    return writeKubeconfig(file, kubeconfigText(access));
  }
  const document = parse(file, text);
  for (const [key, entry] of Object.entries(sections(access))) {
    const list = listOf(document, key);
    const node = document.createNode(entry);
    const at = list.items.findIndex((item) => isMap(item) && item.get('name') === access.name);
    if (at >= 0) list.items[at] = node;
    else list.items.push(node);
  }
  document.set('current-context', access.name);
  await writeKubeconfig(file, document.toString({ lineWidth: 0 }));
}

/** Takes the entries called `name` out again; the current context is cleared if it was theirs. */
export async function removeFromKubeconfig(file: string, name: string): Promise<void> {
  const text = await readText(file);
  if (text === undefined || text.trim() === '') return;
  const document = parse(file, text);
  for (const key of ['clusters', 'contexts', 'users']) {
    const list = document.get(key);
    if (!isSeq(list)) continue;
    list.items = list.items.filter((item) => !(isMap(item) && item.get('name') === name));
  }
  if (document.get('current-context') === name) document.set('current-context', '');
  await writeKubeconfig(file, document.toString({ lineWidth: 0 }));
}

async function writeKubeconfig(file: string, text: string): Promise<void> {
  const target = await realpath(file).catch(() => file); // a link stays a link
  const present = await stat(target).catch(() => undefined);
  if (present && !present.isFile()) return writeFile(target, text); // a device stays a device
  await writeFileAtomic(target, text, 0o600);
  await chmod(target, 0o600);
}

function parse(file: string, text: string): Document {
  const document = parseDocument(text);
  const error = document.errors[0];
  if (error)
    throw new KubeconfigError(`${file} is not valid YAML: ${error.message}`, { cause: error });
  if (!isMap(document.contents))
    throw new KubeconfigError(`${file} is not a kubeconfig: it holds no mapping at its top`);
  return document as unknown as Document;
}

function listOf(document: Document, key: string): YAMLSeq<YAMLMap> {
  const list = document.get(key);
  if (isSeq(list)) return list as YAMLSeq<YAMLMap>;
  const fresh = new YAMLSeq<YAMLMap>();
  document.set(key, fresh);
  return fresh;
}

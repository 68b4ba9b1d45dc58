import { globSync, readdirSync, statSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import type { Unreachable } from '@coxswain/client/http';
import { aggregateText } from '../command/failure.ts';
import { fileBytes, fileWords } from '../command/file-faults.ts';
import type { FileFlags } from '../command/shared-flags.ts';
import type { BuildOptions } from '../kustomize/build.ts';
import type { Session } from '../session/session.ts';
import { stamp } from '../session/klog.ts';
import { got } from './got.ts';
import { documentsOfText } from './documents.ts';
import { isList, type Unstructured } from './info.ts';

const extensions = ['.json', '.yaml', '.yml'];
const urlAttempts = 3;

export interface Document<T = Unstructured> {
  readonly source: string;
  readonly object: T;
  /** Its JSON, as messages show it. */
  readonly json: () => string;
}

/** Files, folders, URLs and `-` for standard input, as given by `-f`; or a kustomization. */
export type Filenames = Pick<FileFlags, 'filename'> & Partial<FileFlags>;

/** Something is named to read objects from. */
export const namesFiles = ({ filename, kustomize }: FileFlags): boolean =>
  filename.length > 0 || kustomize !== '';

/** One place to read documents from. */
export interface Source {
  readonly name: string;
  readonly text: () => Promise<string>;
}

/** How a command builds what `-k` names. */
export const buildOptionsOf = ({ cwd, signal, io, world }: Session): BuildOptions => ({
  ...{ cwd, signal, warn: io.err },
  log: (words) => io.err(`${stamp(world.clock.now())} log.go:244] ${words}\n`),
});

export interface Sources {
  readonly sources: readonly Source[];
  /** A single file was named, so a single object is meant. */
  readonly isSingle: boolean;
}

/** Settles what is to be read, before anything is. Throws for paths that are not there. */
export function sourcesOf(
  { filename: filenames, recursive = false, kustomize }: Filenames,
  session: Session,
): Sources {
  if (kustomize && filenames.length > 0) throw new Error('only one of -f or -k can be specified');
  if (kustomize && recursive) throw new Error("the -k flag can't be used with -f or -R");
  if (kustomize) {
    const text = async (): Promise<string> => {
      const { buildKustomization } = await import('../kustomize/build.ts');
      return buildKustomization(kustomize, buildOptionsOf(session));
    };
    return { sources: [{ name: kustomize, text }], isSingle: false };
  }
  const sources: Source[] = [];
  let isSingle = false;
  let usesStdin = false;
  let isFolder = false;
  for (const name of filenames) {
    if (name === '-') {
      if (usesStdin) throw new Error('standard input cannot be used for multiple arguments');
      usesStdin = true;
      sources.push({ name: 'STDIN', text: () => textOfStdin(session) });
    } else if (/^https?:\/\//.test(name))
      sources.push({ name, text: () => fetched(name, session) });
    else {
      const paths = matching(name, session);
      if (!recursive && paths.length === 1) isSingle = true;
      const files = paths.flatMap((path) => filesBelow(path, recursive, session));
      if (files.length > 1) isFolder = true;
      sources.push(...files);
      if (sources.length === 0)
        throw new Error(
          `error reading [${paths.join(' ')}]: recognized file extensions are [${extensions.join(' ')}]`,
        );
    }
  }
  return { sources, isSingle: isSingle || (sources.length === 1 && !usesStdin && !isFolder) };
}

function matching(pattern: string, { cwd }: Session): readonly string[] {
  try {
    if (statSync(resolve(cwd, pattern))) return [pattern];
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT')
      throw new Error(
        `the path ${JSON.stringify(pattern)} cannot be accessed: stat ${pattern}: ${fileWords(cause)}`,
        { cause },
      );
  }
  const found = globSync(pattern, { cwd }).toSorted();
  if (found.length === 0) throw new Error(`the path ${JSON.stringify(pattern)} does not exist`);
  return found;
}

function filesBelow(
  path: string,
  recursive: boolean,
  session: Session,
  isRoot = true,
): readonly Source[] {
  const whole = resolve(session.cwd, path);
  if (!statSync(whole).isDirectory())
    return isRoot || extensions.includes(extname(path))
      ? [{ name: path, text: async () => decoded(fileBytes(path, session)) }]
      : [];
  if (!isRoot && !recursive) return [];
  return readdirSync(whole)
    .toSorted()
    .flatMap((name) => filesBelow(join(path, name), recursive, session, false));
}

/** UTF-8, or UTF-16 where a mark at the beginning says so. */
function decoded(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.subarray(2).toString('utf16le');
  if (bytes[0] === 0xfe && bytes[1] === 0xff)
    return Buffer.from(bytes.subarray(2)).swap16().toString('utf16le');
  const text = bytes.toString('utf8');
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

async function textOfStdin({ io }: Session): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of io.stdin) chunks.push(chunk);
  return decoded(Buffer.concat(chunks));
}

async function fetched(url: string, session: Session): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    const answer = await got(url, session.signal, session.env).catch((error: Unreachable) => error);
    if (answer instanceof Response && answer.ok) return answer.text();
    if (attempt >= urlAttempts || (answer instanceof Response && answer.status < 500))
      throw answer instanceof Response
        ? new Error(
            `unable to read URL ${JSON.stringify(url)}, server reported ${answer.status} ${answer.statusText}, status code=${answer.status}`,
          )
        : answer;
    await session.world.clock.sleep(1000, session.signal);
  }
}

/** The documents of a source as they are read, objects or not, up to what cannot be read; empty ones left out. */
export async function* readDocuments({ name, text }: Source): AsyncGenerator<Document<unknown>> {
  const read = await text();
  try {
    for (const { value, json } of documentsOfText(read))
      yield { source: name, object: value, json };
  } catch (cause) {
    throw new Error(`error parsing ${name}: ${(cause as Error).message}`, { cause });
  }
}

/** The documents of a source, empty ones left out. Throws where one is no object. */
export const documentsOf = async (source: Source): Promise<readonly Document[]> =>
  (await Array.fromAsync(readDocuments(source))).map(asObject);

/** Throws for what is no object. */
export function asObject({ source, object: value, json }: Document<unknown>): Document {
  const bad = (words: string): never => {
    throw new Error(`unable to decode ${JSON.stringify(source)}: ${words}`);
  };
  if (typeof value !== 'object' || Array.isArray(value))
    return bad(
      `json: cannot unmarshal ${Array.isArray(value) ? 'array' : value === true || value === false ? 'bool' : typeof value} into Go value of type unstructured.detector`,
    );
  const object = value as Unstructured;
  if (!object.kind) return bad(`Object 'Kind' is missing in '${json()}'`);
  if (!object.apiVersion) return bad(`Object 'apiVersion' is missing in '${json()}'`);
  return { source, object, json };
}

/** What the client checks by itself where the server checks fields: that kinds are named. Throws. */
export function confirmKinds({ source, object }: Document<unknown>): void {
  const wrong = kindErrors(object);
  if (wrong.length > 0)
    throw new Error(
      `error validating ${JSON.stringify(source)}: error validating data: ${aggregateText(wrong)}; if you choose to ignore these errors, turn validation off with --validate=false`,
    );
}

function kindErrors(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return ['invalid object to validate'];
  const object = value as Unstructured;
  const wrong = ['apiVersion', 'kind'].flatMap((name) => {
    const given = object[name] ?? undefined;
    if (given === undefined) return [`${name} not set`];
    return typeof given === 'string' ? [] : [`${name} isn't string type`];
  });
  return wrong.length === 0 && isList(object)
    ? (object['items'] as readonly unknown[]).flatMap(kindErrors)
    : wrong;
}

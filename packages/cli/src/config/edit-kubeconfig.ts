import { chmodSync, closeSync, existsSync, mkdirSync, openSync, realpathSync } from 'node:fs';
import { renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, relative, resolve } from 'node:path';
import { isDeepStrictEqual as same } from 'node:util';
import { encodeYaml } from '@coxswain/api';
import {
  type ClusterEntry,
  type ContextEntry,
  type Kubeconfig,
  kubeconfigPaths,
  loadKubeconfig,
  pathFields,
  readFile,
  type UserEntry,
} from './kubeconfig.ts';
import { ordered } from './kubeconfig-form.ts';

/** A kubeconfig while it is changed: the merged one, with paths as they stand in the files. */
export interface Draft {
  currentContext: string;
  preferences: Record<string, unknown>;
  readonly clusters: Map<string, ClusterEntry>;
  readonly users: Map<string, UserEntry>;
  readonly contexts: Map<string, ContextEntry>;
}

/** Which files a kubeconfig is in. */
export interface ConfigPlace {
  readonly explicit: string;
  readonly env: NodeJS.ProcessEnv;
  /** Told of each file that is read. */
  readonly onRead?: (path: string) => void;
}

const kinds = { clusters: 'cluster', users: 'user', contexts: 'context' } as const;
const structOf = { clusters: 'Cluster', users: 'AuthInfo', contexts: 'Context' } as const;
type Section = keyof typeof kinds;
const sections = Object.keys(kinds) as readonly Section[];

/** The file that new entries go to. */
export function defaultFile({ explicit, env }: ConfigPlace): string {
  const paths = kubeconfigPaths(explicit, env);
  return paths.find((path) => existsSync(path)) ?? paths.at(-1)!;
}

/** The merged kubeconfig as the files have it; an explicit file that is not there is an empty one. */
export function asWritten(place: ConfigPlace): Kubeconfig {
  const { explicit, env } = place;
  tellRead(place);
  return loadKubeconfig(explicit, env, { resolves: false, mayBeMissing: true });
}

const tellRead = ({ explicit, env, onRead }: ConfigPlace): void =>
  kubeconfigPaths(explicit, env)
    .filter((path) => existsSync(path))
    .forEach((path) => onRead?.(path));

/**
 * Changes the kubeconfig: each entry in the file that it is from, new ones in the default file. The files are locked
 * from the reading to the writing, and each is replaced in one step. `relativize` shortens paths below a file's folder.
 */
export function editKubeconfig(
  place: ConfigPlace,
  edit: (draft: Draft) => void,
  { relativize = true }: { readonly relativize?: boolean } = {},
): void {
  const paths = kubeconfigPaths(place.explicit, place.env);
  using _locks = locked(paths);
  const before = asWritten(place);
  tellRead(place); // kubectl looks twice, and a third time at what it changes
  const draft: Draft = {
    currentContext: before.currentContext,
    preferences: { ...before.preferences },
    clusters: new Map(before.clusters),
    users: new Map(before.users),
    contexts: new Map(before.contexts),
  };
  edit(draft);
  if (draft.currentContext !== before.currentContext) tellRead(place);
  const files = new Map<string, FileDraft>();
  const fileAt = (path: string): FileDraft => {
    const known = files.get(path);
    if (!known && existsSync(path)) place.onRead?.(path);
    const found = known ?? new FileDraft(path);
    files.set(path, found);
    return found;
  };
  if (draft.currentContext !== before.currentContext)
    fileAt(contextFile(place, paths, draft.currentContext)).content['current-context'] =
      draft.currentContext;
  if (!same(draft.preferences, before.preferences))
    fileAt(place.explicit || paths[0]!).content['preferences'] = draft.preferences;
  for (const section of sections) {
    const [was, is] = [before[section], draft[section]] as Map<string, object>[];
    for (const [name, entry] of is!) {
      const old = was!.get(name);
      if (same(entry, old)) continue;
      const path = (old && before.origin.get(old)) ?? defaultFile(place);
      fileAt(path).put(section, name, relativize ? shortened(section, entry, path) : entry);
    }
    for (const [name, old] of was!)
      if (!is!.has(name)) fileAt(before.origin.get(old)!).put(section, name, undefined);
  }
  for (const file of files.values()) file.write();
}

/** Clearing it goes where it is set; a new one goes to the default file. */
function contextFile(place: ConfigPlace, paths: readonly string[], name: string): string {
  if (place.explicit || name) return place.explicit || defaultFile(place);
  const found = paths.find((path) => readFile(path)?.['current-context']);
  if (!found) throw new Error('no config found to write context');
  return found;
}

function shortened(section: Section, entry: object, path: string): object {
  if (section === 'contexts') return entry;
  const copy = { ...entry } as Record<string, unknown>;
  const base = dirname(resolve(path));
  for (const field of pathFields[kinds[section] as keyof typeof pathFields]) {
    const file = copy[field];
    if (typeof file !== 'string' || file === '') continue;
    const short = relative(base, resolve(base, file));
    if (!short.startsWith('../')) copy[field] = short;
    else if (!isAbsolute(file)) throw new Error(`${file} requires backsteps and is not absolute`);
  }
  return copy;
}

/** One file: read, changed, and written whole. */
class FileDraft {
  readonly content: Record<string, unknown>;
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
    this.content = { ...readFile(path) };
  }

  put(section: Section, name: string, entry: object | undefined): void {
    const others = this.#named(section).filter((each) => each.name !== name);
    this.content[section] = entry ? [...others, { name, [kinds[section]]: entry }] : others;
  }

  write(): void {
    for (const section of sections)
      this.content[section] = this.#named(section)
        .toSorted((a, b) => (a.name < b.name ? -1 : 1))
        .map(({ name, [kinds[section]]: entry }) => ({
          name,
          [kinds[section]]: ordered(structOf[section], (entry as object | null) ?? {}),
        }));
    const whole = ordered('Config', { ...this.content, kind: 'Config', apiVersion: 'v1' });
    replaceFile(this.#path, encodeYaml(whole));
  }

  #named(section: Section): readonly { readonly name: string; readonly [kind: string]: unknown }[] {
    return (this.content[section] as { name: string }[] | null | undefined) ?? [];
  }
}

/** Through a link to the file behind it, which keeps its mode; a new file is its owner's alone. A device is written to. */
function replaceFile(path: string, text: string): void {
  const present = statSync(path, { throwIfNoEntry: false });
  if (present && !present.isFile()) return writeFileSync(path, text);
  const mode = present ? present.mode & 0o777 : 0o600;
  mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
  const target = present ? realpathSync(path) : path;
  const beside = `${target}.${process.pid}.new`;
  writeFileSync(beside, text, { mode });
  chmodSync(beside, mode);
  renameSync(beside, target);
}

/** Holds `FILE.lock` beside each file, as client-go does. */
function locked(paths: readonly string[]): Disposable {
  const held: string[] = [];
  const release = (): void => held.forEach((lock) => rmSync(lock, { force: true }));
  for (const path of paths.toSorted()) {
    const lock = `${path}.lock`;
    try {
      mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
      closeSync(openSync(lock, 'wx', 0));
    } catch (cause) {
      release();
      const isHeld = (cause as NodeJS.ErrnoException).code === 'EEXIST';
      throw isHeld ? new Error(`open ${lock}: file exists`, { cause }) : cause;
    }
    held.push(lock);
  }
  return { [Symbol.dispose]: release };
}

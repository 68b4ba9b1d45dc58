import { execFile } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join, normalize } from 'node:path';
import { boolOf, durationMs } from '../command/flags.ts';

/** A git repository as a URL names it, and what is meant in it. */
export interface Repository {
  readonly raw: string;
  /** What git is given. */
  readonly cloneSpec: string;
  readonly path: string;
  readonly ref: string;
  readonly submodules: boolean;
  readonly timeoutMs: number;
}

const defaultTimeoutMs = 27_000;
const schemes = ['ssh://', 'https://', 'http://', 'file://'];

/** The repository that a text names; undefined for all that is no URL of one. */
export function repositoryOf(raw: string): Repository | undefined {
  if (isAbsolute(raw)) return undefined;
  const at = raw.indexOf('?');
  const host = hostOf(at < 0 ? raw : raw.slice(0, at));
  if (!host) return undefined;
  const parts = splitPath(host.rest, host.isFile);
  if (!parts?.repository) return undefined;
  const path = parts.path.replace(/^\//, '');
  if (normalize(path).split('/')[0] === '..') return undefined;
  const query = new URLSearchParams(at < 0 ? '' : raw.slice(at + 1));
  return {
    ...{ raw, path, cloneSpec: host.host + parts.repository },
    ref: query.get('ref') || query.get('version') || '',
    submodules: submodulesOf(query.get('submodules')),
    timeoutMs: timeoutOf(query.get('timeout')),
  };
}

function submodulesOf(text: string | null): boolean {
  try {
    return text ? boolOf(text) : true;
  } catch {
    return true;
  }
}

function timeoutOf(text: string | null): number {
  if (!text) return defaultTimeoutMs;
  try {
    const ms = /^\d+$/.test(text) ? Number(text) * 1000 : durationMs(text);
    return ms > 0 ? ms : defaultTimeoutMs;
  } catch {
    return defaultTimeoutMs;
  }
}

function hostOf(text: string): { host: string; rest: string; isFile: boolean } | undefined {
  let left = text.replace(/^git::/i, '');
  let scheme = schemes.find((each) => left.toLowerCase().startsWith(each)) ?? '';
  left = left.slice(scheme.length);
  let user = /^[a-zA-Z][a-zA-Z0-9-]*@/.exec(left)?.[0] ?? '';
  left = left.slice(user.length);
  const isGithub = /^github\.com[/:]/i.test(left);
  const mayHaveColon = scheme === '' && (user !== '' || isGithub);
  if (scheme === '' && !mayHaveColon) return undefined;
  if (scheme === 'file://') return { host: scheme, rest: user + left, isFile: true };
  const slash = left.indexOf('/');
  const colon = mayHaveColon ? left.indexOf(':') : -1;
  const end = slash < 0 || (colon > 0 && colon < slash) ? (mayHaveColon ? colon : slash) : slash;
  let host = end < 0 ? left : left.slice(0, end + 1);
  const rest = end < 0 ? '' : left.slice(end + 1);
  if (isGithub) {
    const isSsh = scheme === 'ssh://' || user !== '';
    [scheme, user, host] = isSsh ? ['', user, 'github.com:'] : ['https://', '', 'github.com/'];
  }
  return host === '' ? undefined : { host: scheme + user + host, rest, isFile: false };
}

function splitPath(
  text: string,
  isFile: boolean,
): { repository: string; path: string } | undefined {
  const cut = (at: number, next = at): { repository: string; path: string } => ({
    repository: text.slice(0, at),
    path: text.slice(next),
  });
  const marker = text.indexOf('_git/');
  if (marker >= 0) {
    const end = text.indexOf('/', marker + 5);
    return end < 0 ? { repository: text, path: '' } : cut(end, end + 1);
  }
  const double = text.indexOf('//');
  if (double >= 0) return cut(double, double + 2);
  const suffix = text.indexOf('.git');
  if (suffix >= 0) return cut(suffix + 4);
  if (isFile) return { repository: text, path: '' };
  const segments = text.split('/');
  if (segments.length < 2) return undefined;
  return { repository: segments.slice(0, 2).join('/'), path: segments.slice(2).join('/') };
}

/** A repository in a folder of its own, which goes when the clone is disposed. */
export interface Clone extends Disposable {
  readonly folder: string;
}

/** Takes out what is named, and no more of the history than that. */
export async function clone(repository: Repository, signal: AbortSignal): Promise<Clone> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'kustomize-')));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  const { cloneSpec, ref, submodules, timeoutMs } = repository;
  const lines = [
    ['init'],
    ['remote', 'add', 'origin', cloneSpec],
    ['fetch', '--depth=1', cloneSpec, ref || 'HEAD'],
    ['checkout', 'FETCH_HEAD'],
    ...(submodules ? [['submodule', 'update', '--init', '--recursive']] : []),
  ];
  try {
    for (const line of lines) await git(line, folder, timeoutMs, signal);
  } catch (error) {
    remove();
    throw error;
  }
  return { folder, [Symbol.dispose]: remove };
}

/** git did not end in time. */
export class GitTimeout extends Error {}

function git(
  words: readonly string[],
  cwd: string,
  timeout: number,
  signal: AbortSignal,
): Promise<void> {
  const line = ['/usr/bin/git', ...words].join(' ');
  return new Promise((done, fail) => {
    execFile('git', words, { cwd, timeout, signal }, (error, out, err) => {
      if (!error) return done();
      if (error.code === 'ENOENT')
        return fail(
          new Error(`no 'git' program on path: exec: "git": executable file not found in $PATH`),
        );
      if (error.killed)
        return fail(new GitTimeout(`hit ${timeout / 1000}s timeout running '${line}'`));
      fail(
        new Error(`failed to run '${line}': ${out}${err}: exit status ${error.code}`, {
          cause: error,
        }),
      );
    });
  });
}

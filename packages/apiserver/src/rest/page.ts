import { ApiError, expired, internalError } from '@coxswain/api';
import { Compacted, FutureRevision, type Revision } from '@coxswain/storage';
import { type Cached, fromEntry, objectOf } from '../watch-cache/index.ts';
import { encodeContinue, encodeStart } from './continue-token.ts';
import type { Call } from './engine.ts';
import type { ListOptions } from './list-options.ts';
import { prepareRead } from './prepare.ts';
import type { Selection } from './select.ts';

/** One page of a list. */
export interface Page {
  readonly cached: readonly Cached[];
  readonly revision: Revision;
  readonly next: string; // '' at the end
  readonly remaining: number | undefined;
}

/** Entries read from the store at once, when it must be asked for a past revision. */
const pastPageMax = 500;

/** The objects that `selection` picks, at the state that `options` name. */
export async function readPage(
  call: Call,
  selection: Selection,
  options: ListOptions,
): Promise<Page> {
  const { cache } = call.engine;
  const { state } = options;
  if (state.at === 'newest') await cache.level();
  if (state.at === 'not-older' || state.at === 'exact') await cache.reached(state.revision);
  const revision = state.at === 'exact' ? state.revision : cache.revision;
  const scope = scopeOf(call, selection, options);
  const found =
    revision === cache.revision
      ? fromCache(call, selection, scope, options.limit)
      : await fromPast(call, selection, scope, options, revision);
  const { cached, last, left } = found;
  await prepareRead(call, cached);
  const plain = selection.matches === undefined;
  return {
    cached,
    revision,
    next: last === undefined ? '' : encodeContinue(last, call.served.cache!.prefix, revision),
    remaining: last === undefined || !plain ? undefined : left(),
  };
}

interface Scope {
  readonly prefix: string;
  readonly from: string;
}

interface Found {
  readonly cached: readonly Cached[];
  /** The last key of a page after which more follows. */
  readonly last: string | undefined;
  readonly left: () => number;
}

/** Keys of the namespace, or of all; a name narrows it to one. */
function scopeOf({ served, namespace }: Call, selection: Selection, { token }: ListOptions): Scope {
  const { prefix } = served.cache!;
  const inNamespace = namespace || selection.namespace;
  const narrowed = served.resource.namespaced && inNamespace ? `${prefix}${inNamespace}/` : prefix;
  const from = token ? prefix + token.from : narrowed;
  return { prefix: narrowed, from: from < narrowed ? narrowed : from };
}

function fromCache(
  call: Call,
  selection: Selection,
  { prefix, from }: Scope,
  limit: number,
): Found {
  const cache = call.served.cache!;
  if (cache.unreadable) throw untransformed(...cache.unreadable);
  const exact = exactly(call, selection, prefix);
  if (exact) return exact;
  const cached: Cached[] = [];
  let last: string | undefined;
  const { matches } = selection;
  cache.walk(from, (key, each) => {
    if (!key.startsWith(prefix)) return false;
    if (matches && !matches(objectOf(each))) return true;
    if (limit > 0 && cached.length === limit) {
      last = cached.at(-1)!.key;
      return false;
    }
    cached.push(each);
    return true;
  });
  // What later pages need is kept, so that they need not ask the store.
  if (last !== undefined) cache.snapshot(true);
  const left = (): number => cache.rank(`${prefix}\uffff`) - cache.rank(`${last}\0`);
  return { cached, last, left };
}

/** One name, or one value of an indexed field: no walk is needed. */
function exactly(call: Call, selection: Selection, prefix: string): Found | undefined {
  const cache = call.served.cache!;
  const { name, field, matches } = selection;
  const inScope = prefix !== cache.prefix || !call.served.resource.namespaced;
  const all =
    name && inScope
      ? [cache.get(prefix + name)].filter((each) => each !== undefined)
      : field && cache.by(field[0], field[1])?.filter(({ key }) => key.startsWith(prefix));
  if (!all) return undefined;
  const cached = matches ? all.filter((each) => matches(objectOf(each))) : all;
  return { cached, last: undefined, left: () => 0 };
}

async function fromPast(
  call: Call,
  selection: Selection,
  scope: Scope,
  options: ListOptions,
  revision: Revision,
): Promise<Found> {
  const kept = call.served.cache!.at(revision);
  const { limit } = options;
  const cached: Cached[] = [];
  const { matches } = selection;
  const wants = (each: Cached): boolean => !matches || matches(objectOf(each));
  if (kept) {
    await checkStands(call, scope, options, revision);
    for (const [key, each] of kept.entries(scope.from)) {
      if (!key.startsWith(scope.prefix)) break;
      if (!wants(each)) continue;
      if (limit > 0 && cached.length === limit) {
        const last = cached.at(-1)!.key;
        const left = (): number => kept.rank(`${scope.prefix}\uffff`) - kept.rank(`${last}\0`);
        return { cached, last, left };
      }
      cached.push(each);
    }
    return { cached, last: undefined, left: () => 0 };
  }
  return fromStore(call, scope, options, revision, wants);
}

/** What was kept here may have been compacted meanwhile: then it is too old, as everywhere. The store asks about any key. */
async function checkStands(
  { engine }: Call,
  { prefix }: Scope,
  { token }: ListOptions,
  revision: Revision,
): Promise<void> {
  try {
    await engine.storage.get(prefix, revision);
  } catch (error) {
    if (error instanceof Compacted) throw tooOld(token?.from);
    throw error;
  }
}

async function fromStore(
  { engine }: Call,
  scope: Scope,
  { limit, token }: ListOptions,
  revision: Revision,
  wants: (each: Cached) => boolean,
): Promise<Found> {
  const cached: Cached[] = [];
  let { from } = scope;
  try {
    for (;;) {
      const page = await engine.storage.list(scope.prefix, {
        from,
        limit: limit || pastPageMax,
        at: revision,
      });
      for (const [i, entry] of page.entries.entries()) {
        if (entry.unreadable) throw untransformed(entry.key, entry.unreadable);
        const each = fromEntry(entry);
        if (!wants(each)) continue;
        if (limit > 0 && cached.length === limit) {
          const left = page.entries.length - i + page.remaining;
          return { cached, last: cached.at(-1)!.key, left: () => left };
        }
        cached.push(each);
      }
      if (page.remaining === 0) return { cached, last: undefined, left: () => 0 };
      if (limit > 0 && cached.length === limit)
        return { cached, last: cached.at(-1)!.key, left: () => page.remaining };
      from = `${page.entries.at(-1)!.key}\0`;
    }
  } catch (error) {
    if (error instanceof Compacted) throw tooOld(token?.from);
    if (error instanceof FutureRevision) throw expired(tooOldText);
    throw error;
  }
}

/** A list with something that cannot be read in it cannot be shown. */
const untransformed = (key: string, why: Error): ApiError =>
  internalError(new Error(untransformedText(key, why), { cause: why }));

export const untransformedText = (key: string, why: Error): string =>
  `unable to transform key ${JSON.stringify(key)}: ${why.message}`;

const tooOldText = 'The resourceVersion for the provided list is too old.';
const inconsistentText =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without ' +
  'the continue parameter, or use the continue token in this response to retrieve the remainder of the results. ' +
  'Continuing with the provided token results in an inconsistent list - objects that were created, modified, or ' +
  'deleted between the time the first chunk was returned and now may show up in the list.';

/** 410; a list that was under way gets a token with which it may go on at the newest state. */
function tooOld(start: string | undefined): ApiError {
  if (start === undefined) return expired(tooOldText);
  const metadata = { continue: encodeStart(start, -1) };
  return new ApiError(410, 'Expired', inconsistentText, undefined, { metadata });
}

import type { KubeObject } from '@coxswain/api';
import type { Invariant } from './invariant.ts';

const revisionOf = (object: unknown): number =>
  Number((object as KubeObject | undefined)?.metadata?.resourceVersion ?? 0);

/** What was answered as written is in the store's log, at the revision that the answer names. */
export const noLostWrite: Invariant = {
  name: 'no lost write',
  watch: ({ model }) => ({
    *last() {
      for (const key of model.misspelt()) yield `the bytes of ${key} are not what was written`;
    },
    *answer({ call, parts }, { object }) {
      const { name, metadata } = (object ?? {}) as KubeObject & { name?: string };
      const { resource, subresource } = parts;
      const isStored = metadata?.uid && metadata.resourceVersion && call.method !== 'DELETE';
      if (call.method === 'GET' || call.query['dryRun'] || !isStored) return;
      const what = `${resource} ${metadata.name ?? name}${subresource ? `/${subresource}` : ''}`;
      const at = revisionOf(object);
      const isThere = model.writtenAt(at).some((key) => key.endsWith(`/${metadata.name}`));
      if (!isThere && at > model.first)
        yield `${call.method} of ${what} was answered with revision ${at}, at which it was not written`;
    },
  }),
};

/** Who changes an object as it was seen at a revision changes that revision, or gets a Conflict. */
export const noLostUpdate: Invariant = {
  name: 'no lost update',
  watch: () => ({
    *step({ key, before, now, request }) {
      if (!request || !before || !now || request.call.method !== 'PUT') return;
      const body = request.call.body as KubeObject;
      const seen = revisionOf(body);
      if (!key.endsWith(`/${body.metadata.name}`) || seen === 0) return;
      const { resource } = request.parts;
      if (seen !== before.revision && key.includes(`/${resource}/`))
        yield `${request.from} updated ${key} as seen at ${seen}, over what was written at ${before.revision}`;
    },
  }),
};

/** A read without a revision shows everything that was written before it was asked. */
export const noStaleRead: Invariant = {
  name: 'no stale read',
  watch: ({ model }) => ({
    *answer({ call, parts, since }, { object }) {
      if (call.method !== 'GET' || call.query['resourceVersion'] || call.query['watch']) return;
      const { resource, name, object: path } = parts;
      const at = revisionOf(object);
      if (name === undefined) {
        if (at > 0 && at < since && !call.query['continue'])
          yield `a list of ${resource} showed revision ${at} when ${since} was written`;
        return;
      }
      const key = [...model.kinds].includes(resource) && `/registry/${resource}/`;
      const place = path.includes('/namespaces/') ? `${path.split('/').at(-3)}/${name}` : name;
      const stored = key ? model.get(`${key}${place}`) : undefined;
      if (stored && stored.revision <= since && at > 0 && at < stored.revision)
        yield `a read of ${path} showed revision ${at} when ${stored.revision} was written`;
    },
  }),
};

/** What a deletion itself asks of the garbage collector; another deletion may ask otherwise. */
const isCollectors = /^(orphan|foregroundDeletion)$/;

/** An object goes only when nothing holds it, and only the one that was meant. */
export const deletionIsCareful: Invariant = {
  name: 'deletion is careful',
  watch: () => ({
    *step({ key, before, now, request }) {
      if (!before?.object || !request || request.call.method !== 'DELETE') return;
      const { call, from } = request;
      const { name } = request.parts;
      if (name === undefined || !key.endsWith(`/${name}`)) return;
      const { finalizers = [], uid } = before.object.metadata;
      const wanted = (call.body as { preconditions?: { uid?: string } } | undefined)?.preconditions;
      if (wanted?.uid && wanted.uid !== uid)
        yield `${from} asked to delete ${key} of uid ${wanted.uid}, and ${uid} was`;
      const left = now?.object?.metadata.finalizers ?? [];
      const lost = finalizers.filter((each) => !left.includes(each) && !isCollectors.test(each));
      if (lost.length > 0) yield `${from} deleted ${key}, which ${lost.join(', ')} still held`;
    },
  }),
};

/** Names are held by one object at a time; generations and ends are never taken back. */
export const historyGoesForward: Invariant = {
  name: 'history goes forward',
  watch: () => ({
    *step({ key, before, now, request }) {
      if (!before?.object || !now?.object) return;
      const [was, is] = [before.object.metadata, now.object.metadata];
      const who = request?.from ?? 'the server';
      if (was.uid !== is.uid) yield `${who} put ${is.uid} in the place of ${was.uid} at ${key}`;
      if ((is.generation ?? 0) < (was.generation ?? 0))
        yield `${who} took ${key} from generation ${was.generation} back to ${is.generation}`;
      if (was.deletionTimestamp && !is.deletionTimestamp)
        yield `${who} undid the deletion of ${key}`;
    },
  }),
};

const mistakes = /^(Type|Range|Reference|Syntax|Assertion)Error/;

/** Whatever goes wrong, components meet it as something that can happen. */
export const noSurprise: Invariant = {
  name: 'no surprise',
  watch: () => ({
    *log({ component, message, fields }) {
      const error = String(fields['error'] ?? '');
      if (mistakes.test(error)) yield `${component}: ${message}: ${error}`;
    },
  }),
};

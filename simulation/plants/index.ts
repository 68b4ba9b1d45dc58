import type { ApiAnswer, ApiCall, KubeObject } from '@coxswain/api';
import type { EndpointSlice } from '@coxswain/api/types/discovery-v1';
import type { Cache } from '@coxswain/client';
import type { Storage } from '@coxswain/storage';
import { partsOf } from '../scene/requests.ts';
import { every, isAbout, onCalls, onWatches, type Plant } from './plant.ts';

type Body = KubeObject & { readonly preconditions?: object };
const bodyOf = (call: ApiCall): Body => call.body as Body;

const isBookmark = (type: string): boolean => type === 'BOOKMARK';

const lostEvent: Plant = {
  name: 'lost event',
  mistake: 'a watch now and then forgets to pass a change on',
  plant() {
    const isLost = every(150);
    return {
      handle: onWatches((batch) => batch.filter(({ type }) => type !== 'MODIFIED' || !isLost())),
    };
  },
};

const missedDeletion: Plant = {
  name: 'missed deletion',
  mistake: 'a watch now and then forgets that something went',
  plant() {
    const isLost = every(20);
    return {
      handle: onWatches((batch) => batch.filter(({ type }) => type !== 'DELETED' || !isLost())),
    };
  },
};

const resumedTooLate: Plant = {
  name: 'resumed too late',
  mistake: 'a watch that goes on after a break leaves out what came in between',
  plant: () => ({
    handle: (next) => async (call) => {
      const { watch, resourceVersion: from } = call.query;
      if (watch !== 'true' || from === undefined) return next(call);
      const list = await next({ ...call, query: { limit: '1' } });
      const { resourceVersion = from } = (list.object as KubeObject).metadata;
      return next({ ...call, query: { ...call.query, resourceVersion } });
    },
  }),
};

const swappedEvents: Plant = {
  name: 'swapped events',
  mistake: 'two changes that come together are told in the wrong order',
  plant: () => ({
    handle: onWatches((batch) =>
      batch.some(({ type }) => isBookmark(type)) ? batch : batch.toReversed(),
    ),
  }),
};

const staleRead: Plant = {
  name: 'stale read',
  mistake: 'reads are answered from what was read some time ago',
  plant() {
    const known = new Map<string, { readonly answer: ApiAnswer; asked: number }>();
    return {
      handle: (next) => async (call) => {
        if (call.method !== 'GET' || call.query['watch']) return next(call);
        const id = `${call.path}?${new URLSearchParams(call.query).toString()}`;
        const old = known.get(id);
        if (old && old.asked++ < 3) return old.answer;
        const answer = await next(call);
        known.set(id, { answer, asked: 0 });
        return answer;
      },
    };
  },
};

const doubleCreate: Plant = {
  name: 'double create',
  mistake: 'a create is now and then sent twice, as if it were safe to repeat',
  plant() {
    const isTwice = every(25);
    return {
      handle: (next) => async (call) => {
        const answer = await next(call);
        if (isAbout(call, 'POST', 'pods') && isTwice()) await next(call).catch(() => {});
        return answer;
      },
    };
  },
};

const skippedConflictCheck: Plant = {
  name: 'skipped conflict check',
  mistake: 'an update is taken whatever was seen before',
  plant: () => ({
    handle: onCalls((call) => {
      if (call.method !== 'PUT' || partsOf(call.path).resource === 'leases') return call;
      const { metadata, ...rest } = bodyOf(call);
      return { ...call, body: { ...rest, metadata: { ...metadata, resourceVersion: undefined } } };
    }),
  }),
};

const forgottenExpectation: Plant = {
  name: 'forgotten expectation',
  mistake: 'controllers do not wait until they see what they wrote themselves',
  plant: () => ({
    informers: (informers) => ({
      ...informers,
      of: (resource, selection) => careless(informers.of(resource, selection)),
    }),
  }),
};

/** Says of everything that it is in the cache. One for each cache. */
const careless = <T extends KubeObject>(cache: Cache<T>): Cache<T> => {
  const known = carelessOnes.get(cache);
  if (known) return known as Cache<T>;
  const made = new Proxy(cache, {
    get(target, name) {
      if (name === 'has') return () => true;
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
  carelessOnes.set(cache, made);
  return made;
};
const carelessOnes = new WeakMap<object, object>();

const ignoredFinalizer: Plant = {
  name: 'ignored finalizer',
  mistake: 'a deletion takes what somebody still holds',
  plant: () => ({
    handle: (next) => async (call) => {
      if (isAbout(call, 'DELETE', 'pods') && partsOf(call.path).name) {
        const body = { metadata: { finalizers: null } };
        const patchType = 'application/merge-patch+json';
        const patch = { ...call, method: 'PATCH', query: {}, body, patchType } as const;
        await next(patch).catch(() => {});
      }
      return next(call);
    },
  }),
};

const skippedBudget: Plant = {
  name: 'skipped budget',
  mistake: 'an eviction deletes without asking the budget',
  plant: () => ({
    handle: (next) => (call) =>
      isAbout(call, 'POST', 'pods', 'eviction')
        ? next({
            ...call,
            method: 'DELETE',
            path: call.path.replace(/\/eviction$/, ''),
            body: undefined,
          })
        : next(call),
  }),
};

const lostWrite: Plant = {
  name: 'lost write',
  mistake: 'the store now and then answers before it has kept anything',
  plant() {
    const isLost = every(200);
    return {
      storage: (storage) =>
        around(storage, {
          async commit(changes, by) {
            const isObject = changes.some((each) => 'put' in each && each.put.includes('/pods/'));
            if (!isObject || !isLost()) return storage.commit(changes, by);
            return { done: true, revision: await storage.current() };
          },
        }),
    };
  },
};

const around = (storage: Storage, change: Partial<Storage>): Storage =>
  new Proxy(storage, {
    get(target, name) {
      if (name in change) return Reflect.get(change, name) as unknown;
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });

const hastyEndpoints: Plant = {
  name: 'hasty endpoints',
  mistake: 'a Service leads to pods that are not ready',
  plant: () => ({
    handle: onCalls((call) => {
      const isWrite = call.method === 'POST' || call.method === 'PUT';
      if (!isWrite || partsOf(call.path).resource !== 'endpointslices') return call;
      const { endpoints, ...rest } = call.body as EndpointSlice;
      const all = endpoints?.map((each) => ({ ...each, conditions: { ready: true } }));
      return { ...call, body: { ...rest, endpoints: all } };
    }),
  }),
};

/** The bugs that the simulation is tested with. */
export const plants: readonly Plant[] = [
  ...[lostEvent, missedDeletion, resumedTooLate, swappedEvents, staleRead, doubleCreate],
  ...[skippedConflictCheck, forgottenExpectation, ignoredFinalizer],
  ...[skippedBudget, lostWrite, hastyEndpoints],
];

import type { Resource } from '@coxswain/api';
import type { Clock, World } from '@coxswain/base';
import type { Admission } from '../admission/plugin.ts';
import { admissionSeconds, requestSeconds } from './buckets.ts';

/** What is counted of each write beside its request: the store's part, and admission's. */
export interface WriteFigures {
  /** Runs a write to the store, under upstream's names for those to etcd. */
  stored<T>(
    operation: 'create' | 'update' | 'delete',
    of: Resource,
    write: () => Promise<T>,
  ): Promise<T>;
  /** Runs one step of admission over all its plugins. */
  admitted<T>(
    type: 'admit' | 'validate',
    operation: Admission['operation'],
    step: () => Answer<T>,
  ): Answer<T>;
}

/** There at once where nothing has to be waited for. */
export type Answer<T> = T | Promise<T>;

const kept = new WeakMap<World, WriteFigures>();

/** The same figures for every write of a world's server. */
export function writeFigures(world: World): WriteFigures {
  const known = kept.get(world);
  if (known) return known;
  const made = makeFigures(world);
  kept.set(world, made);
  return made;
}

function makeFigures({ metrics, clock }: World): WriteFigures {
  const labels = ['group', 'operation', 'resource'] as const;
  const count = (name: string, help: string) =>
    metrics.counter({ name: `etcd_${name}`, labels, help, stability: 'ALPHA' });
  const requests = count('requests_total', 'Writes to the store.');
  const errors = count('request_errors_total', 'Writes to the store that failed.');
  const seconds = metrics.histogram({
    ...{ name: 'etcd_request_duration_seconds', labels, stability: 'ALPHA' },
    ...{ buckets: requestSeconds.slice(0, -2), help: 'Time of one write to the store.' },
  });
  const steps = metrics.histogram({
    name: 'apiserver_admission_step_admission_duration_seconds',
    ...{ labels: ['operation', 'rejected', 'type'], stability: 'STABLE' },
    ...{ buckets: admissionSeconds, help: 'Time of all admission plugins, by step.' },
  });
  // What all but a few writes are told by is looked up once.
  const figuresOf = remembered(({ group, resource }: Resource, operation) => {
    const names = [group, operation, resource] as const;
    const observe = seconds.of(...names);
    const end: Tell = (took, error) => {
      observe(took);
      if (error !== undefined) errors.add(1, ...names);
    };
    return { count: requests.of(...names), end };
  });
  const stepOf = remembered((type: { readonly name: string }, operation): Tell => {
    const pass = steps.of(operation, 'false', type.name);
    return (took, error) =>
      error === undefined ? pass(took) : steps.observe(took, operation, 'true', type.name);
  });
  return {
    stored(operation, of, write) {
      const { count, end } = figuresOf(of, operation);
      count(1);
      return timed(clock, write, end);
    },
    admitted: (type, operation, step) => timed(clock, step, stepOf(types[type], operation)),
  };
}

const types = { admit: { name: 'admit' }, validate: { name: 'validate' } } as const;

/** `make`, once for each thing and operation. */
function remembered<K extends object, T>(
  make: (of: K, operation: string) => T,
): (of: K, operation: string) => T {
  const made = new WeakMap<K, Map<string, T>>();
  return (of, operation) => {
    const known = made.get(of)?.get(operation);
    if (known !== undefined) return known;
    const fresh = make(of, operation);
    const mine = made.get(of) ?? new Map<string, T>();
    made.set(of, mine.set(operation, fresh));
    return fresh;
  };
}

type Tell = (seconds: number, error: unknown) => void;

function timed<T>(clock: Clock, job: () => Promise<T>, tell: Tell): Promise<T>;
function timed<T>(clock: Clock, job: () => Answer<T>, tell: Tell): Answer<T>;
function timed<T>(clock: Clock, job: () => Answer<T>, tell: Tell): Answer<T> {
  const sinceMs = clock.now();
  const done = (value: T): T => {
    tell((clock.now() - sinceMs) / 1000, undefined);
    return value;
  };
  const failed = (error: unknown): never => {
    tell((clock.now() - sinceMs) / 1000, error);
    throw error;
  };
  let answer: Answer<T>;
  try {
    answer = job();
  } catch (error) {
    return failed(error);
  }
  return answer instanceof Promise ? answer.then(done, failed) : done(answer);
}

import { ApiError } from '@coxswain/api';
import type { Client } from '@coxswain/client';
import { durationMs } from '../testing/duration.ts';
import type { AnyObject, NamedKinds } from './kinds.ts';
import { namespaceDefault } from './objects.ts';
import type { InNamespace, KindName } from './options.ts';
import type { Time } from './time.ts';

const timeoutDefault = '5m';

/** What waiting needs of the cluster. */
interface WaitParts {
  readonly client: Client;
  readonly kinds: NamedKinds;
  readonly time: Time;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** Looks after each instant until the object is as `is` says. */
export async function waitFor(
  kind: KindName,
  name: string,
  is: string | ((object: AnyObject) => boolean),
  { namespace = namespaceDefault, timeout = timeoutDefault }: InNamespace & { timeout?: string },
  { client, kinds, time, now, signal }: WaitParts,
): Promise<AnyObject | undefined> {
  const look = async (): Promise<AnyObject | undefined> => {
    try {
      return await client.get(kinds.resource(kind), name, { namespace, signal });
    } catch (error) {
      if (error instanceof ApiError && error.code === 404) return undefined;
      throw error;
    }
  };
  const isThere = is === 'deleted' ? (object?: AnyObject) => !object : checkOf(is);
  const untilMs = now() + durationMs(timeout);
  await time.settle();
  for (let object = await look(); ; object = await look()) {
    if (isThere(object)) return object;
    if (await time.pass(untilMs)) continue;
    const wish = typeof is === 'string' ? is : 'as it should be';
    const what = object ? `it is ${JSON.stringify(object['status'] ?? object)}` : 'it is not there';
    const word = typeof kind === 'string' ? kind : kind.kind;
    throw new Error(`${word} ${namespace}/${name} is not ${wish} after ${timeout}: ${what}`);
  }
}

interface Condition {
  readonly type: string;
  readonly status: string;
}

const checkOf =
  (is: string | ((object: AnyObject) => boolean)) =>
  (object?: AnyObject): boolean => {
    if (!object) return false;
    if (typeof is === 'function') return is(object);
    const conditions: readonly Condition[] = object['status']?.conditions ?? [];
    return conditions.some(({ type, status }) => type === is && status === 'True');
  };

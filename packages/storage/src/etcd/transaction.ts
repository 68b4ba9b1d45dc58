import { keyOf } from '../check.ts';
import type { Author, Change, Entry, Revision } from '../storage.ts';
import { type Keys, LazyEntry, type ValueForm } from './form.ts';
import type { Answers, Int64 } from './messages.ts';
import { encodeRecord, nameRecord, recordedBytesMax } from './records.ts';

/** A change with what etcd is to hold for it. */
export interface Prepared {
  readonly change: Change;
  readonly expect: Revision | undefined;
  readonly stored: Uint8Array; // empty for removals
  readonly lease: Int64;
}

export interface Writing {
  readonly keys: Keys;
  readonly by: Author;
  readonly atMs: number;
  readonly random: () => number;
  readonly forgets: (key: string) => boolean;
}

const equal = 0;
const modRevision = 2;
const empty = new Uint8Array();

/** One transaction of etcd: the changes and what is recorded of them, where all expectations hold. */
export function transactionOf(changes: readonly Prepared[], writing: Writing): object {
  const { keys } = writing;
  const expected = changes.filter(({ expect }) => expect !== undefined);
  const name = ({ change }: Prepared): Buffer => Buffer.from(keys.of(keyOf(change)));
  return {
    compare: expected.map((prepared) => ({
      ...{ result: equal, target: modRevision, key: name(prepared) },
      modRevision: prepared.expect,
    })),
    success: changes.flatMap((prepared) => operations(prepared, writing)),
    failure: expected.map((prepared) => ({ requestRange: { key: name(prepared) } })),
  };
}

function operations({ change, expect, stored, lease }: Prepared, writing: Writing): object[] {
  const key = keyOf(change);
  const removed = 'remove' in change;
  // Nothing stands there, and nothing is to.
  if (removed && expect === 0) return [];
  const { keys, by, atMs, random, forgets } = writing;
  const name = Buffer.from(keys.of(key));
  const put = removed
    ? { requestDeleteRange: { key: name } }
    : { requestPut: { key: name, value: stored, lease } };
  const records = keys.records(key);
  const record = { by, atMs: Math.round(atMs), removed };
  if (forgets(key)) {
    const own = Buffer.from(records);
    if (removed) return [put, { requestDeleteRange: { key: own } }];
    const value = encodeRecord({ ...record, stored: empty });
    return [put, { requestPut: { key: own, value, lease } }];
  }
  const kept = stored.length > recordedBytesMax ? empty : stored;
  const bytes = key.length + (removed ? 0 : change.value.length);
  const own = records + nameRecord({ atMs, bytes, removed }, random());
  const value = encodeRecord({ ...record, stored: kept });
  return [put, { requestPut: { key: Buffer.from(own), value } }];
}

/** The first expectation of `changes` that did not hold, and what stood there. */
export function firstRefused(
  changes: readonly Prepared[],
  { responses }: Answers['txn'],
  form: ValueForm,
): { readonly change: Change; readonly found: Entry | undefined } {
  const expected = changes.filter(({ expect }) => expect !== undefined);
  for (const [i, { change, expect }] of expected.entries()) {
    const [kv] = responses[i]!.responseRange!.kvs;
    const found = kv && new LazyEntry(keyOf(change), kv, form);
    if ((found?.revision ?? 0) !== expect) return { change, found };
  }
  throw new Error('etcd refused a transaction whose expectations hold');
}

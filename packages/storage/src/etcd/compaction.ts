import type { Revision } from '../storage.ts';
import { type KeyValue, numberOf } from './messages.ts';
import { EtcdError, type EtcdWire } from './wire.ts';

/** Upstream's key: its value is the last revision compacted to, its version the turn of those who compact. */
const turnKey = Buffer.from('compact_rev_key');
const equal = 0;
const version = 0;

/** Compacts in turn with all servers of one etcd, upstream's among them: who sees another's turn leaves it at that. */
export class Compaction {
  readonly #wire: EtcdWire;
  #turn = 0;

  constructor(wire: EtcdWire) {
    this.#wire = wire;
  }

  /** Where the watch horizon stands; 0 when nobody compacted yet. */
  async horizon(): Promise<Revision> {
    const { kvs } = await this.#wire.read('range', { key: turnKey });
    return this.#learn(kvs[0]);
  }

  /** Compacts up to `before`; answers the horizon that stands then. */
  async run(before: Revision): Promise<Revision> {
    const { succeeded, responses } = await this.#wire.call('txn', {
      compare: [{ result: equal, target: version, key: turnKey, version: this.#turn }],
      success: [{ requestPut: { key: turnKey, value: Buffer.from(String(before)) } }],
      failure: [{ requestRange: { key: turnKey } }],
    });
    if (!succeeded) return this.#learn(responses[0]!.responseRange!.kvs[0]);
    this.#turn++;
    try {
      await this.#wire.call('compact', { revision: before });
    } catch (error) {
      if (!(error instanceof EtcdError) || !isCompacted(error)) throw error;
    }
    return before;
  }

  #learn(kv: KeyValue | undefined): Revision {
    this.#turn = kv ? numberOf(kv.version) : 0;
    return kv ? Number(Buffer.from(kv.value).toString()) || 0 : 0;
  }
}

/** etcd has let go of the revision asked for. */
export const isCompacted = ({ message }: Error): boolean =>
  message.endsWith('required revision has been compacted');

/** The revision asked for has not been written yet. */
export const isFuture = ({ message }: Error): boolean =>
  message.endsWith('required revision is a future revision');

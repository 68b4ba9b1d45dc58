/** The thread that owns the file: does jobs in order, syncs those that came together at once, answers then. */
import { statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { type Failure, failureOf, StoreFailedError } from './errors.ts';
import { type Carry, Ledger } from './ledger.ts';
import type { Answer, Answers, Job, Opened, Request, Response, Setup } from './messages.ts';
import { Reader } from './reader.ts';
import { openDatabase, pageBytes } from './schema.ts';
import { Trimmer } from './trim.ts';
import { pack, unpack } from './values.ts';

/**
 * Bytes of values after which the log is copied into the file, behind an answer: at least, at most, and by the size of the file
 * between them. Writes of a large store fall on pages all over it: the longer the log, the more of them fall on the same.
 */
const [checkpointBytesMin, checkpointBytesMax, checkpointShare] = [4 * 2 ** 20, 2 ** 26, 1 / 32];
/** Most bytes of the log, but for what comes between two looks: it holds whole pages, twenty times the values where they come singly. */
const logBytesMax = 2 ** 28;
/** What a job writes beside its values, roughly. */
const jobBytes = 500;

const port = parentPort!;
const { path, retention } = workerData as Setup;

type Values = readonly (readonly Uint8Array[])[];

class Thread {
  readonly #db: DatabaseSync;
  readonly #ledger: Ledger;
  readonly #reader: Reader;
  readonly #trimmer: Trimmer;
  #unsaved = 0; // bytes since the last checkpoint
  #lookAt = checkpointBytesMin;
  #failure: Failure | undefined; // why nothing more is written

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#ledger = new Ledger(db, retention);
    this.#reader = new Reader(db, this.#ledger);
    this.#trimmer = new Trimmer(db, this.#ledger);
  }

  get opened(): Opened {
    const { current, horizon } = this.#ledger.state;
    return { current, horizon, nextDueMs: this.#ledger.nextDueMs() };
  }

  answer({ jobs, buffers }: Exclude<Request, 'close'>): Response {
    const values = valuesOf(jobs, buffers);
    const writes = jobs.some(isWrite);
    if (writes && this.#failure) return this.#run(jobs, values, this.#failure);
    if (!writes) return this.#run(jobs, values);
    try {
      this.#db.exec('BEGIN IMMEDIATE');
      const response = this.#run(jobs, values);
      this.#ledger.writeState();
      this.#db.exec('COMMIT'); // returns when synced
      for (const buffer of buffers) this.#unsaved += buffer.byteLength;
      this.#unsaved += jobs.length * jobBytes;
      return response;
    } catch (error) {
      const failure = failureOf(error);
      // After a failed sync nobody knows what the disk holds; only a full disk is known to have refused.
      if (failure.kind !== 'full') this.#failure = failure;
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      this.#ledger.forget();
      return this.#run(jobs, values, failure);
    }
  }

  /** Copies the log into the file now and then. A full disk leaves all in the log, where it is safe. */
  checkpoint(): void {
    if (this.#unsaved < this.#lookAt) return;
    this.#lookAt = this.#unsaved + checkpointBytesMin;
    try {
      const share = Math.max(statSync(path).size * checkpointShare, checkpointBytesMin);
      const isDue = this.#unsaved >= Math.min(share, checkpointBytesMax);
      if (!isDue && this.#log('NOOP') < logBytesMax) return;
      this.#log('PASSIVE');
      this.#unsaved = 0;
      this.#lookAt = checkpointBytesMin;
    } catch (error) {
      const failure = failureOf(error);
      if (failure.kind !== 'full') this.#failure = failure;
    }
  }

  /** Does what is said with the log, and how many bytes it has. */
  #log(mode: 'NOOP' | 'PASSIVE'): number {
    const { log } = this.#db.prepare(`PRAGMA wal_checkpoint(${mode})`).get() as { log: number };
    return log * pageBytes;
  }

  close(): void {
    this.#db.close();
  }

  /** Does the jobs in order; with `refusal`, only the reads. */
  #run(jobs: readonly Job[], values: Values, refusal?: Failure): Response {
    const carried: Uint8Array[] = [];
    const answers = jobs.map((job, index) =>
      refusal && isWrite(job) ? { failure: refusal } : this.#answer(job, values[index]!, carried),
    );
    return { answers, buffers: pack(carried) };
  }

  /** What a caller asked wrongly is answered so; any other failure of a write ends the whole batch. */
  #answer(job: Job, values: readonly Uint8Array[], carried: Uint8Array[]): Answer {
    const before = carried.length;
    try {
      return { value: this.#do(job, values, (value) => carried.push(value)) };
    } catch (error) {
      carried.length = before;
      const failure = failureOf(error);
      const asked = failure.kind === 'compacted' || failure.kind === 'future';
      if (!asked && isWrite(job)) throw error;
      return { failure };
    }
  }

  #do(job: Job, values: readonly Uint8Array[], carry: Carry): Answers[Job['do']] {
    switch (job.do) {
      case 'commit':
        return this.#ledger.commit(job.changes, values, job.by, job.atMs, carry);
      case 'sweep':
        return this.#ledger.sweep(job.nowMs, carry);
      case 'compact':
        return this.#trimmer.compact(job.before);
      case 'trim':
        return this.#trimmer.step(job.nowMs);
      case 'get':
        return this.#reader.get(job.key, job.at, carry);
      case 'list':
        return this.#reader.list(job.prefix, job.from, job.limit, job.at, carry);
      case 'count':
        return this.#reader.count(job.prefix);
      case 'events':
        return this.#reader.events(job.after, carry);
      case 'history':
        return this.#reader.history(job.key, job.from, carry);
      case 'bytes':
        return bytesOnDisk();
    }
  }
}

/** The file and its log. */
const bytesOnDisk = (): number =>
  statSync(path).size + (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0);

const isWrite = ({ do: name }: Job): boolean =>
  name === 'commit' || name === 'sweep' || name === 'compact' || name === 'trim';

function valuesOf(jobs: readonly Job[], buffers: readonly ArrayBuffer[]): Values {
  const take = unpack(buffers);
  return jobs.map((job) =>
    job.do === 'commit' ? job.changes.map(({ length }) => take(Math.max(0, length))) : [],
  );
}

function serve(thread: Thread): void {
  port.on('message', (request: Request) => {
    if (request === 'close') {
      thread.close();
      port.close();
      return;
    }
    const response = thread.answer(request);
    port.postMessage(response, response.buffers as ArrayBuffer[]);
    thread.checkpoint();
  });
}

try {
  const thread = new Thread(openDatabase(path));
  port.postMessage(thread.opened);
  serve(thread);
} catch (error) {
  const unknown = !(error as { errcode?: number }).errcode && !(error instanceof Error);
  port.postMessage({ failure: failureOf(unknown ? new StoreFailedError(String(error)) : error) });
  port.close();
}

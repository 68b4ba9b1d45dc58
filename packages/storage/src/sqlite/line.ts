import { type Worker } from 'node:worker_threads';
import type { World } from '@coxswain/base';
import { StoreClosed } from '../storage.ts';
import { errorOf, StoreFailedError } from './errors.ts';
import type { Answer, Answers, Job, Opened, Request, Response } from './messages.ts';
import { pack, unpack } from './values.ts';

/** Gives the values of an answer's entries, in order, by their lengths. */
export type Take = (length: number) => Uint8Array;

interface Pending {
  readonly job: Job;
  readonly values: readonly Uint8Array[];
  readonly answered: (answer: Answer, take: Take) => void;
  readonly failed: (error: unknown) => void;
}

/** Most jobs, and most bytes of values, that go into one message and so into one sync. */
const batchJobsMax = 512;
const batchBytesMax = 4 * 2 ** 20;
/** Messages under way: while one is synced, the next is already there. */
const batchesMax = 2;
/** Jobs that wait for their message; past it new ones are refused. */
const pendingMax = 100_000;

/** The line to the worker: what is asked within one turn goes in one message, answers come back in order. */
export class Line {
  readonly #worker: Worker;
  readonly #world: World;
  readonly #settled: () => void;
  #pending: Pending[] = [];
  readonly #sent: { readonly batch: readonly Pending[]; readonly work: Disposable }[] = [];
  #scheduled = false;
  #ended: Error | undefined;
  #exited: Promise<void>;

  /** `settled` is called when a batch of answers was handed out. */
  constructor(worker: Worker, world: World, settled: () => void) {
    this.#worker = worker;
    this.#world = world;
    this.#settled = settled;
    worker.on('message', (response: Response) => this.#receive(response));
    worker.on('error', (cause) =>
      this.#end(new StoreFailedError('store worker failed', { cause })),
    );
    this.#exited = new Promise((resolve) => {
      worker.on('exit', () => {
        this.#end(new StoreFailedError('store worker ended'));
        resolve();
      });
    });
  }

  /**
   * Asks for `job`. `decode` runs as soon as the answer is there, in the order of asking and before anyone
   * who awaits an answer of the same batch.
   */
  ask<Name extends Job['do'], T>(
    job: Job & { readonly do: Name },
    values: readonly Uint8Array[],
    decode: (answer: Answers[Name], take: Take) => T,
  ): Promise<T> {
    if (this.#ended) return Promise.reject(this.#ended);
    if (this.#pending.length >= pendingMax)
      return Promise.reject(new RangeError(`more than ${pendingMax} jobs wait for the store`));
    return new Promise((resolve, failed) => {
      const answered = (answer: Answer, take: Take): void => {
        if ('failure' in answer) failed(errorOf(answer.failure));
        else resolve(decode(answer.value as Answers[Name], take));
      };
      this.#pending.push({ job, values, answered, failed });
      if (this.#scheduled) return;
      this.#scheduled = true;
      queueMicrotask(() => {
        this.#scheduled = false;
        this.#send();
      });
    });
  }

  /** Lets everything asked so far be done, then closes the file. */
  async close(): Promise<void> {
    if (!this.#ended) {
      this.#send(Infinity);
      this.#ended = new StoreClosed();
      const request: Request = 'close';
      this.#worker.postMessage(request, []);
    }
    await this.#exited;
  }

  #send(batches = batchesMax): void {
    while (this.#pending.length > 0 && this.#sent.length < batches) {
      let bytes = 0;
      let length = 0;
      for (
        ;
        length < this.#pending.length && length < batchJobsMax && bytes < batchBytesMax;
        length++
      )
        for (const value of this.#pending[length]!.values) bytes += value.length;
      const batch = this.#pending.splice(0, length);
      const buffers = pack(batch.flatMap(({ values }) => values));
      this.#sent.push({ batch, work: this.#world.work.begin() });
      const request: Request = { jobs: batch.map(({ job }) => job), buffers };
      this.#worker.postMessage(request, buffers);
    }
  }

  #receive({ answers, buffers }: Response): void {
    const { batch, work } = this.#sent.shift()!;
    const take = unpack(buffers);
    for (const [index, pending] of batch.entries()) pending.answered(answers[index]!, take);
    this.#settled();
    if (!this.#ended) this.#send();
    // Those who await an answer come first, so that what they ask next is counted before this ends.
    queueMicrotask(() => work[Symbol.dispose]());
  }

  #end(error: Error): void {
    this.#ended ??= error;
    const left = [...this.#sent.flatMap(({ batch }) => batch), ...this.#pending];
    for (const { work } of this.#sent.splice(0)) work[Symbol.dispose]();
    this.#pending = [];
    for (const { failed } of left) failed(error);
  }
}

/** The worker's first message, or why there is none. */
export function openedBy(worker: Worker): Promise<Opened> {
  return new Promise((resolve, reject) => {
    worker.once('message', (opened: Opened) => {
      worker.off('error', reject);
      resolve(opened);
    });
    worker.once('error', reject);
  });
}

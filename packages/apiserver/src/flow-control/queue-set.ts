import { hand } from './hand.ts';

/** Seconds of a seat that a request is taken to need until it has shown better, as upstream guesses. */
const guessSeconds = 0.003;

/** Why a request was not served; the words of the metric's label. */
export type Rejection = 'queue-full' | 'concurrency-limit' | 'time-out' | 'cancelled';

/** The reason of a signal that ends a wait which took too long. */
export const waitedTooLong: Error = new Error('waited too long for a seat');

/** One request as the queues see it. */
export interface Ticket {
  readonly schema: string;
  readonly flow: string;
  /** What it takes while it is worked on, at its widest. */
  readonly seats: number;
  readonly arrivedMs: number;
}

export interface Pending {
  readonly ticket: Ticket;
  readonly admit: (seat: Seat) => void;
}

export interface Queue {
  readonly waiting: Pending[];
  /** Virtual time at which its next request would begin. */
  nextR: number;
  executing: number;
  seatsInUse: number;
  seatsWaiting: number;
}

/** A place among those that are worked on; `end` gives it back. */
export interface Seat {
  readonly queue: Queue | undefined;
  readonly startedMs: number;
}

/** How long one waits: `signal` ends it, `timer` is given back when the wait is over. */
export interface Patience {
  readonly signal: AbortSignal;
  readonly timer: Disposable;
}

export interface QueueRules {
  readonly queues: number;
  readonly handSize: number;
  readonly lengthMax: number;
}

/**
 * Fair queueing by virtual time: each flow has a few of the queues, a request goes into the shortest of them, and the
 * queue whose next request would have ended first goes first. Nothing waits while there are seats.
 */
export class QueueSet {
  #rules: QueueRules | undefined;
  #queues: Queue[] = [];
  #limit: number;
  #seatsInUse = 0;
  #r = 0;
  #rAtMs: number;
  executing = 0;
  waiting = 0;

  constructor(rules: QueueRules | undefined, limit: number, nowMs: number) {
    this.#limit = limit;
    this.#rAtMs = nowMs;
    this.configure(rules);
  }

  get seatsInUse(): number {
    return this.#seatsInUse;
  }

  get limit(): number {
    return this.#limit;
  }

  get r(): number {
    return this.#r;
  }

  /** The queues in their order, for those who look. */
  get queues(): readonly Queue[] {
    return this.#queues;
  }

  /** Other rules; queues that go keep what waits in them until it has been served. */
  configure(rules: QueueRules | undefined): void {
    this.#rules = rules;
    const wanted = rules?.queues ?? 0;
    while (this.#queues.length < wanted) this.#queues.push(emptyQueue());
    while (this.#queues.length > wanted && isIdle(this.#queues.at(-1)!)) this.#queues.pop();
  }

  /** Another limit; what waits may begin now. */
  setLimit(limit: number, nowMs: number): void {
    this.#advance(nowMs);
    this.#limit = limit;
    this.#dispatch(nowMs);
  }

  /** A seat at once, a promise of one, or why there is none. */
  enter(
    ticket: Ticket,
    nowMs: number,
    patience: () => Patience,
  ): Seat | Rejection | Promise<Seat | Rejection> {
    this.#advance(nowMs);
    const rules = this.#rules;
    if (!rules) {
      if (!this.#fits(ticket.seats)) return 'concurrency-limit';
      return this.#begin(ticket, undefined, nowMs);
    }
    const queue = this.#queueFor(ticket, rules);
    if (this.waiting === 0 && this.#fits(ticket.seats)) {
      if (isIdle(queue)) queue.nextR = this.#r;
      return this.#begin(ticket, queue, nowMs);
    }
    if (queue.waiting.length >= rules.lengthMax) return 'queue-full';
    return this.#wait(ticket, queue, patience());
  }

  /** Gives a seat back; who waits longest by virtual time goes next. */
  end({ seats }: Ticket, { queue, startedMs }: Seat, nowMs: number): void {
    this.#advance(nowMs);
    this.executing--;
    this.#seatsInUse -= seats;
    if (queue) {
      queue.executing--;
      queue.seatsInUse -= seats;
      queue.nextR -= (guessSeconds - (nowMs - startedMs) / 1000) * seats;
    }
    this.#dispatch(nowMs);
  }

  #queueFor({ schema, flow, seats }: Ticket, { queues, handSize }: QueueRules): Queue {
    let best: Queue | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const at of hand(`${schema}\0${flow}`, queues, handSize)) {
      const queue = this.#queues[at]!;
      const work = queue.seatsInUse + queue.seatsWaiting + seats;
      if (work < least) [best, least] = [queue, work];
    }
    return best!;
  }

  /** More than there is of seats at all gets through when nobody else is at work. */
  #fits(seats: number): boolean {
    if (seats > this.#limit) return this.#limit > 0 && this.#seatsInUse === 0;
    return this.#seatsInUse + seats <= this.#limit;
  }

  #begin({ seats }: Ticket, queue: Queue | undefined, nowMs: number): Seat {
    this.executing++;
    this.#seatsInUse += seats;
    if (queue) {
      queue.executing++;
      queue.seatsInUse += seats;
      queue.nextR += guessSeconds * seats;
    }
    return { queue, startedMs: nowMs };
  }

  #wait(ticket: Ticket, queue: Queue, { signal, timer }: Patience): Promise<Seat | Rejection> {
    if (signal.aborted) return Promise.resolve<Rejection>('cancelled');
    const { promise, resolve } = Promise.withResolvers<Seat | Rejection>();
    const leave = (): void => {
      timer[Symbol.dispose]();
      queue.waiting.splice(queue.waiting.indexOf(pending), 1);
      queue.seatsWaiting -= ticket.seats;
      this.waiting--;
      resolve(signal.reason === waitedTooLong ? 'time-out' : 'cancelled');
      this.#dispatch(this.#rAtMs);
    };
    const admit = (seat: Seat): void => {
      timer[Symbol.dispose]();
      signal.removeEventListener('abort', leave);
      resolve(seat);
    };
    const pending: Pending = { ticket, admit };
    if (isIdle(queue)) queue.nextR = this.#r;
    queue.waiting.push(pending);
    queue.seatsWaiting += ticket.seats;
    this.waiting++;
    signal.addEventListener('abort', leave, { once: true });
    return promise;
  }

  /** Virtual time goes as fast as seats are used, shared by the queues that have work. */
  #advance(nowMs: number): void {
    const spent = (nowMs - this.#rAtMs) / 1000;
    this.#rAtMs = nowMs;
    if (spent <= 0 || this.executing + this.waiting === 0) return;
    let active = 0;
    let wanted = 0;
    for (const queue of this.#queues)
      if (!isIdle(queue)) {
        active++;
        wanted += queue.seatsInUse + queue.seatsWaiting;
      }
    if (active > 0) this.#r += (spent * Math.min(wanted, this.#limit)) / active;
  }

  #dispatch(nowMs: number): void {
    while (this.waiting > 0) {
      const queue = this.#next();
      const pending = queue.waiting[0]!;
      if (!this.#fits(pending.ticket.seats)) return;
      queue.waiting.shift();
      queue.seatsWaiting -= pending.ticket.seats;
      this.waiting--;
      pending.admit(this.#begin(pending.ticket, queue, nowMs));
    }
  }

  /** The queue whose first request would end first in virtual time. */
  #next(): Queue {
    let best: Queue | undefined;
    let earliest = Number.POSITIVE_INFINITY;
    for (const queue of this.#queues) {
      const first = queue.waiting[0];
      if (!first) continue;
      const finish = queue.nextR + guessSeconds * first.ticket.seats;
      if (finish < earliest) [best, earliest] = [queue, finish];
    }
    return best!;
  }
}

const emptyQueue = (): Queue => ({
  waiting: [],
  nextR: 0,
  executing: 0,
  seatsInUse: 0,
  seatsWaiting: 0,
});

const isIdle = (queue: Queue): boolean => queue.executing === 0 && queue.waiting.length === 0;
